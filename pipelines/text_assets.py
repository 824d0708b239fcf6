"""The assets of incidents: what their words say, and what their recordings sound like."""

import dagster as dg

from data_contracts.contract import Contract
from ingestion.extractors.audio import NAME as AUDIO
from ingestion.extractors.transcripts.columns import NAME as TRANSCRIPT
from pipelines.lake_assets import gold_key, silver_key
from pipelines.media_assets import extracted_key
from pipelines.platform import Platform
from pipelines.tenant_asset import Results, tenant_asset


def texts_key(vertical: str) -> dg.AssetKey:
    """Return the key of what the texts of a vertical's incidents say."""
    return gold_key(vertical, "text")


def texts_asset(contract: Contract, platform: Platform) -> dg.AssetsDefinition:
    """Return what a tenant's texts say; texts that were read are not read again."""
    key = texts_key(contract.vertical)
    sources = [
        silver_key(contract.vertical, table.name)
        for table in contract.tables
        if table.name in ("incidents", "calls")
    ]

    @tenant_asset(contract, key, sources, {"deltalake"})
    def texts(context: dg.AssetExecutionContext) -> Results:
        from ingestion.extractors.words.table import read_texts
        from models.refresh import models_lease

        with platform.work(context.partition_key) as (lake, tenant), models_lease(lake, tenant):
            done = read_texts(lake, tenant, lake.contract_of(tenant))
        figures = {"read": done.read, "gone": done.gone}
        yield dg.MaterializeResult[None](asset_key=key, metadata=figures)

    return texts


def sounds_key(vertical: str) -> dg.AssetKey:
    """Return the key of what the recordings of a vertical's incidents sound like."""
    return gold_key(vertical, "sound")


def sounds_asset(contract: Contract, platform: Platform) -> dg.AssetsDefinition:
    """Return what the recordings that came with a tenant's incidents sound like and say."""
    key = sounds_key(contract.vertical)
    heard = [extracted_key(contract.vertical, one) for one in (AUDIO, TRANSCRIPT)]

    @tenant_asset(contract, key, heard, {"deltalake"})
    def sounds(context: dg.AssetExecutionContext) -> Results:
        from ingestion.extractors.audio.table import join_sounds
        from models.refresh import models_lease

        with platform.work(context.partition_key) as (lake, tenant), models_lease(lake, tenant):
            rows = join_sounds(lake, tenant)
        yield dg.MaterializeResult[None](asset_key=key, metadata={"rows": rows})

    return sounds

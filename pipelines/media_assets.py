"""The assets of kept files: what each extractor finds in a tenant's, read once."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import dagster as dg

from data_contracts.contract import Contract
from foundation.errors import OperatorError
from ingestion.extractors.registry import EXTRACTORS, Extractor
from ingestion.extractors.transcripts.columns import NAME as TRANSCRIPT
from operations.transcripts.table import transcript_extractor
from pipelines.platform import Platform
from pipelines.tenant_asset import Results, tenant_asset

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

ExtractorOf = Callable[["Lake", "Tenant"], Extractor]
"""An extractor may know the tenant: what else came with an incident, whom the settings name."""


def extracted_key(vertical: str, extractor: str) -> dg.AssetKey:
    """Return the key of what an extractor found."""
    return dg.AssetKey([vertical, f"extract_{extractor}"])


def extracted_asset(
    contract: Contract, name: str, extractor_of: ExtractorOf, platform: Platform
) -> dg.AssetsDefinition:
    """Return what an extractor found in a tenant's files; files that were read are not read again.

    Where a program or server that it needs is away, files wait, and the run says so.
    """
    key = extracted_key(contract.vertical, name)

    @tenant_asset(contract, key, (), {"deltalake"})
    def extracted(context: dg.AssetExecutionContext) -> Results:
        from ingestion.extractors.run import extract_new

        metadata: dict[str, str | int] = {}
        with platform.work(context.partition_key) as (lake, tenant):
            try:
                extractor = extractor_of(lake, tenant)
                metadata["extractor_version"] = extractor.version
                done = extract_new(lake, tenant, extractor)
                metadata |= {"files": done.read, "unreadable": done.unreadable, "left": done.left}
            except OperatorError as error:
                metadata["left_out"] = error.say(tenant.language)
                context.log.warning("%s", metadata["left_out"])
        yield dg.MaterializeResult[None](asset_key=key, metadata=metadata)

    return extracted


def extracted_assets(contract: Contract, platform: Platform) -> list[dg.AssetsDefinition]:
    """Return what all extractors found: in files alone, and in recordings with what is beside."""
    alone = [
        extracted_asset(contract, one.name, partial(_same, one), platform) for one in EXTRACTORS
    ]
    return [*alone, extracted_asset(contract, TRANSCRIPT, transcript_extractor, platform)]


def _same(extractor: Extractor, _lake: "Lake", _tenant: "Tenant") -> Extractor:
    return extractor

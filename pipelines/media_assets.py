"""The assets of kept files: what each extractor finds in a tenant's, read once."""

import dagster as dg

from data_contracts.contract import Contract
from foundation.errors import MissingPart
from ingestion.extractors.registry import Extractor
from pipelines.platform import Platform
from pipelines.tenant_asset import Results, tenant_asset


def extracted_key(vertical: str, extractor: str) -> dg.AssetKey:
    """Return the key of what an extractor found."""
    return dg.AssetKey([vertical, f"extract_{extractor}"])


def extracted_asset(
    contract: Contract, extractor: Extractor, platform: Platform
) -> dg.AssetsDefinition:
    """Return what an extractor found in a tenant's files; files that were read are not read again.

    Where a program that it needs is not installed, files wait, and the run says so.
    """
    key = extracted_key(contract.vertical, extractor.name)

    @tenant_asset(contract, key, (), {"deltalake"})
    def extracted(context: dg.AssetExecutionContext) -> Results:
        from ingestion.extractors.run import extract_new

        metadata: dict[str, str | int] = {"extractor_version": extractor.version}
        with platform.work(context.partition_key) as (lake, tenant):
            try:
                done = extract_new(lake, tenant, extractor)
                metadata |= {"files": done.read, "unreadable": done.unreadable}
            except MissingPart as error:
                metadata["left_out"] = error.say(tenant.language)
        yield dg.MaterializeResult[None](asset_key=key, metadata=metadata)

    return extracted

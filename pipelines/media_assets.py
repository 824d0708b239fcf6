"""The assets of kept files: what each extractor finds in a tenant's, read once."""

from typing import TYPE_CHECKING

import dagster as dg

from data_contracts.contract import Contract
from foundation.errors import OperatorError
from operations.extractors import ExtractorOf, extractors
from operations.transcripts.table import waits_for
from pipelines.platform import RETRY, Platform
from pipelines.tenant_asset import Results, tenant_asset

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

NIGHTLY_SECONDS = 1_800.0
"""Of one extractor a night: for what its runs by day have left."""


def extracted_key(vertical: str, extractor: str) -> dg.AssetKey:
    """Return the key of what an extractor finds in a vertical's files."""
    return dg.AssetKey([vertical, f"extract_{extractor}"])


def extracted_assets(contract: Contract, platform: Platform) -> list[dg.AssetsDefinition]:
    """Return what extractors found in a tenant's files; what was read is not read again."""
    return [_asset(contract, name, of, platform) for name, of in extractors().items()]


def nightly_reading(vertical: str, platform: Platform) -> dg.OpDefinition:
    """Return the step that reads files which wait still, or again for a better extractor."""

    @dg.op(
        name=f"{vertical}_files_read",
        ins={"cared": dg.In(dg.Nothing)},
        retry_policy=RETRY,
    )
    def read_files(context: dg.OpExecutionContext) -> None:
        with platform.work(context.partition_key) as (lake, tenant):
            told = {
                f"{name}_{figure}": value
                for name, of in extractors().items()
                for figure, value in _read(lake, tenant, of, NIGHTLY_SECONDS).items()
            }
        context.add_output_metadata(told)

    return read_files


def _asset(
    contract: Contract, name: str, of: ExtractorOf, platform: Platform
) -> dg.AssetsDefinition:
    key = extracted_key(contract.vertical, name)

    @tenant_asset(contract, key, (), {"deltalake"})
    def extracted(context: dg.AssetExecutionContext) -> Results:
        with platform.work(context.partition_key) as (lake, tenant):
            told = _read(lake, tenant, of)
        yield dg.MaterializeResult[None](asset_key=key, metadata=told)

    return extracted


def _read(
    lake: "Lake", tenant: "Tenant", of: ExtractorOf, most_seconds: float | None = None
) -> dict[str, str | int]:
    """Read a tenant's files; where a program or server is away they wait, and this says so."""
    from ingestion.extractors.run import MOST_SECONDS, extract_new

    try:
        extractor = of(lake, tenant)
        done = extract_new(lake, tenant, extractor, most_seconds or MOST_SECONDS)
    except OperatorError as error:
        if not waits_for(error):
            raise
        return {"left_out": error.say(tenant.language)}
    return {
        "extractor_version": extractor.version,
        "files": done.read,
        "unreadable": done.unreadable,
        "left": done.left,
    }

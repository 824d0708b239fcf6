"""Assets from the lake: a vertical's silver tables with their checks, and its gold tables."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg

from data_contracts.contract import Contract
from features.online_store import build_online
from foundation.texts import text
from ingestion.audit import Audit
from ingestion.data_docs import build_data_docs, recorded_audits
from ingestion.gold.grains import grains
from ingestion.gold.refine import refine
from pipelines.partitions import tenants_of
from pipelines.platform import RETRY, Platform

CHECK = "contract"


def silver_key(vertical: str, table: str) -> dg.AssetKey:
    """Return the key of a vertical's silver table."""
    return dg.AssetKey([vertical, "silver", table])


def gold_key(vertical: str, table: str) -> dg.AssetKey:
    """Return the key of a vertical's gold table."""
    return dg.AssetKey([vertical, "gold", table])


def silver_assets(contract: Contract, platform: Platform) -> dg.AssetsDefinition:
    """Return the silver tables as `ingestion.receive` left them: counted, audited, documented.

    A failed audit is a failed check, and gold stays at its last good version. A table that the
    tenant never sent counts no rows and has no check: were it skipped, Dagster would skip all gold.
    """
    vertical = contract.vertical
    keys = {table.name: silver_key(vertical, table.name) for table in contract.tables}

    @dg.multi_asset(
        name=f"{vertical}_silver",
        specs=[
            dg.AssetSpec(
                keys[t.name],
                description=t.description["es"],
                group_name=vertical,
                kinds={"deltalake"},
            )
            for t in contract.tables
        ],
        check_specs=[dg.AssetCheckSpec(CHECK, asset=key) for key in keys.values()],
        # Without it Dagster asks for the check of every table, also of those that were never sent.
        can_subset=True,
        partitions_def=tenants_of(vertical),
        retry_policy=RETRY,
    )
    def silver(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        with platform.work(context.partition_key) as (lake, tenant):
            audits = recorded_audits(lake, tenant)
            docs = build_data_docs(lake, tenant, audits)
            newest = newest_of_each_table(audits)
            for table, key in keys.items():
                if key in context.selected_asset_keys:
                    yield silver_result(key, newest.get(table), docs)

    return silver


def newest_of_each_table(audits: Sequence[Audit]) -> dict[str, Audit]:
    """Return the newest audit of each table by its name, given all of them newest first."""
    return {audit.table: audit for audit in reversed(audits)}


def silver_result(key: dg.AssetKey, audit: Audit | None, docs: Path) -> dg.MaterializeResult[None]:
    """Return what Dagster shows of a silver table; ``audit`` is None where it was never sent."""
    if audit is None:
        return dg.MaterializeResult[None](asset_key=key, metadata={"rows": 0, "sent": False})
    return dg.MaterializeResult[None](
        asset_key=key,
        metadata={"rows": audit.rows, "data_docs": dg.MetadataValue.path(docs)},
        data_version=dg.DataVersion(str(audit.version)),
        check_results=[check_result(key, audit)],
    )


def check_result(key: dg.AssetKey, audit: Audit) -> dg.AssetCheckResult:
    """Return an audit as Dagster shows it: counts and sentences, no value of a cell."""
    return dg.AssetCheckResult(
        check_name=CHECK,
        asset_key=key,
        passed=audit.passed,
        metadata={
            "expectations": len(audit.expectations),
            "failed": len(audit.failures),
            "findings": dg.MetadataValue.json([result.say("es") for result in audit.failures]),
        },
    )


def gold_assets(contract: Contract, platform: Platform) -> dg.AssetsDefinition:
    """Return the gold tables, one a grain whose silver the contract knows, by one refinement."""
    vertical = contract.vertical
    known = {table.name for table in contract.tables}
    built = [grain for grain in grains() if grain.source in known]

    @dg.multi_asset(
        name=f"{vertical}_gold",
        specs=[
            dg.AssetSpec(
                gold_key(vertical, grain.name),
                deps=[silver_key(vertical, grain.source)],
                group_name=vertical,
                kinds={"deltalake"},
            )
            for grain in built
        ],
        partitions_def=tenants_of(vertical),
        retry_policy=RETRY,
    )
    def gold(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        with platform.work(context.partition_key) as (lake, tenant):
            refined = refine(lake, tenant, contract)
            # Already now: who objects to being scored is not scored while models are trained.
            build_online(lake, tenant, lake.contract_of(tenant))
            for grain in built:
                version = refined.versions.get(grain.name)
                yield dg.MaterializeResult[None](
                    asset_key=gold_key(vertical, grain.name),
                    metadata=(
                        {"left_out": text("pipelines.never_sent", tenant.language)}
                        if version is None
                        else {"version": version, "written": grain.name in refined.changed}
                    ),
                    data_version=dg.DataVersion(str(version)),
                )

    return gold

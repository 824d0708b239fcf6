"""The asset of a tenant's copy for programs that speak SQL: after everything that writes gold."""

import dagster as dg

from data_contracts.contract import Contract
from ingestion.gold.grains import grains_of
from pipelines.answer_assets import answers_key
from pipelines.lake_assets import gold_key
from pipelines.model_assets import offers_key, scores_key
from pipelines.platform import Platform
from pipelines.tenant_asset import Results, tenant_asset


def copy_asset(contract: Contract, platform: Platform) -> dg.AssetsDefinition:
    """Return a tenant's copy, renewed where gold has changed; a tenant without one has none."""
    vertical = contract.vertical
    tables = {table.name for table in contract.tables}
    key = dg.AssetKey([vertical, "sql_copy"])
    gold = [gold_key(vertical, grain.name) for grain in grains_of(tables)]
    scores = [scores_key(vertical, model.name) for model in contract.models]
    offers = [offers_key(vertical)] if contract.offers else []

    @tenant_asset(contract, key, [*gold, *scores, *offers, answers_key(vertical)], {"postgres"})
    def sql_copy(context: dg.AssetExecutionContext) -> Results:
        from lakehouse.sql_copy import renew

        with platform.work(context.partition_key) as (lake, tenant):
            done = renew(lake, tenant)
        figures = (
            {} if done is None else {"tables": len(done.rows), "rows": sum(done.rows.values())}
        )
        yield dg.MaterializeResult[None](asset_key=key, metadata=figures)

    return sql_copy

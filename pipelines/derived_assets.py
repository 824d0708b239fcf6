"""The assets made of gold: a tenant's online store, and its copy for programs that speak SQL."""

import dagster as dg

from data_contracts.contract import Contract
from features.online_store import build_online
from ingestion.gold.grains import grains_of
from pipelines.answer_assets import answers_key
from pipelines.lake_assets import gold_key
from pipelines.model_assets import offers_key, scores_key
from pipelines.platform import Platform
from pipelines.tenant_asset import Results, tenant_asset
from pipelines.text_assets import sounds_key, texts_key


def all_of_gold(contract: Contract) -> list[dg.AssetKey]:
    """Return everything that writes gold: its tables, scores, offers, answers."""
    vertical, tables = contract.vertical, {table.name for table in contract.tables}
    gold = [gold_key(vertical, grain.name) for grain in grains_of(tables)]
    scores = [scores_key(vertical, model.name) for model in contract.models]
    offers = [offers_key(vertical)] if contract.offers else []
    read = [texts_key(vertical), sounds_key(vertical)]
    return [*gold, *scores, *offers, *read, answers_key(vertical)]


def copy_asset(contract: Contract, platform: Platform) -> dg.AssetsDefinition:
    """Return a tenant's copy, renewed where gold has changed; a tenant without one has none."""
    key = dg.AssetKey([contract.vertical, "sql_copy"])

    @tenant_asset(contract, key, all_of_gold(contract), {"postgres"})
    def sql_copy(context: dg.AssetExecutionContext) -> Results:
        from lakehouse.sql_copy import renew

        with platform.work(context.partition_key) as (lake, tenant):
            done = renew(lake, tenant)
        figures = (
            {} if done is None else {"tables": len(done.rows), "rows": sum(done.rows.values())}
        )
        yield dg.MaterializeResult[None](asset_key=key, metadata=figures)

    return sql_copy


def online_asset(contract: Contract, platform: Platform) -> dg.AssetsDefinition:
    """Return a tenant's online store, made anew where gold has changed."""
    key = dg.AssetKey([contract.vertical, "online"])

    @tenant_asset(contract, key, all_of_gold(contract), {"sqlite"})
    def online(context: dg.AssetExecutionContext) -> Results:
        with platform.work(context.partition_key) as (lake, tenant):
            made = build_online(lake, tenant, lake.contract_of(tenant))
        yield dg.MaterializeResult[None](asset_key=key, metadata={"made": made})

    return online

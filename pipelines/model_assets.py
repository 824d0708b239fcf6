"""Assets from the models: a tenant's champion of each model of its vertical, and its scores."""

from collections.abc import Iterator

import dagster as dg

from data_contracts.contract import Contract, Model
from foundation.errors import NotEnoughData, NotFound
from pipelines.lake_assets import gold_key
from pipelines.partitions import tenants_of
from pipelines.platform import RETRY, Platform

Results = Iterator[dg.MaterializeResult[None]]


class Training(dg.Config):
    """How to train: by default only where the tenant has no champion yet."""

    retrain: bool = False


def champion_key(vertical: str, model: str) -> dg.AssetKey:
    """Return the key of a vertical's champion."""
    return dg.AssetKey([vertical, "champion", model])


def scores_key(vertical: str, model: str) -> dg.AssetKey:
    """Return the key of a vertical's scores."""
    return dg.AssetKey([vertical, "scores", model])


def champion_asset(contract: Contract, model: Model, platform: Platform) -> dg.AssetsDefinition:
    """Return a tenant's champion: trained where there is none, or where the run asks for it.

    A tenant with too few rows or outcomes has none; the run says what it needs.
    """
    key = champion_key(contract.vertical, model.name)
    tables = (model.label.table, f"{model.entity}s", "customers")
    sources = sorted({gold_key(contract.vertical, table.removesuffix("s")) for table in tables})
    spec = dg.AssetSpec(key, deps=sources, group_name=contract.vertical, kinds={"mlflow"})

    @dg.multi_asset(
        name="_".join(key.path),
        specs=[spec],
        partitions_def=tenants_of(contract.vertical),
        retry_policy=RETRY,
    )
    def champion(context: dg.AssetExecutionContext, config: Training) -> Results:
        from models.compatible import fitting_champion
        from models.train import train

        with platform.work(context.partition_key) as (lake, tenant):
            champion = fitting_champion(lake, tenant, model.name)
            try:
                if champion is None or config.retrain:
                    version = train(lake, tenant, model.name).version
                else:
                    version = champion.version
                metadata = {"version": version}
            except (NotEnoughData, NotFound) as error:
                metadata = {"left_out": error.say(tenant.language)}
            yield dg.MaterializeResult[None](asset_key=key, metadata=metadata)

    return champion


def scores_asset(contract: Contract, model: Model, platform: Platform) -> dg.AssetsDefinition:
    """Return a tenant's scores; the same champion on the same gold adds none."""
    key = scores_key(contract.vertical, model.name)
    spec = dg.AssetSpec(
        key,
        deps=[champion_key(contract.vertical, model.name)],
        group_name=contract.vertical,
        kinds={"deltalake"},
    )

    @dg.multi_asset(
        name="_".join(key.path),
        specs=[spec],
        partitions_def=tenants_of(contract.vertical),
        retry_policy=RETRY,
    )
    def scores(context: dg.AssetExecutionContext) -> Results:
        from models.batch import score_current

        with platform.work(context.partition_key) as (lake, tenant):
            try:
                run = score_current(lake, tenant, model.name)
                metadata: dict[str, str | int] = {"scored": run.scored, "at_risk": run.at_risk}
            except (NotEnoughData, NotFound) as error:
                metadata = {"left_out": error.say(tenant.language)}
            yield dg.MaterializeResult[None](asset_key=key, metadata=metadata)

    return scores

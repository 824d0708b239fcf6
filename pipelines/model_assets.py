"""Assets from the models: a tenant's champions, their scores and watches, and its offers."""

import dagster as dg

from data_contracts.contract import Contract, Model
from features.offer_set import customer_model
from foundation.errors import NotEnoughData, NotFound
from foundation.texts import text
from pipelines.lake_assets import gold_key
from pipelines.platform import Platform
from pipelines.tenant_asset import Results, tenant_asset
from pipelines.text_assets import sounds_key, texts_key

UNCHANGED = "unchanged"
"""The check of a watch: nothing changed enough to matter."""


class Training(dg.Config):
    """How to train: by default only where the tenant has no champion yet."""

    retrain: bool = False


def champion_key(vertical: str, model: str) -> dg.AssetKey:
    """Return the key of a vertical's champion."""
    return dg.AssetKey([vertical, "champion", model])


def scores_key(vertical: str, model: str) -> dg.AssetKey:
    """Return the key of a vertical's scores."""
    return dg.AssetKey([vertical, "scores", model])


def watch_key(vertical: str, model: str) -> dg.AssetKey:
    """Return the key of the watch over a vertical's model."""
    return dg.AssetKey([vertical, "watch", model])


def offers_key(vertical: str) -> dg.AssetKey:
    """Return the key of a vertical's decisions on offers."""
    return dg.AssetKey([vertical, "offers"])


def champion_asset(contract: Contract, model: Model, platform: Platform) -> dg.AssetsDefinition:
    """Return a tenant's champion: trained where there is none, or where the run asks for it.

    A tenant with too few rows or outcomes has none; the run says what it needs.
    """
    key = champion_key(contract.vertical, model.name)
    tables = (model.label.table, f"{model.entity}s", "customers")
    sources = sorted({gold_key(contract.vertical, table.removesuffix("s")) for table in tables})
    if model.entity == "incident":
        sources += [texts_key(contract.vertical), sounds_key(contract.vertical)]

    @tenant_asset(contract, key, sources, {"mlflow"})
    def champion(context: dg.AssetExecutionContext, config: Training) -> Results:
        from models.compatible import fitting_champion
        from models.refresh import models_lease
        from models.train import train

        with platform.work(context.partition_key) as (lake, tenant), models_lease(lake, tenant):
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
    champion = champion_key(contract.vertical, model.name)

    @tenant_asset(contract, key, [champion], {"deltalake"})
    def scores(context: dg.AssetExecutionContext) -> Results:
        from models.batch import score_current
        from models.refresh import models_lease

        with platform.work(context.partition_key) as (lake, tenant), models_lease(lake, tenant):
            try:
                run = score_current(lake, tenant, model.name)
                metadata: dict[str, str | int] = {"scored": run.scored, "at_risk": run.at_risk}
            except (NotEnoughData, NotFound) as error:
                metadata = {"left_out": error.say(tenant.language)}
            yield dg.MaterializeResult[None](asset_key=key, metadata=metadata)

    return scores


def watch_asset(contract: Contract, model: Model, platform: Platform) -> dg.AssetsDefinition:
    """Return the watch over a tenant's model, with a check that fails where something changed.

    A failed check holds nothing back; the sensor of ``retraining`` acts on what the watch wrote.
    """
    key = watch_key(contract.vertical, model.name)
    scores = scores_key(contract.vertical, model.name)

    @tenant_asset(contract, key, [scores], {"deltalake"}, checks=[UNCHANGED])
    def watched(context: dg.AssetExecutionContext) -> Results:
        from models.watch import watch

        with platform.work(context.partition_key) as (lake, tenant):
            try:
                found = watch(lake, tenant, model.name)
            except NotFound as error:
                metadata = {"left_out": error.say(tenant.language)}
                yield dg.MaterializeResult[None](asset_key=key, metadata=metadata)
                return
            check = dg.AssetCheckResult(
                check_name=UNCHANGED,
                asset_key=key,
                passed=not found.alarms,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"changes": [one.say(tenant.language) for one in found.alarms]},
            )
            figures = {"compared": len(found.findings), "alarms": len(found.alarms)}
            yield dg.MaterializeResult[None](asset_key=key, metadata=figures, check_results=[check])

    return watched


def offers_asset(contract: Contract, platform: Platform) -> dg.AssetsDefinition:
    """Return a tenant's decisions on offers; the same model on the same gold adds none.

    A tenant with too few offers has none; the run says what it needs.
    """
    key, base = offers_key(contract.vertical), customer_model(contract)
    scores = [] if base is None else [scores_key(contract.vertical, base.name)]
    sources = [gold_key(contract.vertical, "offer"), *scores]

    @tenant_asset(contract, key, sources, {"deltalake", "mlflow"})
    def offers(context: dg.AssetExecutionContext, config: Training) -> Results:
        from models.offer_refresh import refresh_offers
        from models.refresh import models_lease

        with platform.work(context.partition_key) as (lake, tenant), models_lease(lake, tenant):
            try:
                done = refresh_offers(lake, tenant, contract, retrain=config.retrain)
                metadata: dict[str, str | int] = (
                    {"left_out": text("pipelines.no_offers", tenant.language)}
                    if done is None
                    else {"customers": done.run.customers, **done.run.verdicts}
                )
            except (NotEnoughData, NotFound) as error:
                metadata = {"left_out": error.say(tenant.language)}
            yield dg.MaterializeResult[None](asset_key=key, metadata=metadata)

    return offers

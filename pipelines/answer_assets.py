"""The asset of answers: intent, urgency and best replies for a tenant's waiting incidents."""

import dagster as dg

from data_contracts.contract import Contract
from pipelines.lake_assets import gold_key
from pipelines.model_assets import Training
from pipelines.platform import Platform
from pipelines.tenant_asset import Results, tenant_asset

TABLES = ("incident", "response", "customer", "text")


def answers_key(vertical: str) -> dg.AssetKey:
    """Return the key of a vertical's answers."""
    return dg.AssetKey([vertical, "answers"])


def answers_asset(contract: Contract, platform: Platform) -> dg.AssetsDefinition:
    """Return a tenant's answers; the same models and gold add none.

    The models of texts are trained where they are missing, or where the run asks for it. What a
    tenant has too little for is left out; the run says what it needs.
    """
    key = answers_key(contract.vertical)
    sources = [gold_key(contract.vertical, table) for table in TABLES]

    @tenant_asset(contract, key, sources, {"mlflow", "deltalake"})
    def answers(context: dg.AssetExecutionContext, config: Training) -> Results:
        from models.answering import answering
        from models.refresh import models_lease

        with platform.work(context.partition_key) as (lake, tenant), models_lease(lake, tenant):
            held = lake.contract_of(tenant)
            done = answering(lake, tenant, held, retrain=config.retrain)
            metadata: dict[str, str | int] = {
                f"left_out_{name}": why.say(tenant.language) for name, why in done.left_out.items()
            }
            metadata |= {f"version_{one.model}": one.version for one in done.trained}
            if done.run is not None:
                metadata |= {"incidents": done.run.incidents, "with_reply": done.run.with_reply}
            yield dg.MaterializeResult[None](asset_key=key, metadata=metadata)

    return answers

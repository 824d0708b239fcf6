"""The Dagster definitions: every vertical's assets, their jobs, schedules and sensors.

They are built from the contracts; ``dagster dev -m pipelines.definitions`` serves them.
"""

import dagster as dg

from data_contracts.contract import Contract
from foundation.environment import read_settings
from foundation.settings import Settings
from pipelines.answer_assets import answers_asset
from pipelines.arrivals import pull_job, receive_job
from pipelines.derived_assets import copy_asset, online_asset
from pipelines.lake_assets import gold_assets, silver_assets
from pipelines.media_assets import extracted_assets
from pipelines.model_assets import champion_asset, offers_asset, scores_asset, watch_asset
from pipelines.outbox import drain_job, outbox
from pipelines.platform import Platform
from pipelines.retraining import retraining
from pipelines.sensors import accepted_uploads, inbox, sources
from pipelines.text_assets import sounds_asset, texts_asset
from pipelines.upkeep import nightly, upkeep_job


def job_name(vertical: str) -> str:
    """Return the name of a vertical's job: from silver to scores, for one tenant."""
    return f"{vertical}_refresh"


def assets_of(contract: Contract, platform: Platform) -> list[dg.AssetsDefinition]:
    """Return a vertical's assets: files, silver to scores, watch, offers, answers, copies."""
    models = [
        build(contract, model, platform)
        for model in contract.models
        for build in (champion_asset, scores_asset, watch_asset)
    ]
    tables = [silver_assets(contract, platform), gold_assets(contract, platform)]
    offers = [offers_asset(contract, platform)] if contract.offers else []
    copies = [copy_asset(contract, platform)] if platform.settings.sql_url else []
    answers, online = answers_asset(contract, platform), online_asset(contract, platform)
    files = extracted_assets(contract, platform)
    texts = [texts_asset(contract, platform), sounds_asset(contract, platform)]
    return [*files, *tables, *texts, *models, *offers, answers, online, *copies]


def build(settings: Settings) -> dg.Definitions:
    """Return the definitions of an installation."""
    platform = Platform(settings)
    contracts = platform.contracts.values()
    jobs = [
        dg.define_asset_job(
            job_name(contract.vertical),
            selection=dg.AssetSelection.groups(contract.vertical),
            description="One tenant, from silver to scores.",
            executor_def=dg.in_process_executor,
        )
        for contract in contracts
    ]
    care = {contract.vertical: upkeep_job(contract.vertical, platform) for contract in contracts}
    sensors = [
        make(c.vertical, job_name(c.vertical), platform)
        for c in contracts
        for make in (accepted_uploads, retraining)
    ]
    receiving, pulling = receive_job(platform), pull_job(platform)
    draining = drain_job(platform)
    return dg.Definitions(
        assets=[asset for contract in contracts for asset in assets_of(contract, platform)],
        jobs=[*jobs, *care.values(), receiving, pulling, draining],
        schedules=[nightly(vertical, job, platform) for vertical, job in care.items()],
        sensors=[
            *sensors,
            inbox(platform, receiving),
            sources(platform, pulling),
            outbox(platform, draining),
        ],
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions for the settings in the environment."""
    return build(read_settings())

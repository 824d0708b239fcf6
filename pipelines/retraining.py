"""The sensor that acts on watches: what drifted or decayed is trained again, once a cause."""

from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg

from foundation.clock import utc_now
from pipelines.model_assets import champion_key
from pipelines.partitions import TENANT_TAG, tenants_of
from pipelines.platform import PIPELINES, Platform
from tenancy.tenants import list_tenants

if TYPE_CHECKING:
    from models.watch_table import Cause

INTERVAL_SECONDS = 60
LOOKS_BACK = timedelta(days=30)
"""A cause that no run was asked for in this time (no daemon ran) is history."""


def retraining(vertical: str, job_name: str, platform: Platform) -> dg.SensorDefinition:
    """Return the sensor that starts a tenant's run with the changed model trained again.

    The run's key is the watch's: Dagster starts no second one for it, and whatever the run makes of
    the model (a challenger that is worse changes nothing), the cause is not asked for again.
    """
    partitions = tenants_of(vertical)

    @dg.sensor(
        name=f"{vertical}_retraining",
        job_name=job_name,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def ask() -> dg.SensorResult:
        from models.watch_table import open_causes

        since = utc_now() - LOOKS_BACK
        with platform.lake() as lake:
            tenants = [t for t in list_tenants(lake.store, PIPELINES) if t.vertical == vertical]
            asked = [
                _run_for(vertical, tenant.id, cause)
                for tenant in tenants
                for cause in open_causes(lake, tenant, since)
            ]
        return dg.SensorResult(
            dynamic_partitions_requests=[partitions.build_add_request([t.id for t in tenants])],
            run_requests=asked,
        )

    return ask


def _run_for(vertical: str, tenant_id: str, cause: "Cause") -> dg.RunRequest:
    step = "_".join(champion_key(vertical, cause.model).path)
    return dg.RunRequest(
        run_key=cause.watch_id,
        partition_key=tenant_id,
        run_config={"ops": {step: {"config": {"retrain": True}}}},
        tags={TENANT_TAG: tenant_id},
    )

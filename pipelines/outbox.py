"""Changes of the operational store on their way to the lake: a sensor, and the job that drains."""

import time

import dagster as dg

from operations.outbox.drain import drain
from pipelines.partitions import TENANT_TAG
from pipelines.platform import PIPELINES, Platform
from tenancy.outbox import tenants_due

DRAIN_OP = "drain_outbox"
INTERVAL_SECONDS = 60
ONCE_SECONDS = 300
"""A tenant's changes are drained once in so many seconds: each run starts a refresh of gold."""


class Waiting(dg.Config):
    """A tenant with changes that wait."""

    tenant: str


def drain_job(platform: Platform) -> dg.JobDefinition:
    """Return the job that brings one tenant's waiting changes into the lake."""

    @dg.op(name=DRAIN_OP)
    def drain_outbox(context: dg.OpExecutionContext, config: Waiting) -> None:
        with platform.work(config.tenant) as (lake, tenant):
            receipts = drain(lake, tenant, PIPELINES)
        rows = sum(receipt.counts.get("rows", 0) for receipt in receipts)
        context.add_output_metadata({"files": len(receipts), "rows": rows})

    @dg.job(name="drain_waiting_changes", executor_def=dg.in_process_executor)
    def drain_waiting_changes() -> None:
        drain_outbox()

    return drain_waiting_changes


def outbox(platform: Platform, job: dg.JobDefinition) -> dg.SensorDefinition:
    """Return the sensor that asks for a run for each tenant with waiting changes.

    Parameters
    ----------
    job
        Drains one tenant.
    """

    @dg.sensor(
        name="outbox",
        job=job,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def watch() -> dg.SensorResult:
        with platform.lake() as lake:
            due = tenants_due(lake.store)
        term = int(time.time() // ONCE_SECONDS)
        return dg.SensorResult(
            run_requests=[
                dg.RunRequest(
                    run_key=f"outbox:{tenant}:{term}",
                    run_config={"ops": {DRAIN_OP: {"config": {"tenant": tenant}}}},
                    tags={TENANT_TAG: tenant},
                )
                for tenant in due
            ]
        )

    return watch

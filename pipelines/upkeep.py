"""The nightly care for every tenant's tables: a job of one step, by vertical, on a schedule."""

import dagster as dg

from features.online_store import build_online
from ingestion.retention import run_retention
from ingestion.upkeep import care_for
from operations.calls.taking import give_up_lost
from pipelines.media import media_check
from pipelines.media_assets import nightly_reading
from pipelines.partitions import TENANT_TAG, tenants_of
from pipelines.platform import PIPELINES, RETRY, Platform
from tenancy.tenants import list_tenants

NIGHTLY = "30 2 * * *"
ZONE = "America/Bogota"


def upkeep_job(vertical: str, platform: Platform) -> dg.JobDefinition:
    """Return the job that compacts and vacuums one tenant's tables."""

    @dg.op(name=f"{vertical}_care", retry_policy=RETRY)
    def care(context: dg.OpExecutionContext) -> None:
        with platform.work(context.partition_key) as (lake, tenant):
            lost = give_up_lost(lake, tenant, PIPELINES, lake.contract_of(tenant))
            receipt = run_retention(lake, tenant, PIPELINES)
            build_online(lake, tenant, lake.contract_of(tenant))
            done = care_for(lake, tenant, PIPELINES)
        figures = {
            "calls_closed_as_unknown": lost,
            "retention_receipts": int(receipt is not None),
            "tables": len(done),
            "under_legal_hold": sum(c.held for c in done),
            "files_put_together": sum(c.compacted.before - c.compacted.after for c in done),
            "files_deleted": sum(c.vacuumed.files for c in done),
            "bytes_deleted": sum(c.vacuumed.size_bytes for c in done),
        }
        context.add_output_metadata(figures)

    verified, read = media_check(vertical, platform), nightly_reading(vertical, platform)

    @dg.job(
        name=f"{vertical}_upkeep",
        description="What is due let go, small files put together, attachments verified and read.",
        partitions_def=tenants_of(vertical),
        executor_def=dg.in_process_executor,
    )
    def upkeep() -> None:
        cared = care()
        verified(cared)
        read(cared)

    return upkeep


def nightly(vertical: str, job: dg.JobDefinition, platform: Platform) -> dg.ScheduleDefinition:
    """Return the schedule that starts the job for each tenant of a vertical, every night."""
    partitions = tenants_of(vertical)

    @dg.schedule(
        name=f"{vertical}_nightly_upkeep",
        job=job,
        cron_schedule=NIGHTLY,
        execution_timezone=ZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def start(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
        with platform.lake() as lake:
            tenants = [t.id for t in list_tenants(lake.store, PIPELINES) if t.vertical == vertical]
        context.instance.add_dynamic_partitions(str(partitions.name), tenants)
        night = f"{context.scheduled_execution_time:%Y-%m-%d}"
        return [
            dg.RunRequest(
                run_key=f"{night}:{tenant}", partition_key=tenant, tags={TENANT_TAG: tenant}
            )
            for tenant in tenants
        ]

    return start

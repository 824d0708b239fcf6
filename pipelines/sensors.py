"""Sensors: accepted uploads start their tenant's run; the inbox's files and sources are received.

A file of the inbox is taken when two looks, one interval apart, saw the same size and time: a small
one at once, a large one or a container in a run of its own. One file, whatever it does, does not
keep the others from being taken.
"""

import json
import os
import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from foundation.errors import AbcallError
from foundation.failures import trail_of
from foundation.spelling import printable, well_formed
from ingestion.sources.registry import due_sources
from pipelines.arrivals import PULL_OP, RECEIVE_OP
from pipelines.inbox import needs_run, sight_of, take, waiting_files
from pipelines.partitions import TENANT_TAG, tenants_of
from pipelines.platform import PIPELINES, Platform
from tenancy.tenants import list_tenants
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from lakehouse.lake import Lake

INTERVAL_SECONDS = 10
SOURCES_INTERVAL_SECONDS = 30
ASK_AGAIN_SECONDS = 3600
"""A file that still lies there after so long is asked for again: its run was killed."""


def accepted_uploads(vertical: str, job_name: str, platform: Platform) -> dg.SensorDefinition:
    """Return the sensor that starts a run for each tenant with accepted uploads."""
    partitions = tenants_of(vertical)

    @dg.sensor(
        name=f"{vertical}_accepted_uploads",
        job_name=job_name,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def watch() -> dg.SensorResult:
        with platform.lake() as lake:
            tenants = [t for t in list_tenants(lake.store, PIPELINES) if t.vertical == vertical]
            waiting = {t.id: list_uploads(lake.store, t, {"accepted"}) for t in tenants}
        return dg.SensorResult(
            dynamic_partitions_requests=[partitions.build_add_request([t.id for t in tenants])],
            run_requests=[
                dg.RunRequest(
                    run_key="+".join(sorted(upload.id for upload in uploads)),
                    partition_key=tenant_id,
                    tags={TENANT_TAG: tenant_id},
                )
                for tenant_id, uploads in waiting.items()
                if uploads
            ],
        )

    return watch


def inbox(platform: Platform, job: dg.JobDefinition) -> dg.SensorDefinition:
    """Return the sensor that receives whole files from the inbox.

    Parameters
    ----------
    job
        Receives one file that takes longer than a look may.
    """

    @dg.sensor(
        name="inbox",
        job=job,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def watch(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        seen: dict[str, list[float]] = json.loads(context.cursor or "{}")
        sights = ((str(path), sight_of(path)) for path in waiting_files(platform.settings))
        now = {name: sight for name, sight in sights if sight}
        whole = [Path(name) for name, sight in now.items() if seen.get(name) == sight]
        long = [path for path in whole if needs_run(path)]
        with platform.lake() as lake:
            taken = sum(_tried(lake, path, context) for path in whole if path not in long)
        context.update_cursor(json.dumps(now))
        asked = [_run_for(platform, path, now[str(path)]) for path in long]
        return dg.SensorResult(
            run_requests=asked,
            skip_reason=None if asked else f"{taken} of {len(now)} files taken",
        )

    return watch


def _run_for(platform: Platform, path: Path, sight: list[float]) -> dg.RunRequest:
    """Ask for a run that receives a file; the same file is asked for once an hour.

    Dagster stores keys and tags as text. A file's name may be none, and the look at the inbox that
    failed for it would keep every tenant's files waiting.
    """
    inside = path.relative_to(platform.settings.inbox_dir)
    hour = int(time.time() // ASK_AGAIN_SECONDS)
    named = sha256(os.fsencode(inside)).hexdigest()
    return dg.RunRequest(
        run_key=f"{named}:{sight}:{hour}",
        run_config={"ops": {RECEIVE_OP: {"config": {"file": inside.as_posix()}}}},
        tags={TENANT_TAG: well_formed(inside.parts[0])},
    )


def _tried(lake: "Lake", path: Path, context: dg.SensorEvaluationContext) -> bool:
    """Take one file; one that could not be taken now waits for a later look, and is logged."""
    try:
        take(lake, path)
    except AbcallError as error:  # busy, or the installation's fault
        context.log.warning("%s waits: %s", printable(path.name), error.key)
        return False
    except Exception as error:  # a bug that one file meets must not keep the others from coming in
        trail = "\n".join(trail_of(error))
        context.log.warning("%s failed:\n%s", printable(path.name), trail)
        return False
    return True


def sources(platform: Platform, job: dg.JobDefinition) -> dg.SensorDefinition:
    """Return the sensor that asks for a run for each source that is due.

    Parameters
    ----------
    job
        Pulls one source.
    """

    @dg.sensor(
        name="sources",
        job=job,
        minimum_interval_seconds=SOURCES_INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def watch() -> dg.SensorResult:
        with platform.lake() as lake:
            due = [
                (tenant.id, one)
                for tenant in list_tenants(lake.store, PIPELINES)
                for one in due_sources(lake, tenant, PIPELINES)
            ]
        return dg.SensorResult(
            run_requests=[
                dg.RunRequest(
                    run_key=f"{one.source.id}:{one.at.isoformat()}",
                    run_config={
                        "ops": {PULL_OP: {"config": {"tenant": tenant, "source": one.source.name}}}
                    },
                    tags={TENANT_TAG: tenant},
                )
                for tenant, one in due
            ]
        )

    return watch

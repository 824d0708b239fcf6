"""Sensors: accepted uploads start their tenant's run; files put into the inbox are received.

The inbox is ``<inbox>/<tenant>/<table>/<file>``. A file is taken when two looks, one interval
apart, saw the same size and time; then it moves to ``.done`` or ``.refused`` beside it, the latter
with a text that says why. Tenants may have write access to their own folders: a link to somewhere
else is never followed, and one tenant's file does not keep the others' from being taken.
"""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from foundation.errors import AbcallError, UserError
from foundation.settings import Settings
from ingestion.receive import receive
from pipelines.partitions import TENANT_TAG, tenants_of
from pipelines.platform import PIPELINES, Platform
from tenancy.tenants import list_tenants, tenant_for
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from lakehouse.lake import Lake

INTERVAL_SECONDS = 10
DONE, REFUSED = ".done", ".refused"
LONGEST_NAME = 60
"""Characters of a file's name in the name of its note: at most 240 bytes."""


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


def inbox(platform: Platform) -> dg.SensorDefinition:
    """Return the sensor that receives whole files from the inbox."""

    @dg.sensor(
        name="inbox",
        target=None,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def watch(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        seen: dict[str, list[float]] = json.loads(context.cursor or "{}")
        now = {str(path): _sight(path) for path in waiting_files(platform.settings)}
        whole = [Path(name) for name, sight in now.items() if seen.get(name) == sight]
        with platform.lake() as lake:
            for path in whole:
                try:
                    take(lake, path)
                except AbcallError as error:  # busy, or the installation's fault: at a later look
                    context.log.warning("%s waits: %s", path.name, error.key)
        context.update_cursor(json.dumps(now))
        return dg.SkipReason(f"{len(whole)} of {len(now)} files taken")

    return watch


def waiting_files(settings: Settings) -> Iterator[Path]:
    """Return the files in the inbox that were neither received nor refused."""
    for path in sorted(settings.inbox_dir.glob("*/*/*")):
        if not path.name.startswith(".") and _is_own_file(path):
            yield path


def _is_own_file(path: Path) -> bool:
    """Say whether it is a file of this very folder: no link, neither itself nor on the way."""
    if any(folder.is_symlink() for folder in (path.parent, path.parent.parent)):
        return False
    state = path.lstat()
    return stat.S_ISREG(state.st_mode) and state.st_nlink == 1


def _sight(path: Path) -> list[float]:
    state = path.lstat()
    return [state.st_size, state.st_mtime]


def take(lake: "Lake", path: Path) -> None:
    """Receive one file of the inbox and move it out of the way."""
    tenant_id, table = path.parts[-3:-1]
    try:
        tenant = tenant_for(lake.store, PIPELINES, tenant_id)
        receive(lake, tenant, PIPELINES, path, table)
        _move(path, DONE)
    except UserError as error:
        refused = _move(path, REFUSED)
        _explain(refused, error.say(lake.settings.language))


def _move(path: Path, folder: str) -> Path:
    target = path.parent / folder / path.name
    if target.parent.is_symlink():
        target.parent.unlink()
    target.parent.mkdir(exist_ok=True)
    return path.replace(target)


def _explain(refused: Path, sentence: str) -> None:
    """Write beside a refused file why; a link that lies there is replaced, not written through."""
    note = refused.with_name(f"{refused.name[:LONGEST_NAME]}.txt")
    note.unlink(missing_ok=True)
    note.write_text(sentence, encoding="utf-8", errors="replace")

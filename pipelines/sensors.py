"""Sensors: accepted uploads start their tenant's run; files put into the inbox are received.

The inbox is ``<inbox>/<tenant>/<table>/<file>``. A file is taken when two looks, one interval
apart, saw the same size and time. Landing then holds it sealed, so the plain file is deleted and
its receipt left in ``.done``; one that cannot be taken moves to ``.refused``, with a text that says
why. Tenants may have write access to their own folders: a link to somewhere else is never followed,
and one file, whatever it does, does not keep the others from being taken.
"""

import json
import stat
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from foundation.errors import AbcallError, UserError
from foundation.failures import trail_of
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
"""Characters of a file's name that a note or a numbered name keeps: at most 240 bytes."""


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
        sights = ((str(path), _sight(path)) for path in waiting_files(platform.settings))
        now = {name: sight for name, sight in sights if sight}
        whole = [Path(name) for name, sight in now.items() if seen.get(name) == sight]
        with platform.lake() as lake:
            taken = sum(_tried(lake, path, context) for path in whole)
        context.update_cursor(json.dumps(now))
        return dg.SkipReason(f"{taken} of {len(now)} files taken")

    return watch


def _tried(lake: "Lake", path: Path, context: dg.SensorEvaluationContext) -> bool:
    """Take one file; one that could not be taken now waits for a later look, and is logged."""
    try:
        take(lake, path)
    except AbcallError as error:  # busy, or the installation's fault
        context.log.warning("%s waits: %s", path.name, error.key)
        return False
    except Exception as error:  # a bug that one file meets must not keep the others from coming in
        context.log.warning("%s failed:\n%s", path.name, "\n".join(trail_of(error)))
        return False
    return True


def waiting_files(settings: Settings) -> Iterator[Path]:
    """Return the files in the inbox that were neither received nor refused."""
    for path in sorted(settings.inbox_dir.glob("*/*/*")):
        if not path.name.startswith(".") and _is_own_file(path):
            yield path


def _is_own_file(path: Path) -> bool:
    """Say whether it is a file of this very folder: no link, neither itself nor on the way."""
    if any(folder.is_symlink() for folder in (path.parent, path.parent.parent)):
        return False
    with suppress(FileNotFoundError):  # its owner took it back
        state = path.lstat()
        return stat.S_ISREG(state.st_mode) and state.st_nlink == 1
    return False


def _sight(path: Path) -> list[float]:
    """Return a file's size and time; nothing where it is gone."""
    with suppress(FileNotFoundError):
        state = path.lstat()
        return [state.st_size, state.st_mtime]
    return []


def take(lake: "Lake", path: Path) -> None:
    """Receive one file of the inbox; leave its receipt in its place, or why it was refused.

    One that changed in the meantime is another file by now: it stays for a later look.
    """
    tenant_id, table = path.parts[-3:-1]
    sight = _sight(path)
    try:
        tenant = tenant_for(lake.store, PIPELINES, tenant_id)
        receipt = receive(lake, tenant, PIPELINES, path, table)
    except UserError as error:
        if _sight(path) == sight:
            refused = _place(path, REFUSED)
            path.replace(refused)
            _note(refused, error.say(lake.settings.language))
    else:
        _note(_place(path, DONE), receipt.say(lake.settings.language))
        if _sight(path) == sight:
            path.unlink(missing_ok=True)


def _place(path: Path, name: str) -> Path:
    """Return a place in a folder beside the file that neither a file nor a note has taken."""
    folder = path.parent / name
    if folder.is_symlink():
        folder.unlink()
    folder.mkdir(exist_ok=True)
    stem, ending = path.stem[:LONGEST_NAME], path.suffix[:LONGEST_NAME]
    numbered = (folder / f"{stem}-{number}{ending}" for number in count(2))
    places = (place for one in ((folder / path.name,), numbered) for place in one)
    return next(place for place in places if not (_taken(place) or _taken(_note_of(place))))


def _taken(place: Path) -> bool:
    """Say whether something lies there; a link is nothing of ours and gives way."""
    return place.exists() and not place.is_symlink()


def _note_of(place: Path) -> Path:
    return place.with_name(f"{place.name[:LONGEST_NAME]}.txt")


def _note(place: Path, sentence: str) -> None:
    """Write a note beside a place; a link that lies there is replaced, not written through."""
    note = _note_of(place)
    note.unlink(missing_ok=True)
    with note.open("x", encoding="utf-8", errors="replace") as file:
        file.write(sentence)

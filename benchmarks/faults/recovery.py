"""A scenario's start, its undisturbed end, and whether a disturbed run comes to the same end."""

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update

from benchmarks.faults.scenarios import SCENARIOS, Scenario, TableName, open_lake
from benchmarks.faults.sent import TENANT, Counts, Sent
from benchmarks.installation import ACTOR
from foundation.settings import Settings
from lakehouse.boundary import Recorder
from lakehouse.lake import Lake
from tenancy.bootstrap import open_store
from tenancy.keys import Keyring
from tenancy.store import Store
from tenancy.tables import LeaseRow
from tenancy.tenants import create_tenant
from tenancy.upload import APPLIED
from tenancy.uploads import list_uploads

VOLATILE = {"payload", "recorded_at", "upload_id", "updated_at"}
"""Differ between two runs: ciphertext, the clock's times, drawn ids."""

MOMENTS = {"valid_from", "valid_to", "as_of_at"}
"""Times of the clock where a file has none; whether there is one must be alike."""

Rows = Counter[str]


@dataclass(frozen=True)
class Trial:
    """A scenario that is ready to be broken.

    Attributes
    ----------
    start, whole
        Folders of the installation where the work begins and where it was done undisturbed; every
        attempt has a copy.
    tables
        What the tables hold when nothing disturbs the work.
    places
        The write boundaries that it passes, in order.
    uploads
        Uploads of the tenant before and after it.
    """

    name: str
    start: Path
    whole: Path
    tables: dict[TableName, Rows]
    places: tuple[str, ...]
    uploads: tuple[int, int]

    @property
    def scenario(self) -> Scenario:
        """What is being done."""
        return SCENARIOS[self.name]

    def copy(self, folder: Path, of: Path | None = None) -> Path:
        """Return a fresh copy of the start, or of another folder."""
        shutil.rmtree(folder, ignore_errors=True)
        return Path(shutil.copytree(of or self.start, folder, symlinks=True))


def make_trial(name: str, folder: Path) -> Trial:
    """Prepare a scenario and run it undisturbed once."""
    start, whole = folder / "start", folder / "whole"
    start.mkdir(parents=True)
    settings = Settings.at(start / "data")
    store = open_store(settings)
    Keyring(settings, store).create_master()
    create_tenant(store, ACTOR, TENANT)
    store.close()
    scenario = SCENARIOS[name]
    with open_lake(start) as lake:
        scenario.prepare(lake, start)
        before = len(list_uploads(lake.store, TENANT))
    shutil.copytree(start, whole)
    recorder = Recorder()
    with open_lake(whole, recorder) as lake:
        found, expected = scenario.work(lake, whole), scenario.expected(whole)
        if dict(found) != dict(expected):
            raise RuntimeError(f"{name}, undisturbed: expected {expected}, found {found}")
        tables = tables_of(lake, scenario)
        uploads = before, len(list_uploads(lake.store, TENANT))
    return Trial(name, start, whole, tables, tuple(recorder.places), uploads)


def differences(trial: Trial, folder: Path, *, free: bool = True) -> list[str]:
    """Do the work again after a fault and return what is not as if nothing had happened.

    Parameters
    ----------
    free
        Let go the leases of a killed process; else they are waited for, as anybody must.
    """
    with open_lake(folder) as lake:
        if free:
            free_leases(lake.store)
        scenario, done = trial.scenario, _done(trial, lake)
        found = scenario.work(lake, folder)
        # Where the fault came after the end, the same file once more changes nothing.
        found, expected = done or found, scenario.expected(folder)
        wrong = [f"account: expected {expected}, found {found}"] if found != expected else []
        return wrong + tables_differ(trial, lake) + _uploads_differ(trial, lake, bool(done))


def next_differs(folder: Path) -> list[str]:
    """Send the file that follows a scenario's and return where its account is another one."""
    if not (folder / "next.json").exists():
        return []
    with open_lake(folder) as lake:
        sent = Sent.kept(folder, "next")
        found = sent.receive(lake)
    return [] if found == sent.counts else [f"next file: expected {sent.counts}, found {found}"]


def _done(trial: Trial, lake: Lake) -> Counts | None:
    """Return the account of the scenario's upload where it had been applied to its end."""
    before, after = trial.uploads
    applied = list_uploads(lake.store, TENANT, APPLIED)
    return dict(applied[0].counts) if before < after == len(applied) else None


def tables_differ(trial: Trial, lake: Lake) -> list[str]:
    """Return the tables that hold other rows than after an undisturbed run."""
    found = tables_of(lake, trial.scenario)
    return [
        f"{layer}.{name}: {(rows - found[layer, name]).total()} rows missing, "
        f"{(found[layer, name] - rows).total()} too many"
        for (layer, name), rows in trial.tables.items()
        if found[layer, name] != rows
    ]


def _uploads_differ(trial: Trial, lake: Lake, done: bool) -> list[str]:
    """Return what is odd about the tenant's uploads: one too many, or one that did not end."""
    states = Counter(upload.state in APPLIED for upload in list_uploads(lake.store, TENANT))
    expected = Counter({True: trial.uploads[1], False: int(done)})
    return [] if states == expected else [f"uploads: applied or not {states}, not {expected}"]


def tables_of(lake: Lake, scenario: Scenario) -> dict[TableName, Rows]:
    """Return what the scenario's tables hold, without what differs between two runs."""
    held: dict[TableName, Rows] = {}
    for layer, name in scenario.tables:
        rows = lake.arrow(lake.ref(TENANT, layer, name))
        held[layer, name] = Counter(str(_stable(row)) for row in rows.to_pylist())
    return held


def _stable(row: dict[str, object]) -> dict[str, object]:
    kept = {name: value for name, value in row.items() if name not in VOLATILE}
    return kept | {name: kept[name] is None for name in MOMENTS & kept.keys()}


def free_leases(store: Store) -> None:
    """Let go what a killed process held, instead of waiting for it to expire."""
    with store.session() as session:
        session.execute(update(LeaseRow).values(holder=None))

"""``kill -9`` at every write of an act on rejected rows, and two people at once: each row once."""

import json
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from foundation.settings import Settings
from ingestion.ledger.query import state_counts
from ingestion.ledger.redrive import acting
from ingestion.ledger.schema import resolution_ref
from lakehouse.boundary import Recorder
from tenancy.quarantine_acts import list_acts
from tenancy.upload import APPLIED, OUTCOMES
from tenancy.uploads import list_uploads
from tests import ledger_worker
from tests.forked import exit_code_of
from tests.ingestion_lake import ACTOR, TENANT, Door, free_leases, installation

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = {
    "redrive": {"open": 1, "resolved": 2, "replaced": 1, "dismissed": 0},
    "dismiss": {"open": 0, "resolved": 0, "replaced": 0, "dismissed": 3},
}


def start(folder: Path) -> None:
    """Make an installation with three rejected rows; one will be rejected again."""
    folder.mkdir()
    door = Door(installation(folder), folder)
    door.customers(
        "A,Ana,2024-01-01,1,10,5,no",
        "B,Eva,2024-01-01,x,10,5,no",
        "C,Luz,2024-01-01,y,10,5,no",
        "D,Sol,2024-01-01,z,-1,5,no",
    )
    door.lake.close()


def command(folder: Path, value: str) -> list[str]:
    return [sys.executable, "-m", "tests.ledger_worker", str(folder / "data"), value]


def require_whole(folder: Path, expected: dict[str, int], months: set[int], place: str) -> None:
    door = Door(Settings.at(folder / "data"), folder)
    lake = door.lake
    assert state_counts(lake, TENANT, "customers") == expected, place
    acts = lake.arrow(resolution_ref(lake, TENANT, "customers")).to_pylist()
    once = Counter((row["upload_id"], row["row_number"]) for row in acts)
    assert set(once.values()) == {1}, place
    assert {m for (m,) in door.silver("customers", "tenure_months")} <= months, place
    assert {act.state for act in list_acts(lake.store, TENANT)} <= {"done", "dropped"}, place
    for upload in list_uploads(lake.store, TENANT):
        assert upload.state in APPLIED, place
        assert sum(upload.counts[name] for name in OUTCOMES) == upload.counts["rows"], place
        rejected = door.rows_in("quarantine", "customers", upload.id)
        assert rejected == upload.counts["quarantined"], place
    lake.close()


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("action", ["redrive", "dismiss"])
def test_killed_at_any_write_and_done_again_leaves_each_row_settled_once(
    tmp_path: Path, action: str
):
    start(tmp_path / "start")
    shutil.copytree(tmp_path / "start", tmp_path / "whole")
    record = Recorder()
    with ledger_worker.opened(Settings.at(tmp_path / "whole" / "data"), record) as lake:
        ledger_worker.act(lake, action, "7")
    require_whole(tmp_path / "whole", EXPECTED[action], {1, 7}, "undisturbed")
    assert len(record.places) == (14 if action == "redrive" else 2)

    for number, place in enumerate(record.places, start=1):
        folder = tmp_path / f"killed{number}"
        shutil.copytree(tmp_path / "start", folder)
        given = folder / "data", action, "7", number
        assert exit_code_of(ledger_worker.act_until, *given) == -signal.SIGKILL, place
        settings = Settings.at(folder / "data")
        with ledger_worker.opened(settings) as lake:
            free_leases(lake.store)
            # Whoever acts next finishes it; before its file was kept, there is nothing to finish.
            if action == "dismiss" or number == 1:
                ledger_worker.act(lake, action, "7")
            else:
                with acting(lake, TENANT, ACTOR, "customers"):
                    pass
        require_whole(folder, EXPECTED[action], {1, 7}, place)


@pytest.mark.parametrize("number", [2, 4, 6, 8])
def test_interrupted_and_overtaken_by_files_it_is_done_by_whoever_acts_next(
    tmp_path: Path, number: int
):
    start(tmp_path / "house")
    settings = Settings.at(tmp_path / "house" / "data")
    given = settings.data_dir, "redrive", "7", number
    assert exit_code_of(ledger_worker.act_until, *given) == -signal.SIGKILL
    door = Door(settings, tmp_path)
    free_leases(door.lake.store)
    door.customers("E,Eva,2024-01-01,1,10,5,no")
    door.customers("F,Luz,2024-01-01,1,10,5,no")
    with acting(door.lake, TENANT, ACTOR, "customers"):
        pass
    assert state_counts(door.lake, TENANT, "customers") == EXPECTED["redrive"]
    assert [act.state for act in list_acts(door.lake.store, TENANT)] == ["done"]
    assert sorted(m for (m,) in door.silver("customers", "tenure_months")) == [1, 1, 1, 7, 7]
    door.lake.close()


@pytest.mark.timeout(300)
def test_two_people_who_correct_the_same_rows_at_once(tmp_path: Path):
    start(tmp_path / "house")
    running = [
        subprocess.Popen(command(tmp_path / "house", value), cwd=ROOT, stdout=subprocess.PIPE)
        for value in ("7", "8")
    ]
    said = [json.loads(process.communicate(timeout=250)[0]) for process in running]
    assert [process.returncode for process in running] == [0, 0]
    # The second finds open what the first had rejected again, and nothing else.
    assert sorted(counts["rows"] for counts in said) == [1, 3]
    expected = {"open": 1, "resolved": 2, "replaced": 2, "dismissed": 0}
    require_whole(tmp_path / "house", expected, {1, 7, 8}, "two at once")
    door = Door(Settings.at(tmp_path / "house" / "data"), tmp_path)
    assert len({m for (m,) in door.silver("customers", "tenure_months")}) == 2
    door.lake.close()

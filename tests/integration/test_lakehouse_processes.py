"""Several processes on one lake: nothing lost or doubled, whoever dies; and all of them end."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from shutil import which

import pyarrow as pa
import pytest

from foundation.settings import Settings
from lakehouse.engine import open_engine
from lakehouse.reading import read_arrow
from lakehouse.refs import TableRef
from lakehouse.spark import Spark
from tests.blank_store import new_store
from tests.conftest import require

WORKER = Path(__file__).resolve().parents[1] / "lake_worker.py"
END_SECONDS = 5.0
ENGINES = ["sail", pytest.param("spark", marks=pytest.mark.slow)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the data folder of an installation whose store is ready."""
    settings = Settings.at(tmp_path / "data")
    new_store(settings)
    return settings.data_dir


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(WORKER), str(folder), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def ref(folder: Path, layer: str = "silver") -> TableRef:
    return replace(TableRef(folder / "lake", "acme", "silver", "things"), layer=layer)


def rows(table: TableRef) -> pa.Table:
    return read_arrow(table).sort_by([("key", "ascending"), ("value", "ascending")])


def children(pid: int) -> list[int]:
    """Return the processes that descend from one (Linux)."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    own = [int(child) for child in listed.read_text().split()] if listed.exists() else []
    return own + [grandchild for child in own for grandchild in children(child)]


def alive(pid: int) -> bool:
    """Say whether a process runs; one that ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def all_end(pids: list[int], within_seconds: float) -> bool:
    deadline = time.monotonic() + within_seconds
    while any(alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_appends_of_several_processes_are_all_there_once(folder: Path) -> None:
    workers = [start(folder, "sail", "append", f"worker {n}", "6") for n in range(2)]
    assert [worker.wait(timeout=120) for worker in workers] == [0, 0]
    expected = sorted((count, f"worker {n}") for n in range(2) for count in range(6))
    found = sorted((row["key"], row["value"]) for row in rows(ref(folder)).to_pylist())
    assert found == expected


def test_merges_of_several_processes_double_no_key(folder: Path) -> None:
    workers = [start(folder, "sail", "merge", f"worker {n}", "6") for n in range(2)]
    assert [worker.wait(timeout=120) for worker in workers] == [0, 0]
    found = rows(ref(folder))
    assert found["key"].to_pylist() == list(range(10))
    # The last merge of one of them, whole: no mixture of two.
    assert len(set(found["value"].to_pylist())) == 1
    assert found["value"][0].as_py() in {f"worker {n}:5" for n in range(2)}


def killed_then_run_again(folder: Path, engine: str, *boundaries: int) -> tuple[pa.Table, pa.Table]:
    """Kill one run after another, each at its n-th boundary; then let one end."""
    for boundary in boundaries:
        dying = start(folder, engine, "steps", str(boundary))
        assert dying.wait(timeout=200) == -signal.SIGKILL
    assert start(folder, engine, "steps").wait(timeout=200) == 0
    return rows(ref(folder)), rows(ref(folder, "gold"))


SILVER = [(2, "first"), (3, "second"), (4, "second"), (5, "third"), (99, "late")]
GOLD = [(2, "gold"), (3, "gold")]


def require_expected(silver: pa.Table, gold: pa.Table) -> None:
    assert list(zip(*silver.to_pydict().values(), strict=True)) == SILVER
    assert list(zip(*gold.to_pydict().values(), strict=True)) == GOLD


def test_a_kill_between_two_writes_and_a_second_run_give_the_same_tables(folder: Path) -> None:
    require_expected(*killed_then_run_again(folder, "sail", 3))


@pytest.mark.slow
def test_five_processes_at_once_lose_and_double_nothing(folder: Path) -> None:
    appending = [start(folder, "sail", "append", f"worker {n}", "20") for n in range(4)]
    merging = start(folder, "sail", "merge", "merger", "1")
    assert [worker.wait(timeout=200) for worker in [*appending, merging]] == [0] * 5
    appended = [row for row in rows(ref(folder)).to_pylist() if row["key"] >= 10]
    assert len(appended) == 4 * 10
    assert len({(row["key"], row["value"]) for row in appended}) == 4 * 10


@pytest.mark.slow
def test_kills_at_every_boundary_and_a_last_run_give_the_same_tables(folder: Path) -> None:
    """A run passes over what is done: one dies before the next of the 8 commits, one after it."""
    require_expected(*killed_then_run_again(folder, "sail", *[1, 2] * 8))


@pytest.mark.slow
def test_kills_on_spark_and_a_last_run_give_the_same_tables(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the second commit, which is a merge, and before the eighth, a replace."""
    require(which("java"), "Java")
    # A server takes longer to start than all of the writes: who is killed is its client.
    host = open_engine(replace(Settings.at(folder), engine="spark"))
    assert isinstance(host, Spark)
    monkeypatch.setenv("ABCALL_SPARK_REMOTE", host.address)
    require_expected(*killed_then_run_again(folder, "spark", 4, 11))


@pytest.mark.slow
def test_kills_at_any_moment_leave_whole_commits(folder: Path) -> None:
    """Killed eight times somewhere inside its writes, a worker ends what it began, once."""
    for wait in range(8):
        worker = start(folder, "sail", "append", "worker", "40")
        time.sleep(0.6 + wait * 0.17)
        worker.kill()
        worker.wait()
    assert start(folder, "sail", "append", "worker", "40").wait(timeout=120) == 0
    assert rows(ref(folder))["key"].to_pylist() == list(range(40))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_process_that_used_the_engine_ends_when_its_work_is_done(
    folder: Path, engine: str
) -> None:
    require(engine == "sail" or which("java"), "Java")
    worker = start(folder, engine, "open")
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    family = [worker.pid, *children(worker.pid)]
    assert worker.wait(timeout=END_SECONDS) == 0
    assert all_end(family, END_SECONDS)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_process_that_used_the_engine_obeys_sigterm(folder: Path, engine: str) -> None:
    require(engine == "sail" or which("java"), "Java")
    worker = start(folder, engine, "open-and-wait")
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    family = [worker.pid, *children(worker.pid)]
    assert engine == "sail" or len(family) > 1, "Spark's server is a child"
    os.kill(worker.pid, signal.SIGTERM)
    assert worker.wait(timeout=END_SECONDS) != 0
    assert all_end(family, END_SECONDS)

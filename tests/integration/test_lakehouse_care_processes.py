"""Writers and maintenance at once, in processes of their own, in a folder and in a bucket.

Whoever dies, and wherever: no row is lost or doubled, and what was committed stays known.
"""

import random
import subprocess
import sys
import time
from pathlib import Path
from shutil import which

import pyarrow as pa
import pytest

from foundation.settings import Settings
from lakehouse.commits import find_commit, open_table
from lakehouse.reading import read_arrow
from lakehouse.refs import TableRef
from tests.blank_store import new_store
from tests.conftest import require

WORKER = Path(__file__).resolve().parents[1] / "lake_worker.py"
ROOTS = ["folder", "bucket"]
COMPACTED_SECONDS = 240


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    settings = Settings.at(tmp_path / "data")
    new_store(settings)
    return settings.data_dir


@pytest.fixture
def ref(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> TableRef:
    """Return the workers' table; ``ABCALL_LAKE_URL`` names its bucket where it lies in one."""
    root = str(folder)
    if request.param == "bucket":
        root = f"{request.getfixturevalue('bucket')}/abcall"
        monkeypatch.setenv("ABCALL_LAKE_URL", root)
    return TableRef(f"{root}/lake", "acme", "silver", "things")


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(WORKER), str(folder), *arguments])


def rows(ref: TableRef) -> list[tuple[int, str]]:
    found: pa.Table = read_arrow(ref)
    return sorted(zip(found["key"].to_pylist(), found["value"].to_pylist(), strict=True))


def wait_for_compaction(ref: TableRef) -> None:
    until = time.monotonic() + COMPACTED_SECONDS
    while (table := open_table(ref.path)) is None or table.history(1)[0]["operation"] == "WRITE":
        assert time.monotonic() < until, "nobody compacted the table"
        time.sleep(0.2)


def appended(*names: str, times: int) -> list[tuple[int, str]]:
    return sorted((count, name) for name in names for count in range(times))


@pytest.mark.parametrize("ref", ["bucket"], indirect=True)
def test_concurrent_writers_of_a_bucket_lose_and_double_nothing(
    folder: Path, ref: TableRef
) -> None:
    workers = [start(folder, "sail", "append", name, "4") for name in ("one", "two")]
    assert [worker.wait(timeout=200) for worker in workers] == [0, 0]
    assert rows(ref) == appended("one", "two", times=4)


@pytest.mark.slow
@pytest.mark.parametrize("ref", ROOTS, indirect=True)
def test_writers_and_care_at_once_lose_and_double_nothing(folder: Path, ref: TableRef) -> None:
    writers = [start(folder, "sail", "append", name, "12") for name in ("one", "two")]
    writers.append(start(folder, "sail", "merge", "merger", "6"))
    care = start(folder, "sail", "care", "10")
    assert [worker.wait(timeout=250) for worker in [*writers, care]] == [0] * 4
    found = rows(ref)
    untouched = [row for row in found if row[0] >= 10]
    assert untouched == [(10, "one"), (10, "two"), (11, "one"), (11, "two")]
    for name in ("one", "two"):
        assert all(find_commit(ref, f"{name}:{count}") for count in range(12)), name
    assert {key for key, _ in found} == set(range(12))


@pytest.mark.slow
@pytest.mark.parametrize(("ref", "kills"), [("folder", 6), ("bucket", 3)], indirect=["ref"])
def test_kills_of_writers_and_care_at_any_moment_leave_a_whole_table(
    folder: Path, ref: TableRef, kills: int
) -> None:
    chance = random.Random(4)
    assert start(folder, "sail", "append", "first", "10").wait(timeout=200) == 0
    for _ in range(kills):
        pair = [
            start(folder, "sail", "care", "30"),
            start(folder, "sail", "append", "second", "200"),
        ]
        time.sleep(2.0 + chance.random() * 1.5)
        for worker in pair:
            worker.kill()
            worker.wait()
        found = rows(ref)
        assert len(found) == len(set(found))
    last = [start(folder, "sail", "append", "second", "15"), start(folder, "sail", "care", "3")]
    assert [worker.wait(timeout=250) for worker in last] == [0, 0]
    found = rows(ref)
    assert found == sorted(set(found))
    assert set(appended("first", times=10) + appended("second", times=15)) <= set(found)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("ref", ["bucket"], indirect=True)
def test_spark_writes_and_cares_for_a_bucket_s_table_and_a_kill_leaves_it_whole(
    folder: Path, ref: TableRef
) -> None:
    """Killed while it compacts, vacuums or cleans; then everything is done once."""
    require(which("java"), "Java")
    assert start(folder, "sail", "append", "first", "10").wait(timeout=200) == 0
    care = start(folder, "spark", "care", "200")
    wait_for_compaction(ref)
    care.kill()
    care.wait()
    assert rows(ref) == appended("first", times=10)
    assert start(folder, "spark", "append-and-care", "second", "2").wait(timeout=300) == 0
    assert rows(ref) == sorted(appended("first", times=10) + appended("second", times=2))
    assert all(find_commit(ref, f"first:{count}") for count in range(10))

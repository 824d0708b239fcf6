"""Maintenance changes no row, forgets nothing that is needed, and is the same on both engines."""

import datetime as dt
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import which

import pyarrow as pa
import pytest

from foundation.clock import utc_now
from foundation.errors import InvalidRequest, NotFound
from foundation.settings import Settings
from lakehouse.boundary import Recorder
from lakehouse.commits import Commit, open_table
from lakehouse.lake import Lake
from lakehouse.log import LOG
from lakehouse.maintenance import FEWEST_SMALL
from lakehouse.reading import read_arrow
from lakehouse.refs import TableRef
from tenancy.tenant import Tenant
from tests.blank_store import new_store
from tests.conftest import require

TENANT = Tenant("acme", "Acme", "telecom")
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(
    params=[
        "sail",
        pytest.param("sail in a bucket", marks=pytest.mark.slow),
        pytest.param("spark", marks=pytest.mark.slow),
    ]
)
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lake]:
    engine, _, bucket = str(request.param).partition(" in a ")
    settings = Settings.at(tmp_path / "data")
    new_store(settings)
    if bucket:
        settings = replace(settings, lake_url=f"{request.getfixturevalue('bucket')}/abcall")
    if engine == "spark":
        require(which("java"), "Java")
        settings = replace(settings, engine="spark")
    with Lake.open(settings, Recorder()) as lake:
        yield lake


@pytest.fixture
def ref(lake: Lake) -> TableRef:
    return lake.ref(TENANT, "silver", "things")


def row(number: int, value: str = "x") -> pa.Table:
    return pa.table({"key": pa.array([number], pa.int64()), "value": [value]})


def fill(lake: Lake, ref: TableRef, count: int, start: int = 0) -> None:
    """Append a row a commit, by the embedded engine: either one cares for what it wrote."""
    with Lake.open(replace(lake.settings, engine="sail")) as embedded:
        for number in range(start, start + count):
            commit = Commit(f"u{number}:silver", {"counts": str(number)})
            embedded.writer.append(ref, row(number), commit)


def keys(ref: TableRef, version: int | None = None) -> list[int]:
    found: list[int] = read_arrow(ref, ["key"], version=version)["key"].to_pylist()
    return sorted(found)


def places(lake: Lake) -> list[str]:
    boundary = lake._boundary
    assert isinstance(boundary, Recorder)
    return [place for place in boundary.places if "append" not in place]


def test_compaction_makes_one_file_of_many_and_nobody_above_notices(
    lake: Lake, ref: TableRef
) -> None:
    fill(lake, ref, FEWEST_SMALL)
    version = lake.version(ref)
    done = lake.maintenance.compact(ref)
    assert (done.before, done.after) == (FEWEST_SMALL, 1)
    assert keys(ref) == list(range(FEWEST_SMALL))
    assert lake.version(ref) == version, "what was derived from it is still up to date"
    assert lake.engine.arrow(lake.read(ref, version)).num_rows == FEWEST_SMALL
    assert places(lake) == ["before:silver.things.compact", "after:silver.things.compact"]
    again = lake.maintenance.compact(ref)
    assert (again.before, again.after) == (1, 1)
    fill(lake, ref, 1, start=FEWEST_SMALL)
    assert lake.version(ref) > version
    assert keys(ref) == list(range(FEWEST_SMALL + 1))


def test_few_files_are_left_alone(lake: Lake, ref: TableRef) -> None:
    fill(lake, ref, FEWEST_SMALL - 1)
    assert lake.maintenance.compact(ref).after == FEWEST_SMALL - 1
    table = open_table(ref.path)
    assert table is not None
    assert table.version() == FEWEST_SMALL - 2


def test_vacuum_takes_what_no_recent_version_is_made_of(lake: Lake, ref: TableRef) -> None:
    fill(lake, ref, FEWEST_SMALL)
    lake.maintenance.compact(ref)
    version = lake.version(ref)
    kept = lake.maintenance.vacuum(ref, utc_now() - dt.timedelta(hours=3))
    assert (kept.files, kept.log_files) == (0, 0)
    assert keys(ref, version=2) == [0, 1, 2]
    told = lake.maintenance.vacuum(ref, utc_now(), LONG_AGO, dry_run=True)
    assert told.files == FEWEST_SMALL
    assert keys(ref, version=2) == [0, 1, 2], "a dry run takes nothing"
    done = lake.maintenance.vacuum(ref, utc_now(), LONG_AGO)
    assert (done.files, done.size_bytes) == (told.files, told.size_bytes)
    assert keys(ref) == list(range(FEWEST_SMALL))
    assert lake.version(ref) == version
    assert lake.engine.arrow(lake.read(ref, version)).num_rows == FEWEST_SMALL
    assert lake.maintenance.vacuum(ref, utc_now(), LONG_AGO).files == 0


def test_the_log_is_cleaned_and_every_commit_stays_done(lake: Lake, ref: TableRef) -> None:
    fill(lake, ref, 12)
    lake.maintenance.vacuum(ref, LONG_AGO)
    fill(lake, ref, 3, start=12)
    lake.maintenance.compact(ref)
    done = lake.maintenance.vacuum(ref, utc_now())
    assert done.log_files >= 10
    for number in range(15):
        assert lake.writer.find_commit(ref, f"u{number}:silver"), number
        assert lake.writer.append(ref, row(99), Commit(f"u{number}:silver")).already, number
    told = lake.writer.find_commit(ref, "u14:silver")
    assert told is not None
    assert told.metadata == {"counts": "14"}, "the checkpoint's own entries stay"
    assert keys(ref) == list(range(15))
    assert lake.engine.arrow(lake.read(ref)).num_rows == 15


def test_words_that_an_upload_in_flight_goes_on_by_stay(lake: Lake, ref: TableRef) -> None:
    begun_at = utc_now()
    fill(lake, ref, 12)
    lake.maintenance.vacuum(ref, LONG_AGO)
    lake.maintenance.vacuum(ref, utc_now(), log_before=begun_at)
    told = lake.writer.find_commit(ref, "u0:silver")
    assert told is not None
    assert told.metadata == {"counts": "0"}


def test_a_table_goes_back_to_a_version_and_to_a_time(lake: Lake, ref: TableRef) -> None:
    fill(lake, ref, 2)
    time.sleep(0.01)
    moment = utc_now()
    time.sleep(0.01)
    lake.writer.delete(ref, "key = 0", Commit("u2:silver"))
    lake.writer.append(ref, row(3), Commit("u3:silver"))
    done = lake.maintenance.restore(ref, moment)
    assert (done.to_version, done.undone, done.redone) == (1, {"u2:silver", "u3:silver"}, set())
    assert keys(ref) == [0, 1]
    assert lake.version(ref) == done.version
    fill(lake, ref, 1, start=4)
    back = lake.maintenance.restore(ref, done.version - 1)
    assert (back.undone, back.redone) == ({"u4:silver"}, {"u2:silver", "u3:silver"})
    assert keys(ref) == [1, 3]
    assert lake.engine.arrow(lake.read(ref)).num_rows == 2


def test_what_cannot_be_restored_is_said(lake: Lake, ref: TableRef) -> None:
    with pytest.raises(NotFound):
        lake.maintenance.restore(ref, 0)
    fill(lake, ref, FEWEST_SMALL)
    lake.maintenance.compact(ref)
    lake.maintenance.vacuum(ref, utc_now(), LONG_AGO)
    with pytest.raises(InvalidRequest, match="no version 99"):
        lake.maintenance.restore(ref, 99)
    with pytest.raises(InvalidRequest, match="does not reach back to 2020-01-01"):
        lake.maintenance.restore(ref, LONG_AGO)
    with pytest.raises(InvalidRequest, match="files of version 2"):
        lake.maintenance.restore(ref, 2)
    assert keys(ref) == list(range(FEWEST_SMALL))


def test_a_table_in_figures(lake: Lake, ref: TableRef) -> None:
    assert lake.statistics(ref) is None
    fill(lake, ref, 3)
    with Lake.open(replace(lake.settings, engine="sail")) as embedded:
        many = pa.table({"key": range(1000), "value": ["y"] * 1000})
        embedded.writer.append(ref, many, Commit("u9"))
    found = lake.statistics(ref)
    assert found is not None
    assert (found.files, found.rows, found.version, found.versions) == (4, 1003, 3, 4)
    assert found.smallest_bytes < found.largest_bytes < found.size_bytes < found.stored_bytes
    assert utc_now() - dt.timedelta(minutes=5) < found.oldest_at <= utc_now()
    assert found.log_files >= 4


def test_what_a_killed_writer_left_behind_goes(tmp_path: Path) -> None:
    """In a folder, where a test can make a file old."""
    with Lake.open(Settings.at(tmp_path / "data")) as lake:
        new_store(lake.settings)
        ref = lake.ref(TENANT, "silver", "things")
        fill(lake, ref, 2)
        left = Path(ref.path) / "part-00000-left-behind.parquet"
        left.write_bytes(b"half a file")
        hours_ago = time.time() - 5 * 3600
        os.utime(left, (hours_ago, hours_ago))
        done = lake.maintenance.vacuum(ref, utc_now() - dt.timedelta(hours=2))
        assert (done.files, done.size_bytes) == (1, 11)
        assert not left.exists()
        assert sorted(p.name for p in Path(ref.path).iterdir() if p.name == LOG) == [LOG]
        assert keys(ref) == [0, 1]


def test_a_version_that_an_erasure_took_away_is_not_restored(lake: Lake, ref: TableRef) -> None:
    fill(lake, ref, 3)
    lake.writer.delete(ref, "key = 0", Commit("erasure"))
    lake.forget_past(ref)
    with pytest.raises(InvalidRequest, match="version 1"):
        lake.maintenance.restore(ref, 1)
    lake.maintenance.vacuum(ref, utc_now())
    assert keys(ref) == [1, 2]
    assert lake.writer.append(ref, row(1), Commit("u1:silver")).already

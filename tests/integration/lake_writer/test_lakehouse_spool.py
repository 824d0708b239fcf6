"""Long streams reach an engine through a file that ends with the write; short ones without."""

import datetime as dt
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from lakehouse.commits import Commit
from lakehouse.engine import Engine
from lakehouse.folder import Folder
from lakehouse.reading import read_arrow
from lakehouse.refs import TableRef
from lakehouse.spool import LEFT_AFTER_SECONDS, Spool
from lakehouse.writer import Writer
from tests.integration.lake_writer.conftest import found, things
from tests.same_tables import differences

NOW = 1_800_000_000
MOMENT = dt.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC)
ROWS = pa.table(
    {
        "key": pa.array([1, 2], pa.int64()),
        "amount": pa.array([Decimal("12.3400"), None], pa.decimal128(18, 4)),
        "at": pa.array([MOMENT, None], pa.timestamp("us", tz="UTC")),
        "day": pa.array([MOMENT.date(), None], pa.date32()),
        "sealed": pa.array([b"\x00\xff", None], pa.binary()),
        "extra": pa.array([[("a", "b")], None], pa.map_(pa.string(), pa.string())),
    }
)


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    return tmp_path / "staging"


@pytest.fixture
def spool(staging: Path) -> Spool:
    """Return a spool to which anything beyond one batch is long; its clock stands still."""
    return Spool(Folder(staging), handed_over_bytes=1, now=lambda: NOW)


def batches_of(*tables: pa.Table) -> pa.RecordBatchReader:
    batches = [batch for table in tables for batch in table.to_batches()]
    return pa.RecordBatchReader.from_batches(tables[0].schema, batches)


def test_a_long_stream_arrives_whole_cell_by_cell_and_leaves_no_file(
    engine: Engine, spool: Spool, ref: TableRef, staging: Path
):
    with spool.frame(engine, ref, batches_of(ROWS, ROWS)) as frame:
        assert len(list(staging.rglob("*.parquet"))) == 1
        arrived = engine.arrow(frame)
    assert differences(arrived, pa.concat_tables([ROWS, ROWS]), ("arrived", "sent")) == ""
    assert list(staging.rglob("*.parquet")) == []


def test_a_short_one_needs_no_file(engine: Engine, spool: Spool, ref: TableRef, staging: Path):
    with spool.frame(engine, ref, batches_of(ROWS)) as frame:
        assert not staging.exists()
        assert engine.arrow(frame).num_rows == 2


def test_the_file_ends_with_a_write_that_fails(
    engine: Engine, spool: Spool, ref: TableRef, staging: Path
):
    with (
        pytest.raises(ZeroDivisionError),
        spool.frame(engine, ref, batches_of(ROWS, ROWS)),
    ):
        raise ZeroDivisionError
    assert list(staging.rglob("*.parquet")) == []


def test_what_a_dead_process_left_a_day_ago_goes_and_a_running_write_s_stays(
    engine: Engine, spool: Spool, ref: TableRef, staging: Path
):
    for age in (LEFT_AFTER_SECONDS + 60, 60):
        folder = staging / ref.tenant / f"spool-{NOW - age}-x"
        folder.mkdir(parents=True)
        (folder / "rows.parquet").touch()
    (staging / ref.tenant / "0123456789abcdef").mkdir()
    with spool.frame(engine, ref, batches_of(ROWS, ROWS)):
        pass
    left = sorted(path.name for path in (staging / ref.tenant).iterdir())
    assert left == ["0123456789abcdef", f"spool-{NOW - 60}-x"]


@pytest.mark.parametrize("verb", ["append", "merge"])
def test_the_writer_takes_a_long_stream(engine: Engine, spool: Spool, ref: TableRef, verb: str):
    writer = Writer(engine, lambda _name: nullcontext(), spool=spool)
    writer.append(ref, things((1, "old")), Commit("first"))
    stream = batches_of(things((2, "b"), (3, "c")), things((4, "d")), things((1, "new")))
    if verb == "append":
        writer.append(ref, stream, Commit("second"))
        assert found(ref) == [(1, "new"), (1, "old"), (2, "b"), (3, "c"), (4, "d")]
    else:
        writer.merge(ref, stream, ["key"], Commit("second"))
        assert found(ref) == [(1, "new"), (2, "b"), (3, "c"), (4, "d")]
    assert read_arrow(ref).schema == things().schema

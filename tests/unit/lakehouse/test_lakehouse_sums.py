"""What a disk changed of a table is told by name, and never read as rows."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from foundation.errors import OperatorError
from foundation.texts import LANGUAGES
from lakehouse.commits import Commit, open_table
from lakehouse.lake import Lake
from lakehouse.refs import TableRef
from lakehouse.sums import FOLDER
from tenancy.tenant import Tenant


def rows(*keys: int) -> pa.Table:
    return pa.table({"key": pa.array(keys, pa.int64())})


@pytest.fixture
def root(tmp_path: Path) -> str:
    """Return a folder: a bucket's service checks its own files."""
    return str(tmp_path / "data")


@pytest.fixture
def written(lake: Lake, acme: Tenant) -> TableRef:
    ref = lake.ref(acme, "silver", "things")
    for number in range(3):
        lake.writer.append(ref, rows(number), Commit(str(number)))
    return ref


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))


def newest(ref: TableRef, pattern: str) -> Path:
    return sorted(Path(ref.path).glob(pattern))[-1]


HARMS: list[tuple[str, Callable[[Path], object]]] = [
    ("*.parquet", flip),
    ("*.parquet", lambda file: file.write_bytes(b"")),
    ("*.parquet", Path.unlink),
    ("_delta_log/*.json", flip),
    ("_delta_log/*.json", lambda file: file.write_bytes(b"")),
    ("_delta_log/*.json", lambda file: file.write_bytes(file.read_bytes()[:50])),
    ("_delta_log/*.json", Path.unlink),
]


@pytest.mark.parametrize(("pattern", "harm"), HARMS)
def test_a_file_that_was_changed_is_told_and_not_read(
    lake: Lake, written: TableRef, pattern: str, harm: Callable[[Path], object]
) -> None:
    harm(newest(written, pattern))
    for look in (lambda: lake.arrow(written), lambda: lake.read(written)):
        with pytest.raises(OperatorError) as told:
            look()
        assert told.value.key.startswith("damage.")
        assert all("silver.things" in told.value.say(language) for language in LANGUAGES)


def test_a_log_that_is_gone_whole_is_no_table_that_was_never_written(
    lake: Lake, written: TableRef
) -> None:
    for file in (Path(written.path) / "_delta_log").iterdir():
        file.unlink()
    with pytest.raises(OperatorError, match="cannot be read"):
        lake.arrow(written)


def test_nothing_is_merged_into_a_table_with_a_changed_file(lake: Lake, written: TableRef) -> None:
    flip(newest(written, "*.parquet"))
    with pytest.raises(OperatorError, match="is not what was written"):
        lake.writer.merge(written, rows(1, 9), ["key"], Commit("merge"))
    found = open_table(written.path)
    assert found is not None
    assert found.version() == 2


def test_a_table_from_before_has_its_sums_noted_with_the_next_commit(
    lake: Lake, written: TableRef
) -> None:
    for note in (Path(written.path) / FOLDER).iterdir():
        note.unlink()
    assert lake.arrow(written).num_rows == 3
    lake.writer.append(written, rows(7), Commit("7"))
    flip(newest(written, "*.parquet"))
    with pytest.raises(OperatorError, match="is not what was written"):
        lake.arrow(written)


def test_a_dropped_table_leaves_no_sums_and_begins_anew(lake: Lake, written: TableRef) -> None:
    lake.drop(written)
    assert lake.arrow(written).num_rows == 0
    lake.writer.append(written, rows(5), Commit("5"))
    assert lake.arrow(written)["key"].to_pylist() == [5]

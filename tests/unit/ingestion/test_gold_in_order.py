"""Gold's order: a table cut into ranges comes out as one that was sorted at once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from foundation.settings import Settings
from ingestion.gold.in_order import in_order, ranges
from lakehouse.engine import Engine
from lakehouse.lake import Lake

START = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = 400
SHUFFLED = [(7 * number) % ROWS for number in range(ROWS)]
MOMENTS = [None if n % 40 == 0 else START + timedelta(hours=n // 3) for n in SHUFFLED]
NAMES = [f"{n * 2_654_435_761 % 2**32:08x}" for n in SHUFFLED]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return the embedded engine."""
    with Lake.open(Settings.at(tmp_path_factory.mktemp("order") / "data")) as lake:
        yield lake.engine


def rows_in_order(engine: Engine, order: tuple[str, ...], at_once: int) -> list[dict[str, object]]:
    table = pa.table(
        {
            "at": pa.array(MOMENTS, pa.timestamp("us", "UTC")),
            "name": NAMES,
            "same": ["x"] * ROWS,
            "none": pa.nulls(ROWS, pa.string()),
        }
    )
    return in_order(engine, engine.frame(table), order, ROWS, at_once).read_all().to_pylist()


@pytest.mark.parametrize("first", ["at", "name", "same", "none"])
@pytest.mark.parametrize("at_once", [ROWS // 8, ROWS - 1])
def test_ranges_that_follow_one_another_are_the_whole_in_order(
    engine: Engine, first: str, at_once: int
):
    whole = rows_in_order(engine, (first, "name"), ROWS)
    assert sorted(str(row["name"]) for row in whole) == sorted(NAMES)
    assert rows_in_order(engine, (first, "name"), at_once) == whole


def test_rows_without_a_value_come_first(engine: Engine):
    found = [row["at"] for row in rows_in_order(engine, ("at", "name"), ROWS // 8)]
    known = [moment for moment in MOMENTS if moment is not None]
    assert found == [None] * MOMENTS.count(None) + sorted(known)


def test_a_large_table_is_cut_into_about_equal_ranges_and_a_small_one_is_not(engine: Engine):
    frame = engine.frame(pa.table({"name": NAMES}))
    assert [part.count() for part in ranges(engine, frame, "name", ROWS, ROWS)] == [ROWS]
    counts = [part.count() for part in ranges(engine, frame, "name", ROWS, ROWS // 8)]
    assert sum(counts) == ROWS
    assert counts == [ROWS // 8] * 8

"""Customers' history: the rule told slowly in Python, and the engine held to it.

The oracle walks one key's moments in order with plain lists; Hypothesis writes the files.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingestion.history import plan_history
from lakehouse.engine import Engine
from lakehouse.sail import Sail

START = datetime(2024, 1, 1, tzinfo=UTC)
MOMENT = pa.timestamp("us", tz="UTC")
INCOMING = pa.schema(
    [
        ("row_key", pa.string()),
        ("valid_from", MOMENT),
        ("row_number", pa.int64()),
        ("row_hash", pa.string()),
        ("operation_asked", pa.string()),
    ]
)
STORED = pa.schema(
    [
        ("row_key", pa.string()),
        ("valid_from", MOMENT),
        ("valid_to", MOMENT),
        ("row_hash", pa.string()),
    ]
)
Version = tuple[int, int | None, str]
"""Since which day, until which day, what it says."""
Row = tuple[str, int, str]
"""Key, day, content; an empty content asks to delete."""


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    sail = Sail()
    yield sail
    sail.close()


def day(number: int | None) -> datetime | None:
    return None if number is None else START + timedelta(days=number)


def number_of(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - START).days


def frame(engine: Engine, rows: list[dict], schema: pa.Schema):
    if rows:
        return engine.frame(pa.Table.from_pylist(rows, schema=schema))
    nothing = pa.table([pa.nulls(1, f.type) for f in schema], schema=schema)
    return engine.frame(nothing).where("false")


def run(
    engine: Engine, store: dict[str, list[Version]], rows: list[Row], snapshot: bool = False
) -> tuple[dict[str, list[Version]], list[str], int]:
    """Plan, then apply the plan to the store as a merge would."""
    incoming = [
        {
            "row_key": key,
            "valid_from": day(at),
            "row_number": n,
            "row_hash": content or "gone",
            "operation_asked": "update" if content else "delete",
        }
        for n, (key, at, content) in enumerate(rows, 1)
    ]
    existing = [
        {"row_key": k, "valid_from": day(a), "valid_to": day(b), "row_hash": c}
        for k, versions in store.items()
        for a, b, c in versions
    ]
    planned = engine.arrow(
        plan_history(
            frame(engine, incoming, INCOMING), frame(engine, existing, STORED), snapshot, day(50)
        )
    ).to_pylist()
    outcomes = ["superseded"] * len(rows)
    after = {k: {a: (a, b, c) for a, b, c in versions} for k, versions in store.items()}
    for moment in planned:
        key, at, until = moment["row_key"], number_of(moment["valid_from"]), moment["valid_to"]
        if moment["row_number"]:
            outcomes[moment["row_number"] - 1] = moment["outcome"]
        if moment["writes_row"]:
            content = rows[moment["row_number"] - 1][2]
            after.setdefault(key, {})[at] = (at, number_of(until), content)
        if moment["moves_end"]:
            after[key][at] = (at, number_of(until), after[key][at][2])
    kept = {k: sorted(v.values()) for k, v in after.items()}
    return kept, outcomes, sum(m["ended"] for m in planned)


def test_a_new_key_is_inserted_and_holds_until_further_notice(engine: Engine):
    store, outcomes, _ = run(engine, {}, [("k", 3, "A")])
    assert (store, outcomes) == ({"k": [(3, None, "A")]}, ["inserted"])


def test_a_later_change_ends_the_version_before(engine: Engine):
    store, outcomes, _ = run(engine, {"k": [(1, None, "A")]}, [("k", 5, "B")])
    assert (store, outcomes) == ({"k": [(1, 5, "A"), (5, None, "B")]}, ["updated"])


def test_the_same_content_later_changes_nothing(engine: Engine):
    store, outcomes, _ = run(engine, {"k": [(1, None, "A")]}, [("k", 5, "A")])
    assert (store, outcomes) == ({"k": [(1, None, "A")]}, ["unchanged"])


def test_a_late_row_falls_between_the_versions(engine: Engine):
    before = {"k": [(1, 9, "A"), (9, None, "C")]}
    store, outcomes, _ = run(engine, before, [("k", 5, "B")])
    assert store == {"k": [(1, 5, "A"), (5, 9, "B"), (9, None, "C")]}
    assert outcomes == ["updated"]


def test_a_row_before_all_versions_begins_the_history(engine: Engine):
    store, outcomes, _ = run(engine, {"k": [(5, None, "B")]}, [("k", 1, "A")])
    assert (store, outcomes) == ({"k": [(1, 5, "A"), (5, None, "B")]}, ["updated"])


def test_many_versions_of_a_key_in_one_file_in_any_order(engine: Engine):
    rows = [("k", 9, "C"), ("k", 1, "A"), ("k", 5, "B"), ("k", 7, "B"), ("k", 5, "B")]
    store, outcomes, _ = run(engine, {}, rows)
    assert store == {"k": [(1, 5, "A"), (5, 9, "B"), (9, None, "C")]}
    assert outcomes == ["updated", "inserted", "superseded", "unchanged", "updated"]


def test_a_correction_of_the_same_moment_takes_its_place(engine: Engine):
    before = {"k": [(1, 5, "A"), (5, None, "B")]}
    store, outcomes, _ = run(engine, before, [("k", 5, "X")])
    assert (store, outcomes) == ({"k": [(1, 5, "A"), (5, None, "X")]}, ["updated"])


def test_a_closed_version_stays_closed_under_a_late_row(engine: Engine):
    store, _, _ = run(engine, {"k": [(1, 9, "A")]}, [("k", 5, "B")])
    assert store == {"k": [(1, 5, "A"), (5, 9, "B")]}


def test_who_comes_back_unchanged_begins_a_new_version(engine: Engine):
    store, outcomes, _ = run(engine, {"k": [(1, 5, "A")]}, [("k", 9, "A")])
    assert (store, outcomes) == ({"k": [(1, 5, "A"), (9, None, "A")]}, ["updated"])


def test_deleting_ends_the_version_and_who_is_unknown_cannot_be_deleted(engine: Engine):
    store, outcomes, _ = run(engine, {"k": [(1, None, "A")]}, [("k", 5, ""), ("x", 5, "")])
    assert (store, outcomes) == ({"k": [(1, 5, "A")]}, ["deleted", "unknown"])


def test_a_snapshot_ends_who_is_not_in_it_at_its_own_time(engine: Engine):
    before = {"k": [(1, None, "A")], "gone": [(2, None, "B")], "left": [(1, 2, "C")]}
    store, outcomes, ended = run(engine, before, [("k", 8, "A")], snapshot=True)
    assert store == {"k": [(1, None, "A")], "gone": [(2, 8, "B")], "left": [(1, 2, "C")]}
    assert (outcomes, ended) == (["unchanged"], 1)


def test_a_snapshot_of_the_past_does_not_end_who_came_later(engine: Engine):
    before = {"k": [(1, None, "A")], "later": [(9, None, "B")]}
    store, _, ended = run(engine, before, [("k", 5, "A")], snapshot=True)
    assert (store, ended) == (before, 0)


def oracle(
    versions: list[Version], rows: list[tuple[int, int, str]]
) -> tuple[list[Version], dict[int, str]]:
    """Tell the rule for one key, moment by moment; rows are (number, day, content)."""
    ends = {b for _, b, _ in versions if b is not None}
    stored = {a: c for a, _, c in versions}
    annulled = {a for a, b, _ in versions if a == b}
    shut = {e for e in ends if e not in stored} | annulled
    last = {at: (n, c) for n, at, c in sorted(rows)}
    outcomes = {n: "superseded" for n, at, _ in rows if last[at][0] != n}
    line: list[tuple[int, str | None, bool]] = []
    held: str | None = None
    seen = False
    for at in sorted({*stored, *shut, *last}):
        here = stored.get(at) if at not in shut else None
        content: str | None = here
        keeps = True
        if at in last:
            number, sent = last[at]
            many = sum(a == at for _, a, _ in rows) > 1
            content = sent or None
            if not sent:
                alive = held is not None or here is not None or many
                outcomes[number] = "deleted" if alive else "unknown"
                keeps = alive or at in stored
            elif sent == here:
                outcomes[number] = "unchanged"
            elif at in stored:
                outcomes[number] = "updated"
            elif sent == held and at not in shut:
                outcomes[number], keeps = "unchanged", False
            else:
                outcomes[number] = "updated" if stored or seen else "inserted"
        if keeps:
            line.append((at, content, at in stored))
        held, seen = content, seen or content is not None
    result: list[Version] = []
    for (at, content, was_stored), following in zip(line, [*line[1:], None], strict=False):
        if content is not None:
            result.append((at, following[0] if following else None, content))
        elif was_stored:
            result.append((at, at, stored[at]))
    return result, outcomes


days = st.integers(0, 6)
files = st.lists(
    st.tuples(st.sampled_from("kx"), days, st.sampled_from(["A", "B", ""])), max_size=7
)


@settings(
    max_examples=15,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(files, min_size=1, max_size=3))
def test_any_sequence_of_files_gives_the_history_that_the_rule_tells(
    engine: Engine, uploads: list[list[Row]]
):
    store: dict[str, list[Version]] = {}
    for rows in uploads:
        expected, told = dict(store), ["superseded"] * len(rows)
        for key in {k for k, _, _ in rows}:
            own = [(n, at, c) for n, (k, at, c) in enumerate(rows) if k == key]
            versions, outcomes = oracle(store.get(key, []), own)
            if versions:
                expected[key] = versions
            for number, outcome in outcomes.items():
                told[number] = outcome
        store, outcomes_got, _ = run(engine, store, rows)
        assert outcomes_got == told
        assert store == expected

"""The online store follows gold: made anew where it changed, and whole at any time."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features import online_sort, online_store
from features.live import incident_frame
from features.online import online_incident_frame
from features.online_build import PRAGMAS
from features.online_layout import TABLES, kind_of, reader_of, stored
from features.online_sort import in_order
from features.online_store import build_online, facts_of, online_of
from foundation.errors import OperatorError
from ingestion.schema import TYPES, stored_columns
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from lakehouse.online_file import forget_online, online_file
from models.answer_table import ANSWER, SUGGESTION
from models.offer_table import DECISION
from models.score_table import SCORE
from tests.silver_rows import ACME, TELECOM, day, gold_of, lake_at

MOMENT = pa.timestamp("us", tz="UTC")


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with lake_at(tmp_path) as lake:
        lake.keys.create_master()
        yield lake


def incidents(lake: Lake, *days: float, commit: str = "first") -> None:
    """Write Ana's incidents, one a day that is named."""
    rows = [{"incident_id": f"I-{n}", "person_token": "ana", "opened_at": day(n)} for n in days] + [
        {"incident_id": "nobody's", "opened_at": day(1)}
    ]
    frame = gold_of(lake.engine, incidents=rows)["incident"]
    lake.writer.replace(lake.ref(ACME, "gold", "incident"), frame, Commit(f"test:{commit}"))


def seen(lake: Lake) -> list[str]:
    facts = online_of(lake, ACME)
    assert facts is not None
    return [row["incident_id"] for row in facts.person("ana").incidents]


def test_nothing_is_built_of_nothing(lake: Lake):
    assert not build_online(lake, ACME, TELECOM)
    assert online_of(lake, ACME) is None


def test_of_a_tenant_without_gold_nothing_is_known_and_the_engine_is_not_asked(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(online_store, "LOOK_SECONDS", 0.0)
    row = {"entity_id": "0", "person_token": "ana", "opened_at": day(3), "text": "No hay señal"}
    columns = [(c.name, TYPES[c.type]) for c in stored_columns(TELECOM.table("incidents"))]
    names = [("entity_id", pa.string()), ("person_token", pa.string())]
    rows = pa.Table.from_pylist([row], schema=pa.schema(names + columns))
    asked = (lake, ACME, TELECOM, "incident_risk", rows)
    found = online_incident_frame(*asked)
    assert "engine" not in vars(lake)
    by_engine = incident_frame(*asked)
    assert repr(found.records) == repr(by_engine.records)
    assert (found.features, found.table_versions) == (by_engine.features, {})
    incidents(lake, 1)
    assert facts_of(lake, ACME) is None, "there is gold now, and no store of it yet"
    build_online(lake, ACME, TELECOM)
    assert facts_of(lake, ACME) is online_of(lake, ACME)


def test_it_is_made_anew_where_gold_changed_and_left_alone_otherwise(lake: Lake):
    incidents(lake, 1, 3, 2)
    assert build_online(lake, ACME, TELECOM)
    assert seen(lake) == ["I-3", "I-2", "I-1"], "newest first"
    before = online_file(lake, ACME).stat().st_ino
    assert not build_online(lake, ACME, TELECOM)
    assert online_file(lake, ACME).stat().st_ino == before
    incidents(lake, 4, commit="second")
    assert build_online(lake, ACME, TELECOM)
    assert seen(lake) == ["I-4"]


def test_maintenance_of_a_table_is_no_change_and_another_contract_is_one(lake: Lake):
    incidents(lake, 1)
    build_online(lake, ACME, TELECOM)
    lake.maintenance.compact(lake.ref(ACME, "gold", "incident"))
    assert not build_online(lake, ACME, TELECOM)
    assert build_online(lake, ACME, replace(TELECOM, version="99.0.0"))


def test_what_did_not_change_is_copied_and_equal(lake: Lake):
    incidents(lake, 1, 2)
    build_online(lake, ACME, TELECOM)
    calls = [{"call_id": "C", "person_token": "ana", "started_at": day(1), "wait_seconds": 3.5}]
    frame = gold_of(lake.engine, calls=calls)["call"]
    lake.writer.replace(lake.ref(ACME, "gold", "call"), frame, Commit("test:calls"))
    assert build_online(lake, ACME, TELECOM)
    assert seen(lake) == ["I-2", "I-1"]
    facts = online_of(lake, ACME)
    assert facts is not None
    assert [call["wait_seconds"] for call in facts.person("ana").calls] == [3.5]
    assert facts.versions == {"incident": 0, "call": 0}


def test_who_reads_ends_with_the_file_that_they_began_with(lake: Lake):
    incidents(lake, 1)
    build_online(lake, ACME, TELECOM)
    old = online_of(lake, ACME)
    incidents(lake, 2, commit="second")
    build_online(lake, ACME, TELECOM)
    assert old is not None
    assert [row["incident_id"] for row in old.person("ana").incidents] == ["I-1"]
    assert seen(lake) == ["I-2"]
    assert online_of(lake, ACME) is online_of(lake, ACME), "the open file is kept"


def test_a_build_that_dies_leaves_the_file_before_and_its_rest_goes(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    incidents(lake, 1)
    build_online(lake, ACME, TELECOM)
    incidents(lake, 2, commit="second")
    folder = online_file(lake, ACME).parent
    left, other = folder / ".acme.killed", folder / ".acme-norte.killed"
    for one in (left, other):
        one.mkdir()
    monkeypatch.setattr("features.online_build.PRAGMAS", (*PRAGMAS, "max_page_count = 3"))
    with pytest.raises(OperatorError) as full:
        build_online(lake, ACME, TELECOM)
    assert full.value.key == "disk.full"
    assert seen(lake) == ["I-1"]
    assert sorted(path.name for path in folder.iterdir()) == [".acme-norte.killed", "acme.db"]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(200)])
def test_a_damaged_file_is_made_anew(lake: Lake, content: bytes):
    incidents(lake, 1)
    build_online(lake, ACME, TELECOM)
    online_file(lake, ACME).unlink()
    online_file(lake, ACME).write_bytes(content)
    assert build_online(lake, ACME, TELECOM)
    assert seen(lake) == ["I-1"]


def test_a_forgotten_store_is_gone_for_readers_too(lake: Lake):
    incidents(lake, 1)
    build_online(lake, ACME, TELECOM)
    assert seen(lake) == ["I-1"]
    assert forget_online(lake, ACME) == 1
    assert online_of(lake, ACME) is None
    assert forget_online(lake, ACME) == 0


def test_many_threads_may_read_at_once(lake: Lake):
    incidents(lake, *range(1, 40))
    build_online(lake, ACME, TELECOM)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: len(seen(lake)), range(200)))
    assert set(found) == {39}


def test_a_damaged_file_is_told_to_the_operator(lake: Lake):
    incidents(lake, 1)
    build_online(lake, ACME, TELECOM)
    online_file(lake, ACME).write_bytes(b"no database at all" * 100)
    with pytest.raises(OperatorError) as damaged:
        online_of(lake, ACME)
    assert damaged.value.key == "disk.store_damaged"


def test_of_what_models_said_the_latest_stays(lake: Lake):
    same = {"person_token": "ana", "model": "churn", "scored_at": day(1), "as_of_at": day(1)}
    scores = [
        same | {"score_id": "early", "as_of_at": day(0)},
        same | {"score_id": "late", "scored_at": day(2), "as_of_at": day(0),
                "class_probabilities": [("a", 0.25)], "money_at_risk": Decimal("1.10")},
        same | {"score_id": "first", "person_token": None},
        same | {"score_id": "case", "model": "incident_risk", "incident_id": "I-1"},
    ]  # fmt: skip
    rows = pa.Table.from_pylist(scores, schema=SCORE)
    lake.writer.append(lake.ref(ACME, "gold", "score"), rows, Commit("test:scores"))
    build_online(lake, ACME, TELECOM)
    facts = online_of(lake, ACME)
    assert facts is not None
    (churn,) = facts.person("ana").scores_of("churn")
    assert (churn["score_id"], churn["incident_id"]) == ("late", "")
    assert (churn["class_probabilities"], churn["money_at_risk"]) == ({"a": 0.25}, Decimal("1.10"))
    assert {row["score_id"] for row in facts.person("ana").scores} == {"late", "case"}
    assert facts.person("stranger").scores == []


def test_no_name_or_phone_stands_in_the_file_in_the_clear(lake: Lake):
    incidents(lake, 1)
    person = {"person_token": ["ana"], "full_name": ["Zoraida Quiñones"], "phone": ["3005550101"]}
    lake.vault.save(ACME, pa.table(person), "upload")
    build_online(lake, ACME, TELECOM)
    content = online_file(lake, ACME).read_bytes()
    assert b"I-1" in content
    for secret in ("Zoraida", "Quiñones", "3005550101", "5550101"):
        assert secret.encode() not in content


SCHEMAS = {"score": SCORE, "answer": ANSWER, "suggestion": SUGGESTION, "offer_decision": DECISION}


def test_what_is_kept_of_models_words_are_columns_of_their_tables():
    kept = {t.name: {*t.by, *t.newest, *(t.columns or ())} for t in TABLES if t.name in SCHEMAS}
    assert kept.keys() == SCHEMAS.keys()
    for name, columns in kept.items():
        assert columns <= set(SCHEMAS[name].names)


VALUES = {
    MOMENT: st.datetimes().map(lambda at: at.replace(tzinfo=day(0).tzinfo)),
    pa.date32(): st.dates(),
    pa.decimal128(18, 4): st.decimals("-99999999999999", "99999999999999", places=4),
    pa.bool_(): st.booleans(),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.float64(): st.floats(allow_nan=False, allow_infinity=False),
    pa.string(): st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    pa.list_(pa.struct([("a", pa.float64())])): st.lists(
        st.fixed_dictionaries({"a": st.none() | st.floats(-9, 9)})
    ),
}


@settings(max_examples=25)
@given(st.data())
@pytest.mark.parametrize("type_", VALUES, ids=str)
def test_every_value_comes_back_as_it_was(type_: pa.DataType, data: st.DataObject):
    values = data.draw(st.lists(st.none() | VALUES[type_], min_size=1, max_size=5))
    column = stored(pa.chunked_array([pa.array(values, type_)]))
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE t (v)")
        database.executemany("INSERT INTO t VALUES (?)", [(v,) for v in column.to_pylist()])
        found = [value for (value,) in database.execute("SELECT v FROM t ORDER BY rowid")]
    database.close()
    read = reader_of(kind_of(type_)) or (lambda value: value)
    assert [read(value) for value in found] == values


@settings(max_examples=25)
@given(rows=st.lists(st.tuples(st.text(max_size=3), st.integers(0, 5)), max_size=60))
def test_pieces_come_together_in_order(
    rows: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
):
    folder = tmp_path_factory.mktemp("pieces")
    tables = [pa.table({"a": [a], "b": [b]}) for a, b in rows]
    whole, online_sort.PIECE_ROWS = online_sort.PIECE_ROWS, 7
    try:
        found = list(in_order(tables, ["a", "b"], folder))
    finally:
        online_sort.PIECE_ROWS = whole
    assert found == sorted(rows, key=lambda row: (row[0].encode(), row[1]))

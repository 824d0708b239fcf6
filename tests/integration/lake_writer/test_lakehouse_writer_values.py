"""What is written comes back exactly, whatever its type, the same on both engines."""

import datetime as dt
from decimal import Decimal
from operator import itemgetter

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from lakehouse.commits import Commit, open_table
from lakehouse.engine import Engine
from lakehouse.reading import read_arrow
from lakehouse.refs import TableRef
from lakehouse.writer import Writer
from tests.integration.lake_writer.conftest import VERBS, things

UTC = pa.timestamp("us", tz="UTC")
NOON = dt.datetime(2026, 3, 1, 12, 0, 0, 678901, tzinfo=dt.UTC)
ARGUMENTS = pa.map_(pa.string(), pa.string())
REASON = pa.struct([("column", pa.string()), ("rule", pa.string()), ("arguments", ARGUMENTS)])
EVERY_TYPE = pa.schema(
    [
        ("small", pa.int32()),
        ("key", pa.int64()),
        ("amount", pa.decimal128(18, 2)),
        ("ratio", pa.float64()),
        ("name", pa.string()),
        ("payload", pa.binary()),
        ("seen_at", UTC),
        ("day", pa.date32()),
        ("active", pa.bool_()),
        ("shares", pa.map_(pa.string(), pa.float64())),
        ("reasons", pa.list_(REASON)),
    ]
)
FULL = {
    "small": -7,
    "key": 2**60 + 1,
    "amount": Decimal("1234567890123456.78"),
    "ratio": 0.1,
    "name": "Ñandú «fácil» 😀",
    "payload": b"\x00\xff",
    "seen_at": NOON,
    "day": dt.date(2026, 3, 1),
    "active": True,
    "shares": [("low", 0.25), ("high", 0.75)],
    "reasons": [{"column": "age", "rule": "minimum", "arguments": [("limit", "0")]}],
}
EMPTY = {**dict.fromkeys(EVERY_TYPE.names), "key": 2, "shares": [], "reasons": []}
NULLS = {**dict.fromkeys(EVERY_TYPE.names), "key": 3}
KEY = itemgetter("key")


class TestValues:
    @pytest.fixture
    def everything(self) -> pa.Table:
        return pa.Table.from_pylist([FULL, EMPTY, NULLS], schema=EVERY_TYPE)

    def test_every_type_comes_back_exactly(
        self, writer: Writer, engine: Engine, ref: TableRef, everything: pa.Table
    ) -> None:
        """After each verb in turn: the table is made, replaced, merged into and added to."""
        rows = [EMPTY, NULLS, FULL]
        expected = {
            "made": rows,
            "replace": rows,
            "merge": rows,
            "append": sorted(rows * 2, key=KEY),
        }
        writer.append(ref, everything, commit=Commit("made"))
        for verb, there_are in expected.items():
            if verb != "made":
                getattr(writer, verb)(ref, everything, commit=Commit(verb), **VERBS[verb])
            here = read_arrow(ref).sort_by("key")
            there = engine.arrow(engine.read(ref.path)).sort_by("key")
            assert here.schema == there.schema == EVERY_TYPE, verb
            assert here.to_pylist() == there.to_pylist() == there_are, verb

    def test_a_key_of_microseconds_and_cents_is_found_again(
        self, writer: Writer, ref: TableRef, everything: pa.Table
    ) -> None:
        rows = everything.slice(0, 1)
        writer.append(ref, rows, Commit("1"))
        done = writer.merge(ref, rows, ["seen_at", "amount"], Commit("2"))
        assert (done.inserted, done.updated) == (0, 1)
        gone = writer.delete(ref, rows.select(["seen_at", "amount"]), Commit("3"))
        assert gone.deleted == 1

    def test_a_filter_finds_what_the_table_holds(
        self, writer: Writer, engine: Engine, ref: TableRef, everything: pa.Table
    ) -> None:
        writer.append(ref, everything.slice(1), Commit("1"))
        writer.merge(ref, everything.slice(0, 1), ["key"], Commit("2"))
        from pyspark.sql import functions as sf

        for column in ("amount", "seen_at", "key", "day", "name"):
            value = FULL[column]
            there = engine.read(ref.path).where(sf.col(column) == sf.lit(value))
            exact = pc.field(column) == pa.scalar(value, EVERY_TYPE.field(column).type)
            assert engine.arrow(there).num_rows == 1, column
            assert read_arrow(ref, ["key"], exact).to_pylist() == [{"key": FULL["key"]}], column

    @pytest.mark.slow
    def test_many_rows_reach_the_engine(self, engine: Engine) -> None:
        """More than one message of Connect carries: 160 MB."""
        rows = 20_000
        text = pa.array([f"{number:08d}" * 1000 for number in range(rows)])
        frame = engine.frame(pa.table({"key": pa.array(range(rows), pa.int64()), "text": text}))
        found = engine.arrow(frame.selectExpr("sum(key) AS keys", "sum(length(text)) AS letters"))
        assert found.to_pylist() == [
            {"keys": rows * (rows - 1) // 2, "letters": rows * 8000},
        ]

    def test_empty_frames(self, writer: Writer, ref: TableRef, everything: pa.Table) -> None:
        nothing = everything.slice(0, 0)
        writer.append(ref, nothing, Commit("1"))
        assert read_arrow(ref).schema == EVERY_TYPE
        writer.append(ref, everything, Commit("2"))
        writer.append(ref, nothing, Commit("3"))
        writer.merge(ref, nothing, ["key"], Commit("4"))
        writer.delete(ref, nothing.select(["key"]), Commit("5"))
        assert read_arrow(ref).num_rows == 3
        assert all(writer.find_commit(ref, number) for number in "12345")
        writer.replace(ref, nothing, Commit("6"))
        assert read_arrow(ref).num_rows == 0

    def test_an_older_version_stays_readable(
        self, writer: Writer, engine: Engine, ref: TableRef
    ) -> None:
        writer.append(ref, things((1, "a")), Commit("1"))
        writer.replace(ref, things((2, "b")), Commit("2"))
        assert engine.arrow(engine.read(ref.path, version=0)).to_pylist() == [
            {"key": 1, "name": "a"}
        ]
        assert read_arrow(ref, version=0).to_pylist() == [{"key": 1, "name": "a"}]

    def test_tables_need_no_optional_feature_of_a_reader(
        self, writer: Writer, ref: TableRef, everything: pa.Table
    ) -> None:
        writer.append(ref, everything, Commit("1"))
        writer.delete(ref, "key = 2", Commit("2"))
        table = open_table(ref.path)
        assert table is not None
        assert table.protocol().min_reader_version == 1
        assert table.metadata().configuration.get("delta.enableDeletionVectors", "false") == "false"

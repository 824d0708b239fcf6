"""What the one writer promises, the same on both engines."""

import datetime as dt
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from shutil import which

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from foundation.errors import Busy, SchemaMismatch
from foundation.settings import Settings
from lakehouse.boundary import Recorder
from lakehouse.commits import Commit, Committed, open_table
from lakehouse.engine import Engine, open_engine
from lakehouse.reading import read_arrow
from lakehouse.refs import TableRef
from lakehouse.spark import Spark
from lakehouse.writer import Writer
from tests.conftest import require

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
VERBS: dict[str, dict[str, list[str]]] = {"append": {}, "replace": {}, "merge": {"keys": ["key"]}}
KEY = itemgetter("key")


@pytest.fixture(scope="module", params=["sail", pytest.param("spark", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    settings = Settings.at(tmp_path_factory.mktemp("engine"))
    if request.param == "spark":
        require(which("java"), "Java")
        return open_engine(replace(settings, engine="spark"))
    return open_engine(settings)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def writer(engine: Engine, recorder: Recorder) -> Writer:
    return Writer(engine, lambda _name: nullcontext(), recorder)


@pytest.fixture
def ref(tmp_path: Path) -> TableRef:
    return TableRef(tmp_path / "lake", "acme", "silver", "things")


def things(*pairs: tuple[int | None, str | None]) -> pa.Table:
    keys, names = [key for key, _ in pairs], [name for _, name in pairs]
    return pa.table({"key": pa.array(keys, pa.int64()), "name": pa.array(names, pa.string())})


def found(ref: TableRef) -> list[tuple[int, str]]:
    return sorted((row["key"], row["name"]) for row in read_arrow(ref).to_pylist())


class TestVerbs:
    def test_append_creates_the_table_and_adds_to_it(self, writer: Writer, ref: TableRef) -> None:
        first = writer.append(ref, things((1, "a"), (2, "b")), Commit("1"))
        second = writer.append(ref, things((2, "b")), Commit("2"))
        assert (first.version, first.inserted) == (0, 2)
        assert (second.version, second.inserted) == (1, 1)
        assert found(ref) == [(1, "a"), (2, "b"), (2, "b")]

    def test_merge_updates_by_key_and_inserts_the_rest(self, writer: Writer, ref: TableRef) -> None:
        writer.merge(ref, things((1, "a"), (2, "b")), ["key"], Commit("1"))
        done = writer.merge(ref, things((2, "new"), (3, "c")), ["key"], Commit("2"))
        assert (done.inserted, done.updated, done.deleted) == (1, 1, 0)
        assert found(ref) == [(1, "a"), (2, "new"), (3, "c")]

    def test_replace_puts_rows_in_the_place_of_all(self, writer: Writer, ref: TableRef) -> None:
        writer.replace(ref, things((1, "a"), (2, "b")), Commit("1"))
        done = writer.replace(ref, things((9, "z")), Commit("2"))
        assert (done.version, done.inserted) == (1, 1)
        assert found(ref) == [(9, "z")]

    def test_delete_by_predicate(self, writer: Writer, ref: TableRef) -> None:
        writer.append(ref, things((1, "a"), (2, "b"), (3, "b")), Commit("1"))
        done = writer.delete(ref, "name = 'b'", Commit("2"))
        assert done.deleted == 2
        assert found(ref) == [(1, "a")]

    def test_delete_by_a_frame_of_keys(self, writer: Writer, ref: TableRef) -> None:
        writer.append(ref, things((1, "a"), (2, "b"), (3, "c")), Commit("1"))
        keys = pa.table({"key": pa.array([1, 3, 3, 77], pa.int64())})
        done = writer.delete(ref, keys, Commit("2"))
        assert done.deleted == 2
        assert found(ref) == [(2, "b")]

    def test_delete_from_no_table_does_nothing(self, writer: Writer, ref: TableRef) -> None:
        assert writer.delete(ref, "key = 1", Commit("1")) == Committed(version=-1)
        assert open_table(ref.path) is None

    def test_a_frame_of_the_engine_is_written_like_arrow_rows(
        self, writer: Writer, engine: Engine, ref: TableRef
    ) -> None:
        frame = engine.frame(things((1, "a"), (2, "b")))
        writer.append(ref, frame, Commit("1"))
        writer.merge(
            ref, frame.where("key = 2").selectExpr("key", "'x' AS name"), ["key"], Commit("2")
        )
        writer.delete(ref, frame.where("key = 1").select("key"), Commit("3"))
        assert found(ref) == [(2, "x")]

    def test_columns_are_taken_by_name_whatever_their_order(
        self, writer: Writer, ref: TableRef
    ) -> None:
        writer.append(ref, things((1, "a")), Commit("1"))
        writer.append(ref, things((2, "b")).select(["name", "key"]), Commit("2"))
        writer.merge(ref, things((3, "c")).select(["name", "key"]), ["key"], Commit("3"))
        assert found(ref) == [(1, "a"), (2, "b"), (3, "c")]

    def test_each_commit_passes_a_boundary_before_and_after(
        self, writer: Writer, recorder: Recorder, ref: TableRef
    ) -> None:
        writer.append(ref, things((1, "a")), Commit("1"))
        writer.delete(ref, "key = 1", Commit("2"))
        assert recorder.places == [
            "before:silver.things.append",
            "after:silver.things.append",
            "before:silver.things.delete",
            "after:silver.things.delete",
        ]


class TestStreams:
    """A reader's rows pass through once, piece by piece."""

    @staticmethod
    def stream(*tables: pa.Table) -> pa.RecordBatchReader:
        batches = [batch for table in tables for batch in table.to_batches()]
        return pa.RecordBatchReader.from_batches(tables[0].schema, batches)

    def test_each_verb_takes_a_reader(self, writer: Writer, ref: TableRef) -> None:
        writer.append(ref, self.stream(things((1, "a")), things((2, "b"))), Commit("1"))
        turned = things((3, "c")).select(["name", "key"])
        assert writer.append(ref, self.stream(turned), Commit("2")).inserted == 1
        done = writer.merge(
            ref, self.stream(things((1, "x")), things((3, "c"))), ["key"], Commit("3")
        )
        assert (done.inserted, done.updated) == (0, 2)
        assert found(ref) == [(1, "x"), (2, "b"), (3, "c")]
        writer.replace(ref, self.stream(things((9, "z"))), Commit("4"))
        assert found(ref) == [(9, "z")]
        assert writer.replace(ref, self.stream(things((8, "y"))), Commit("4")).already

    def test_large_and_view_strings_are_written_as_strings(
        self, writer: Writer, ref: TableRef
    ) -> None:
        large = things((1, "a")).cast(pa.schema([("key", pa.int64()), ("name", pa.large_string())]))
        writer.merge(ref, self.stream(large), ["key"], Commit("1"))
        writer.merge(ref, self.stream(large), ["key"], Commit("2"))
        assert found(ref) == [(1, "a")]

    @pytest.mark.parametrize("there", [False, True])
    @pytest.mark.parametrize("pairs", [((1, "a"), (1, "b")), ((None, "a"),)])
    def test_a_doubled_or_empty_key_is_refused_at_the_end(
        self, writer: Writer, ref: TableRef, pairs: tuple[tuple[int | None, str], ...], there: bool
    ) -> None:
        if there:
            writer.append(ref, things((5, "e")), Commit("0"))
        pieces = [things(pair) for pair in pairs]
        with pytest.raises(SchemaMismatch, match=r"1 rows .* \(key\)"):
            writer.merge(ref, self.stream(*pieces), ["key"], Commit("1"))
        assert writer.find_commit(ref, "1") is None
        assert not there or found(ref) == [(5, "e")]

    def test_a_wrong_type_is_refused_before_a_row_is_asked_for(
        self, writer: Writer, ref: TableRef
    ) -> None:
        writer.append(ref, things((1, "a")), Commit("1"))
        wrong = self.stream(pa.table({"key": ["1"], "name": ["a"]}))
        with pytest.raises(SchemaMismatch, match="key: string ≠ int64"):
            writer.append(ref, wrong, Commit("2"))
        assert wrong.read_all().num_rows == 1

    def test_a_stream_that_breaks_writes_nothing(self, writer: Writer, ref: TableRef) -> None:
        def breaking() -> Iterator[pa.RecordBatch]:
            yield from things((1, "a")).to_batches()
            raise ConnectionError("the upload broke off")

        reader = pa.RecordBatchReader.from_batches(things((1, "a")).schema, breaking())
        with pytest.raises(Exception, match="broke off"):
            writer.append(ref, reader, Commit("1"))
        assert open_table(ref.path) is None


class TestExactlyOnce:
    def test_a_commit_is_applied_once(self, writer: Writer, ref: TableRef) -> None:
        writer.append(ref, things((1, "a")), Commit("0"))
        for verb, keys in VERBS.items():
            write = getattr(writer, verb)
            first = write(ref, things((2, "b")), commit=Commit(verb, {"step": "x"}), **keys)
            then = found(ref)
            again = write(ref, things((3, "other")), commit=Commit(verb, {"step": "x"}), **keys)
            assert (first.already, again.already) == (False, True), verb
            assert replace(again, already=False) == first, verb
            assert found(ref) == then, verb

    def test_the_log_tells_of_a_commit(self, writer: Writer, ref: TableRef) -> None:
        assert writer.find_commit(ref, "2") is None
        writer.append(ref, things((1, "a")), Commit("1"))
        writer.append(ref, things((2, "b")), Commit("2", {"contract": "3.1", "words": "«á»"}))
        writer.append(ref, things((3, "c")), Commit("3"))
        told = writer.find_commit(ref, "2")
        assert told == Committed(
            version=1, metadata={"contract": "3.1", "words": "«á»"}, inserted=1
        )
        assert writer.find_commit(ref, "4") is None

    def test_a_delete_that_matched_nothing_is_done_for_good(
        self, writer: Writer, ref: TableRef
    ) -> None:
        writer.append(ref, things((1, "a")), Commit("1"))
        assert writer.delete(ref, "key = 2", Commit("2")).deleted == 0
        writer.append(ref, things((2, "late")), Commit("3"))
        assert writer.delete(ref, "key = 2", Commit("2")).already
        assert found(ref) == [(1, "a"), (2, "late")]


class TestSchemas:
    def test_a_wrong_type_is_refused_and_nothing_written(
        self, writer: Writer, ref: TableRef
    ) -> None:
        """Every wrong type through every verb, on one table."""
        writer.append(ref, pa.table({"key": pa.array([1], pa.int32())}), Commit("1"))
        wrong = {"string": ["1"], "int64": [2**40], "double": [2.7]}
        for verb, keys in VERBS.items():
            for kind, values in wrong.items():
                with pytest.raises(SchemaMismatch, match=f"key: {kind} ≠ int32"):
                    getattr(writer, verb)(
                        ref, pa.table({"key": values}), commit=Commit("2"), **keys
                    )
                assert read_arrow(ref).to_pylist() == [{"key": 1}]
                assert writer.find_commit(ref, "2") is None

    def test_a_wrong_type_in_a_frame_of_the_engine_is_refused(
        self, writer: Writer, engine: Engine, ref: TableRef
    ) -> None:
        writer.append(ref, things((1, "a")), Commit("1"))
        frame = engine.frame(things((2, "b"))).selectExpr("CAST(key AS STRING) AS key", "name")
        with pytest.raises(SchemaMismatch, match="key: string ≠ int64"):
            writer.append(ref, frame, Commit("2"))

    def test_missing_and_additional_columns_are_named(self, writer: Writer, ref: TableRef) -> None:
        writer.append(ref, things((1, "a")), Commit("1"))
        with pytest.raises(SchemaMismatch, match="name: ∅ ≠ string; more: int64 ≠ ∅"):
            writer.append(ref, pa.table({"key": [1], "more": [1]}), Commit("2"))

    def test_decimal_scale_is_part_of_the_type(self, writer: Writer, ref: TableRef) -> None:
        cents = pa.array([Decimal("1.25")], pa.decimal128(18, 2))
        writer.append(ref, pa.table({"amount": cents}), Commit("1"))
        mills = pa.table({"amount": cents.cast(pa.decimal128(18, 3))})
        with pytest.raises(SchemaMismatch, match="amount"):
            writer.append(ref, mills, Commit("2"))

    @pytest.mark.parametrize(
        "kind", [pa.uint64(), pa.null(), pa.timestamp("ns", "UTC"), pa.timestamp("us")]
    )
    def test_a_type_that_delta_does_not_hold_exactly_creates_no_table(
        self, writer: Writer, ref: TableRef, kind: pa.DataType
    ) -> None:
        with pytest.raises(SchemaMismatch, match="odd"):
            writer.append(ref, pa.table({"odd": pa.array([None], kind)}), Commit("1"))
        assert open_table(ref.path) is None

    def test_a_derived_table_takes_other_columns_only_where_that_is_asked(
        self, writer: Writer, engine: Engine, ref: TableRef
    ) -> None:
        """A contract that gains, loses and retypes columns; older versions keep theirs."""
        writer.replace(ref, things((1, "a")), Commit("1"))
        wider = pa.table({"more": [Decimal("1.50")], "key": [7]})
        with pytest.raises(SchemaMismatch, match="name: ∅ ≠ string"):
            writer.replace(ref, wider, Commit("2"))
        writer.replace(ref, wider, Commit("2"), schema_change=True)
        assert read_arrow(ref).to_pylist() == [{"more": Decimal("1.50"), "key": 7}]
        assert engine.arrow(engine.read(ref.path)).schema.names == ["more", "key"]
        texts = engine.frame(pa.table({"key": ["k"], "name": ["b"]}))
        writer.replace(ref, texts, Commit("3"), schema_change=True)
        assert writer.replace(ref, wider, Commit("3"), schema_change=True).already
        writer.append(ref, pa.table({"name": ["c"], "key": ["l"]}), Commit("4"))
        assert sorted(row["key"] for row in read_arrow(ref).to_pylist()) == ["k", "l"]
        assert read_arrow(ref, version=0).to_pylist() == [{"key": 1, "name": "a"}]

    def test_a_table_gains_columns_and_goes_on(
        self, writer: Writer, engine: Engine, ref: TableRef
    ) -> None:
        """Rows that stand have NULL there, rows that come have values, older versions neither."""
        wider = pa.schema(
            [("key", pa.int64()), ("code", pa.string()), ("fee", pa.decimal128(9, 2))]
        )
        assert writer.add_columns(ref, wider, Commit("0")) == Committed(version=-1)
        writer.append(ref, things((1, "a"), (2, "b")), Commit("1"))
        done = writer.add_columns(ref, wider, Commit("2", {"contract": "1.1"}))
        assert (done.already, done.metadata) == (False, {"contract": "1.1"})
        assert writer.add_columns(ref, wider, Commit("2")).already
        writer.add_columns(ref, wider, Commit("3"))
        full = {"key": 2, "name": "b", "code": "x", "fee": Decimal("1.50")}
        new = {"key": 3, "name": "c", "code": "y", "fee": None}
        schema = read_arrow(ref).schema
        writer.merge(ref, pa.Table.from_pylist([full, new], schema), ["key"], Commit("4"))
        first = {"key": 1, "name": "a", "code": None, "fee": None}
        for rows in (read_arrow(ref), engine.arrow(engine.read(ref.path))):
            assert rows.sort_by("key").to_pylist() == [first, full, new]
        writer.append(ref, pa.Table.from_pylist([first], schema), Commit("5"))
        assert read_arrow(ref, version=0).to_pylist()[0] == {"key": 1, "name": "a"}
        with pytest.raises(SchemaMismatch, match="code: int64 ≠ string"):
            writer.add_columns(ref, pa.schema([("code", pa.int64())]), Commit("6"))

    @pytest.mark.parametrize("pairs", [((1, "a"), (1, "b")), ((None, "a"),)])
    def test_a_doubled_or_empty_key_is_refused(
        self, writer: Writer, ref: TableRef, pairs: tuple[tuple[int | None, str], ...]
    ) -> None:
        with pytest.raises(SchemaMismatch, match=r"1 rows .* \(key\)"):
            writer.merge(ref, things(*pairs), ["key"], Commit("1"))
        assert open_table(ref.path) is None

    def test_an_unknown_key_is_refused(self, writer: Writer, ref: TableRef) -> None:
        with pytest.raises(SchemaMismatch, match="nothing_such"):
            writer.merge(ref, things((1, "a")), ["nothing_such"], Commit("1"))


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


@pytest.mark.slow
class TestRemote:
    def test_a_server_elsewhere_is_a_setting(
        self, tmp_path: Path, ref: TableRef, request: pytest.FixtureRequest
    ) -> None:
        """``ABCALL_SPARK_REMOTE=sc://…``: here the server of this process, by its address."""
        require(which("java"), "Java")
        host = open_engine(replace(Settings.at(tmp_path), engine="spark"))
        assert isinstance(host, Spark)
        named = {"ABCALL_ENGINE": "spark", "ABCALL_SPARK_REMOTE": host.address}
        remote = open_engine(Settings.from_environment(named))
        request.addfinalizer(remote.close)
        assert host.address.startswith("sc://localhost:")
        assert remote is not host
        assert remote.session.session_id != host.session.session_id
        writer = Writer(remote, lambda _name: nullcontext())
        writer.append(ref, remote.frame(things((1, "a"))), Commit("1"))
        done = writer.merge(ref, things((1, "b"), (2, "c")), ["key"], Commit("2"))
        assert (done.inserted, done.updated) == (1, 1)
        assert host.arrow(host.read(ref.path)).sort_by("key") == things((1, "b"), (2, "c"))


class TestConflicts:
    def test_another_writer_in_between_means_a_second_try(
        self, engine: Engine, ref: TableRef
    ) -> None:
        """A merge that others overtake twice is done on top of theirs, once."""
        others = Writer(engine, lambda _name: nullcontext())
        rivals: Iterator[int] = iter(range(2))

        def overtake(place: str) -> None:
            rival = next(rivals, None) if place.startswith("before") else None
            if rival is not None:
                others.merge(ref, things((1, f"rival {rival}")), ["key"], Commit(f"rival {rival}"))

        others.append(ref, things((1, "a")), Commit("1"))
        slow = Writer(engine, lambda _name: nullcontext(), overtake)
        done = slow.merge(ref, things((1, "mine"), (2, "mine")), ["key"], Commit("2"))
        assert (done.inserted, done.updated) == (1, 1)
        assert found(ref) == [(1, "mine"), (2, "mine")]

    def test_a_table_that_is_never_still_is_busy(self, ref: TableRef, tmp_path: Path) -> None:
        """Of the embedded engine alone: Spark's own commit always starts from the newest."""
        engine = open_engine(Settings.at(tmp_path))
        others = Writer(engine, lambda _name: nullcontext())

        def overtake(place: str) -> None:
            rival = open_table(ref.path)
            others.append(ref, things((1, "rival")), Commit(f"{place} {rival and rival.version()}"))

        others.append(ref, things((1, "a")), Commit("1"))
        slow = Writer(engine, lambda _name: nullcontext(), overtake, attempts=3)
        with pytest.raises(Busy, match="changed 3 times"):
            slow.merge(ref, things((1, "mine")), ["key"], Commit("2"))
        assert found(ref) == [(1, "a"), *[(1, "rival")] * 3]

"""What the one writer promises, the same on both engines."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from shutil import which

import pyarrow as pa
import pytest

from foundation.environment import read_settings
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
from tests.integration.lake_writer.conftest import VERBS, found, things


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
        remote = open_engine(read_settings(named))
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

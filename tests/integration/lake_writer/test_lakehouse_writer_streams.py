"""A reader's rows pass through the one writer once, piece by piece, on both engines."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from foundation.errors import SchemaMismatch
from lakehouse.commits import Commit, open_table
from lakehouse.refs import TableRef
from lakehouse.writer import Writer
from tests.integration.lake_writer.conftest import found, things


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

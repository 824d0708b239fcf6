"""Staging: what an upload holds between two steps, as files that both engines can read."""

from collections.abc import Iterator

import pyarrow as pa
import pytest
from pyarrow import parquet

from foundation.errors import OperatorError
from lakehouse.lake import Lake
from tenancy.tenant import Tenant

SCHEMA = pa.schema([("row_number", pa.int64())])


def pieces(*counts: int) -> Iterator[pa.RecordBatch]:
    for count in counts:
        yield pa.record_batch([pa.array(range(count), pa.int64())], schema=SCHEMA)


def test_files_are_written_in_pieces_and_read_by_the_engine(lake: Lake, acme: Tenant) -> None:
    staging = lake.staging(acme, "upload-1")
    assert staging.write("a.parquet", SCHEMA, pieces(3, 2)) == staging.uri_of("a.parquet")
    staging.write("b.parquet", SCHEMA, pieces(4))
    assert staging.names() == ["a.parquet", "b.parquet"]
    with staging.open("a.parquet") as file:
        assert parquet.read_table(file).num_rows == 5
    frame = lake.engine.session.read.parquet(staging.uri_of("a.parquet"))
    assert lake.engine.arrow(frame).num_rows == 5


def test_a_file_that_is_there_stays_and_its_rows_are_not_asked_for(
    lake: Lake, acme: Tenant
) -> None:
    staging = lake.staging(acme, "upload-1")
    staging.write("a.parquet", SCHEMA, pieces(3))
    asked = pieces(9)
    staging.write("a.parquet", SCHEMA, asked)
    assert next(asked).num_rows == 9


def test_what_breaks_off_leaves_no_file(lake: Lake, acme: Tenant) -> None:
    def breaking() -> Iterator[pa.RecordBatch]:
        yield from pieces(3)
        raise ConnectionError("the file broke off")

    staging = lake.staging(acme, "upload-1")
    with pytest.raises(ConnectionError):
        staging.write("a.parquet", SCHEMA, breaking())
    assert staging.names() == []


def test_staged_files_end_with_their_upload(lake: Lake, acme: Tenant, globex: Tenant) -> None:
    for tenant, upload in ((acme, "upload-1"), (acme, "upload-2"), (globex, "upload-1")):
        lake.staging(tenant, upload).write("a.parquet", SCHEMA, pieces(1))
    assert lake.staging(acme, "upload-1").clear() == 1
    assert lake.staging(acme, "upload-1").names() == []
    assert lake.staging(acme, "upload-2").names() == ["a.parquet"]
    assert lake.staging(globex, "upload-1").names() == ["a.parquet"]


@pytest.mark.parametrize("name", ["../a.parquet", "a/b.parquet", ".a", "", "A.parquet", "a"])
def test_a_name_with_a_way_out_is_refused(lake: Lake, acme: Tenant, name: str) -> None:
    with pytest.raises(OperatorError):
        lake.staging(acme, "upload-1").write(name, SCHEMA, pieces(1))
    with pytest.raises(OperatorError):
        lake.staging(acme, "../globex")

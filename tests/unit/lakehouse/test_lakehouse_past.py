"""A table without its past: nothing of earlier rows in any byte, and all that later steps need."""

import json
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.commits import Commit, open_table
from lakehouse.lake import Lake
from lakehouse.places import Place, place_at
from lakehouse.refs import TableRef
from tenancy.tenant import Tenant

SECRET = "zzz-forget-me"
WORDS = {"counts": json.dumps({"rows": 2})}


@pytest.fixture
def ref(lake: Lake, acme: Tenant) -> TableRef:
    """Return a table with a person deleted from it in its fourth commit."""
    found = lake.ref(acme, "silver", "customers")
    for number in range(3):
        rows = pa.table({"person_token": [f"a{number}", SECRET], "n": [number, number]})
        lake.writer.append(found, rows, Commit(f"u{number}:silver", WORDS))
    lake.writer.delete(found, f"person_token IN ('{SECRET}')", Commit("erasure"))
    return found


def files(lake: Lake) -> Iterator[tuple[str, bytes]]:
    place: Place = place_at(lake.settings.tables_root)
    for name in place.names("acme"):
        with place.open(name) as file:
            data = file.read()
        yield name, data
        if name.endswith(".parquet"):
            yield f"{name} rows", str(pq.read_table(pa.BufferReader(data)).to_pylist()).encode()


def holding(lake: Lake) -> list[str]:
    return [name for name, data in files(lake) if SECRET.encode() in data]


def test_no_byte_holds_what_was_deleted(lake: Lake, ref: TableRef):
    assert any("_delta_log" in name for name in holding(lake))
    assert any(name.endswith("rows") for name in holding(lake))
    forgotten = lake.forget_past(ref)
    assert forgotten is not None
    assert forgotten.files >= 3
    assert holding(lake) == []


def test_rows_stay_and_commits_are_still_applied_once(lake: Lake, ref: TableRef):
    lake.forget_past(ref)
    assert sorted(lake.arrow(ref)["person_token"].to_pylist()) == ["a0", "a1", "a2"]
    found = lake.writer.find_commit(ref, "u0:silver")
    assert found is not None
    assert found.metadata == WORDS
    again = lake.writer.append(ref, lake.arrow(ref), Commit("u1:silver"))
    assert again.already
    lake.writer.append(ref, pa.table({"person_token": ["b"], "n": [9]}), Commit("u9:silver"))
    assert lake.arrow(ref).num_rows == 4


def test_the_history_of_acts_stays_and_no_earlier_version_can_be_read(lake: Lake, ref: TableRef):
    lake.forget_past(ref)
    again = lake.forget_past(ref)
    assert again is not None
    assert (again.files, again.entries) == (0, 0)
    table = open_table(ref.path)
    assert table is not None
    history = table.history()
    assert [entry["operation"] for entry in history][:2] == ["DELETE", "WRITE"]
    assert SECRET not in str(history)
    with pytest.raises(Exception, match="protocol"):
        lake.arrow(ref, version=1)


def test_a_table_that_is_not_there_has_no_past(lake: Lake, acme: Tenant):
    assert lake.forget_past(lake.ref(acme, "silver", "calls")) is None

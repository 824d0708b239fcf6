"""A lake: reads are safe where nothing has been written yet."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from foundation.errors import NotFound
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from tenancy.tenant import Tenant


def test_a_table_that_was_never_written_is_empty(lake: Lake, acme: Tenant) -> None:
    ref = lake.ref(acme, "gold", "customer")
    assert not lake.exists(ref)
    assert lake.version(ref) == -1
    assert lake.arrow(ref, columns=["person_token"]).to_pydict() == {"person_token": []}
    assert lake.arrow(ref).num_rows == 0
    with pytest.raises(NotFound, match="acme/gold/customer"):
        lake.read(ref)


def test_arrow_reads_some_columns_and_rows(lake: Lake, acme: Tenant) -> None:
    ref = lake.ref(acme, "gold", "customer")
    lake.writer.append(ref, pa.table({"a": [1, 2], "b": ["x", "y"]}), Commit("1"))
    assert lake.arrow(ref, ["b"], pc.field("a") == 2).to_pydict() == {"b": ["y"]}
    assert lake.arrow(ref, []).num_rows == 2
    assert (lake.exists(ref), lake.version(ref)) == (True, 0)


def test_tenants_do_not_share_a_table(lake: Lake, acme: Tenant, globex: Tenant) -> None:
    lake.writer.append(lake.ref(acme, "gold", "customer"), pa.table({"a": [1]}), Commit("1"))
    assert not lake.exists(lake.ref(globex, "gold", "customer"))


def test_two_lakes_of_one_process_share_the_engine(lake: Lake) -> None:
    with Lake.open(lake.settings) as other:
        assert other.engine is lake.engine
    assert lake.engine.arrow(lake.engine.frame(pa.table({"a": [1]}))).to_pydict() == {"a": [1]}


def test_tables_are_listed_and_dropped_with_their_history(
    lake: Lake, acme: Tenant, globex: Tenant
) -> None:
    refs = [lake.ref(acme, "silver", "calls"), lake.ref(acme, "gold", "customer")]
    others = lake.ref(globex, "gold", "customer")
    for ref in [*refs, others]:
        for number in range(2):
            lake.writer.append(ref, pa.table({"a": [number]}), Commit(str(number)))
    assert lake.refs(acme) == refs
    assert lake.drop(refs[0]) == 4, "two rows' files and two of the log"
    assert lake.drop(refs[0]) == 0
    assert (lake.exists(refs[0]), lake.version(refs[1])) == (False, 1)
    lake.writer.append(refs[0], pa.table({"b": ["new"]}), Commit("1"))
    assert lake.arrow(refs[0]).to_pydict() == {"b": ["new"]}
    lake.drop_all(acme)
    assert lake.refs(acme) == []
    assert lake.refs(globex) == [others]

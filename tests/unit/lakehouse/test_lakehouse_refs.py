"""A table's place: its names are checked, so that no path leads out of the tenant's folder."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import OperatorError
from lakehouse.refs import TableRef

LAKE = Path("/lake")


def test_a_table_lies_under_its_tenant_and_layer() -> None:
    ref = TableRef(LAKE, "acme-sas", "features", "churn")
    assert ref.path == "/lake/acme-sas/features/churn"
    assert str(ref) == "acme-sas/features/churn"


@pytest.mark.parametrize(
    "name", ["", "..", "../gold", "a/b", "/etc", "a.b", "Customers", "a\x00", "a\n"]
)
def test_a_name_with_a_way_out_is_refused(name: str) -> None:
    with pytest.raises(OperatorError, match="table"):
        TableRef(LAKE, "acme", "gold", name)
    with pytest.raises(OperatorError, match="tenant"):
        TableRef(LAKE, name, "gold", "customer")


@given(tenant=st.text(max_size=8), name=st.text(max_size=8))
def test_whatever_is_accepted_stays_inside(tenant: str, name: str) -> None:
    try:
        path = Path(TableRef(LAKE, tenant, "gold", name).path)
    except OperatorError:
        return
    assert path.resolve() == path
    assert path.parent == LAKE / tenant / "gold"

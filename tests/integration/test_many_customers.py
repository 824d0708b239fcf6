"""More customers than fit into one message to the engine, with a history to compare them to."""

import pytest

from tests.ingestion_lake import TENANT, Door

pytestmark = pytest.mark.slow

COUNT = 100_000


def listed(months: int, *, without: int = 0) -> list[str]:
    """Return a list of customers: of each tenth ``months`` have passed, of the others one."""
    return [
        f"C-{n},Ana,2024-0{months}-01,{months if n % 10 == 0 else 1},30,40,No"
        for n in range(without, COUNT)
    ]


def test_customers_beyond_one_message_come_in_change_and_leave_with_an_exact_account(door: Door):
    first = door.customers(*listed(1))
    assert first.counts["inserted"] == first.counts["rows"] == COUNT
    bad = "C-7,Ana,2024-02-01,many,30,40,No"
    second = door.customers(*listed(2, without=10), bad, kind="snapshot")
    changed = COUNT // 10 - 1
    assert second.counts == {
        "rows": COUNT - 9,
        "inserted": 0,
        "updated": changed,
        "unchanged": COUNT - 10 - changed,
        "superseded": 0,
        "deleted": 0,
        "quarantined": 1,
    }
    # Of ten who are not among the good rows, one is in the list all the same.
    assert second.upload.ended == 9
    assert door.lake.staged(TENANT) == []

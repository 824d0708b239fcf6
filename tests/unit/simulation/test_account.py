"""The oracle's definitions, one small file at a time."""

from simulation.account import Ledger, Rejected, Row


def fates(ledger: Ledger, rows: list[Row], *, snapshot: bool = False) -> str:
    account = ledger.take(rows, snapshot=snapshot)
    counts = account.counts()
    assert counts.pop("rows") == sum(counts.values()), "every row has one fate"
    told = {**counts, "ended": account.ended}
    return " ".join(f"{name} {n}" for name, n in told.items() if n)


def test_a_new_key_is_inserted_and_the_same_row_again_is_unchanged():
    ledger = Ledger()
    assert fates(ledger, [Row("a", ("1",))]) == "inserted 1"
    assert fates(ledger, [Row("a", ("1",))]) == "unchanged 1"
    assert fates(ledger, [Row("a", ("2",))]) == "updated 1"


def test_the_later_row_of_a_key_supersedes_the_earlier_one_of_the_same_file():
    account = Ledger().take([Row("a", ("1",)), Row("b", ("1",)), Row("a", ("2",))])
    assert (account.inserted, account.superseded, account.superseded_rows) == (2, 1, (1,))


def test_a_damaged_row_is_quarantined_and_supersedes_nothing():
    account = Ledger().take([Row("a", ("1",)), Row("a", ("x",), rejected=("age", "type"))])
    assert (account.inserted, account.superseded) == (1, 0)
    assert account.rejected == (Rejected(2, "age", "type"),)


def test_versions_of_a_customer_are_taken_in_order_of_their_valid_from():
    ledger = Ledger(history=True)
    rows = [Row("a", ("march",), 3), Row("a", ("january",), 1)]
    assert fates(ledger, rows) == "inserted 1 updated 1"
    assert fates(ledger, [Row("a", ("march",), 4)]) == "unchanged 1"
    assert fates(ledger, [Row("a", ("january",), 2)]) == "unchanged 1"
    assert fates(ledger, [Row("a", ("corrected",), 1)]) == "updated 1"


def test_a_row_that_asks_for_it_is_deleted():
    ledger = Ledger()
    ledger.take([Row("a", ("1",)), Row("b", ("1",))])
    assert fates(ledger, [Row("a", ("1",), delete=True)]) == "deleted 1"
    assert fates(ledger, [Row("a", ("1",))]) == "inserted 1"


def test_a_snapshot_ends_the_keys_that_it_leaves_out():
    ledger = Ledger(history=True)
    ledger.take([Row("a", ("1",)), Row("b", ("1",))], snapshot=True)
    assert fates(ledger, [Row("a", ("1",), 9)], snapshot=True) == "unchanged 1 ended 1"


def test_without_keys_equal_rows_are_told_apart_by_their_number():
    ledger = Ledger(row_keys=True)
    same = Row("", ("1",))
    assert fates(ledger, [same, same, Row("", ("2",))], snapshot=True) == "inserted 3"
    rows = [same, Row("", ("3",))]
    assert fates(ledger, rows, snapshot=True) == "inserted 1 unchanged 1 ended 2"


def test_who_comes_back_after_a_snapshot_ended_them_is_updated_where_history_is_kept():
    for history, fate in ((True, "updated"), (False, "inserted")):
        ledger = Ledger(history=history)
        ledger.take([Row("a", ("1",)), Row("b", ("1",))], snapshot=True)
        assert ledger.take([Row("a", ("1",))], snapshot=True).ended == 1
        counts = ledger.take([Row("a", ("1",)), Row("b", ("1",))], snapshot=True).counts()
        assert (counts["unchanged"], counts[fate]) == (1, 1)

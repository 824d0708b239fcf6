"""Refining: gold from the last silver that passed, once for each silver version."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from foundation.errors import Busy
from ingestion.audit import audit_table
from ingestion.gold.refine import Refined, refine
from lakehouse.commits import Commit, open_table
from lakehouse.lake import Lake
from tenancy.actor import system_actor
from tenancy.leases import lease
from tenancy.upload import Upload
from tenancy.uploads import get_upload, save_upload, start_upload
from tests.silver_rows import ACME, TELECOM, Rows, day, lake_at, silver, write_silver


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with lake_at(tmp_path) as lake:
        yield lake


def customers(*ages: int) -> Rows:
    return [
        {"person_token": f"t{n}", "valid_from": day(0), "age": age} for n, age in enumerate(ages)
    ]


def ages_in_gold(lake: Lake) -> list[int]:
    rows = lake.arrow(lake.ref(ACME, "gold", "customer"), columns=["age"])
    return [int(age) for age in rows.column("age").to_pylist()]


def uploaded(lake: Lake, rows: Rows, commit: str) -> Upload:
    """Apply a customers file and record its audit, as receiving does."""
    actor = system_actor("test")
    upload = start_upload(
        lake.store, actor, ACME, "customers", file_name="c.csv", sha256=commit, size_bytes=1
    )
    upload = save_upload(lake.store, ACME, replace(upload, state="read"))
    write_silver(lake, ACME, "customers", rows, commit)
    audit = audit_table(lake, ACME, TELECOM.table("customers"))
    state = "accepted" if audit.passed else "held"
    counts = {"rows": len(rows), "inserted": len(rows)}
    done = replace(upload, state=state, counts=counts, audit=audit.to_json())
    return save_upload(lake.store, ACME, done)


def test_gold_is_written_in_order_and_names_the_silver_it_is_made_of(lake: Lake):
    write_silver(lake, ACME, "customers", list(reversed(customers(30, 40, 50))))
    refined = refine(lake, ACME)
    assert ages_in_gold(lake) == [30, 40, 50]
    assert refined == Refined({"customer": 0}, {"customers": 0}, ("customer",), ())
    found = lake.writer.find_commit(
        lake.ref(ACME, "gold", "customer"),
        f"silver.customers=0:contract={TELECOM.version}:code=1",
    )
    assert found is not None
    assert found.metadata["silver.customers"] == "0"


def test_the_same_silver_gives_no_new_commit(lake: Lake):
    write_silver(lake, ACME, "customers", customers(30, 40))
    refine(lake, ACME)
    again = refine(lake, ACME)
    assert again.changed == ()
    assert again.versions == {"customer": 0}
    table = open_table(lake.ref(ACME, "gold", "customer").path)
    assert table is not None
    assert table.version() == 0


def test_gold_follows_a_version_of_the_contract_that_adds_a_column(lake: Lake):
    write_silver(lake, ACME, "customers", customers(30))
    refine(lake, ACME)
    table = TELECOM.table("customers")
    points = replace(table.column("age"), name="loyalty_points", mean_between=None)
    wider = replace(table, columns=(*table.columns, points))
    tables = tuple(wider if t.name == "customers" else t for t in TELECOM.tables)
    contract = replace(TELECOM, version="next", tables=tables)
    rows = silver("customers", [{**customers(30)[0], "loyalty_points": 20}], contract)
    ref = lake.ref(ACME, "silver", "customers")
    lake.writer.replace(ref, rows, Commit("wider"), schema_change=True)
    assert refine(lake, ACME, contract).changed == ("customer",)
    gold = lake.ref(ACME, "gold", "customer")
    assert lake.arrow(gold, columns=["age", "loyalty_points"]).to_pylist() == [
        {"age": 30, "loyalty_points": 20}
    ]
    assert "loyalty_points" not in lake.arrow(gold, version=0).column_names


def test_a_table_never_sent_has_no_gold(lake: Lake):
    write_silver(lake, ACME, "calls", [{"call_id": "c1", "started_at": day(1)}])
    assert refine(lake, ACME).versions == {"call": 0, "hour": 0}


def test_silver_that_fails_its_audit_leaves_gold_at_its_last_good_version(lake: Lake):
    write_silver(lake, ACME, "customers", customers(30, 40), "good")
    refine(lake, ACME)
    write_silver(lake, ACME, "customers", customers(30, 400), "bad")
    refined = refine(lake, ACME)
    assert [audit.table for audit in refined.held] == ["customers"]
    assert ages_in_gold(lake) == [30, 40]
    write_silver(lake, ACME, "customers", customers(31, 41), "mended")
    assert refine(lake, ACME).held == ()
    assert ages_in_gold(lake) == [31, 41]


def test_a_held_upload_does_not_keep_an_earlier_good_one_from_gold(lake: Lake):
    good = uploaded(lake, customers(30, 40), "good")
    bad = uploaded(lake, customers(30, 400), "bad")
    assert (good.state, bad.state) == ("accepted", "held")
    refined = refine(lake, ACME)
    assert refined.silver_versions == {"customers": 0}
    assert [audit.version for audit in refined.held] == [1]
    assert ages_in_gold(lake) == [30, 40]
    assert get_upload(lake.store, ACME, good.id).state == "refined"
    assert get_upload(lake.store, ACME, bad.id).state == "held"


def test_bad_silver_alone_gives_no_gold_and_no_error(lake: Lake):
    uploaded(lake, customers(400), "bad")
    refined = refine(lake, ACME)
    assert refined.versions == {}
    assert [audit.passed for audit in refined.held] == [False]


def test_rows_erased_from_silver_leave_gold_too(lake: Lake):
    uploaded(lake, customers(30, 40), "good")
    refine(lake, ACME)
    silver = lake.ref(ACME, "silver", "customers")
    lake.writer.delete(silver, "person_token = 't0'", Commit("erase"))
    assert refine(lake, ACME).changed == ("customer",)
    assert ages_in_gold(lake) == [40]


def test_one_run_at_a_time_for_a_tenant(lake: Lake):
    write_silver(lake, ACME, "customers", customers(30))
    with lease(lake.store, "tenant:acme"), pytest.raises(Busy):
        refine(lake, ACME, wait_seconds=0.1)
    assert refine(lake, ACME).changed == ("customer",)

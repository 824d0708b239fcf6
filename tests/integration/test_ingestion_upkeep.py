"""Care for a tenant's tables, and the way back: nothing needed goes, and accounts stay told."""

import datetime as dt
from dataclasses import replace

import pytest

from foundation.clock import utc_now
from foundation.errors import Busy, Held, InvalidRequest, NotAllowed, OperatorError
from ingestion.gold.refine import refine
from ingestion.restoring import restore_table
from ingestion.upkeep import care_for, kept_since, vacuum
from lakehouse.commits import Commit
from lakehouse.policy import history_of
from lakehouse.refs import TableRef
from tenancy.actor import Actor
from tenancy.audit import entries
from tenancy.holds import lift_hold, place_hold
from tenancy.leases import lease
from tenancy.uploads import list_uploads, save_upload, start_upload
from tests.ingestion_lake import ACTOR, TENANT, Door

MANAGER = Actor("staff:tests", "staff", None, frozenset({"manager"}))
FIRST = ("1,Ana,2026-01-01,1,10,10,no", "2,Eva,2026-01-01,2,20,40,yes")
SECOND = ("2,Eva,2026-02-01,3,20,60,yes", "3,Luz,2026-02-01,1,30,30,no")


@pytest.fixture
def silver(door: Door) -> TableRef:
    return door.lake.ref(TENANT, "silver", "customers")


def gold_customers(door: Door) -> int:
    refine(door.lake, TENANT)
    return door.rows_in("gold", "customer")


def test_a_table_goes_back_and_what_is_sent_again_counts_as_new(door: Door, silver: TableRef):
    door.customers(*FIRST)
    before, version = door.silver("customers", "row_key", "valid_from"), door.lake.version(silver)
    second = door.customers(*SECOND)
    after = door.silver("customers", "row_key", "valid_from")
    assert gold_customers(door) == 4

    done = restore_table(door.lake, TENANT, MANAGER, silver, to=version)
    assert done.uploads == 1
    assert door.silver("customers", "row_key", "valid_from") == before
    assert gold_customers(door) == 2, "gold follows"
    undone, standing = list_uploads(door.lake.store, TENANT)
    assert (undone.id, undone.state, undone.counts) == (second.upload.id, "refined", second.counts)
    assert undone.shown_state == "undone"
    assert standing.shown_state == "refined"

    again = door.customers(*SECOND)
    assert again.upload.state == "accepted", "the same file, and its rows are gone"
    assert again.counts == second.counts
    assert door.silver("customers", "row_key", "valid_from") == after
    assert gold_customers(door) == 4


def test_going_back_to_before_a_restore_brings_the_uploads_back(door: Door, silver: TableRef):
    door.customers(*FIRST)
    first = door.lake.version(silver)
    door.customers(*SECOND)
    second = door.lake.version(silver)
    restore_table(door.lake, TENANT, MANAGER, silver, to=first)
    assert restore_table(door.lake, TENANT, MANAGER, silver, to=second).uploads == 0
    assert [upload.undone_at for upload in list_uploads(door.lake.store, TENANT)] == [None, None]
    assert door.customers(*SECOND).upload.state == "unchanged"


def test_an_upload_that_stopped_after_writing_is_refused(door: Door, silver: TableRef):
    door.customers(*FIRST)
    version = door.lake.version(silver)
    stopped = door.customers(*SECOND).upload
    half_way = replace(stopped, state="read")
    with door.lake.store.session() as session:
        from tenancy.arrival_tables import UploadRow

        session.get_one(UploadRow, stopped.id).state = half_way.state
    restore_table(door.lake, TENANT, MANAGER, silver, to=version)
    refused = next(u for u in list_uploads(door.lake.store, TENANT) if u.id == stopped.id)
    assert (refused.state, refused.error_key) == ("refused", "maintenance.undone_meanwhile")
    assert door.customers(*SECOND).upload.state == "accepted"


def test_what_may_not_be_restored_is_refused(door: Door, silver: TableRef):
    door.customers(*FIRST)
    gold_customers(door)
    gold = door.lake.ref(TENANT, "gold", "customer")
    with pytest.raises(InvalidRequest, match="computed from others"):
        restore_table(door.lake, TENANT, MANAGER, gold, to=0)
    uploader = Actor("u", "user", TENANT.id, frozenset({"uploader"}))
    with pytest.raises(NotAllowed):
        restore_table(door.lake, TENANT, uploader, silver, to=0)


def test_a_restore_waits_for_an_upload(
    door: Door, silver: TableRef, monkeypatch: pytest.MonkeyPatch
):
    door.customers(*FIRST)
    monkeypatch.setattr("ingestion.restoring.WAIT_SECONDS", 0.1)
    with lease(door.lake.store, "receive:acme:customers"), pytest.raises(Busy):
        restore_table(door.lake, TENANT, MANAGER, silver, to=0)


def test_a_legal_hold_keeps_a_table_and_its_past(door: Door, silver: TableRef):
    door.customers(*FIRST)
    hold = place_hold(door.lake.store, MANAGER, TENANT, reason="a lawsuit", table="customers")
    with pytest.raises(Held, match=hold.id):
        restore_table(door.lake, TENANT, MANAGER, silver, to=0)
    with pytest.raises(Held, match=hold.id):
        vacuum(door.lake, TENANT, ACTOR, silver)
    assert vacuum(door.lake, TENANT, ACTOR, silver, dry_run=True).files == 0
    assert all(cared.held for cared in care_for(door.lake, TENANT, ACTOR, [silver]))
    lift_hold(door.lake.store, MANAGER, TENANT, hold.id)
    assert not care_for(door.lake, TENANT, ACTOR, [silver])[0].held


def test_care_is_written_down_and_changes_no_row(door: Door, silver: TableRef):
    for number in range(9):
        door.customers(f"{number},Ana,2026-01-01,1,10,10,no")
    rows, version = door.silver("customers"), door.lake.version(silver)
    refine(door.lake, TENANT)
    done = {str(cared.ref): cared for cared in care_for(door.lake, TENANT, ACTOR)}
    assert done[str(silver)].compacted.after < done[str(silver)].compacted.before
    assert done["acme/bronze/customers"].compacted.after == 1
    assert all(cared.vacuumed.files == 0 for cared in done.values()), "all of it is of today"
    assert door.silver("customers") == rows
    assert door.lake.version(silver) == version
    assert refine(door.lake, TENANT).changed == (), "gold is up to date"
    written = {entry.subject for entry in entries(door.lake.store, TENANT)}
    assert {"silver.customers", "bronze.customers"} <= written


def test_the_version_that_gold_stands_on_is_kept_however_old(door: Door, silver: TableRef):
    """A newer version without a passed audit: gold stays at the last one that has one."""
    door.customers(*FIRST)
    written_by = utc_now()
    next_year = utc_now() + dt.timedelta(days=365)
    policy = next_year - dt.timedelta(days=30)
    assert kept_since(door.lake, TENANT, silver, next_year)[0] == policy
    door.lake.writer.delete(silver, "person_token IS NOT NULL", Commit("unaudited"))
    files, _ = kept_since(door.lake, TENANT, silver, next_year)
    assert files <= written_by


def test_words_of_the_log_stay_while_an_upload_is_open(door: Door, silver: TableRef):
    door.customers(*FIRST)
    began = start_upload(
        door.lake.store, ACTOR, TENANT, "customers", file_name="x", sha256="x", size_bytes=1
    )
    next_year = utc_now() + dt.timedelta(days=365)
    files, log = kept_since(door.lake, TENANT, silver, next_year)
    assert files > began.received_at >= log
    save_upload(door.lake.store, TENANT, replace(began, state="refused"))
    files, log = kept_since(door.lake, TENANT, silver, next_year)
    assert files == log


def test_the_policy_is_by_layer_and_never_below_a_day(door: Door):
    settings = replace(door.lake.settings, history_days=90, layer_history_days=(("gold", 7),))
    assert history_of(settings, "silver") == dt.timedelta(days=90)
    assert history_of(settings, "gold") == dt.timedelta(days=7)
    with pytest.raises(OperatorError, match="golden"):
        history_of(replace(settings, layer_history_days=(("golden", 7),)), "gold")

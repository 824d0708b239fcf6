"""Uploads and mappings: legal steps alone, every row accounted for, and nobody else's."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import get_args

import pytest
from sqlalchemy import update

from foundation.errors import InvalidRequest, NotFound
from tenancy.actor import Actor
from tenancy.arrival_tables import UploadRow
from tenancy.mappings import find_mapping, save_mapping
from tenancy.store import Store
from tenancy.tenant import Tenant
from tenancy.upload import FOLLOWS, Upload, UploadState, may_follow
from tenancy.uploads import get_upload, last_applied, list_uploads, save_upload, start_upload

STATES = get_args(UploadState)
COUNTS = {"rows": 6, "inserted": 2, "updated": 1, "unchanged": 1, "superseded": 1, "quarantined": 1}


def start(store: Store, actor: Actor, tenant: Tenant, table: str = "customers") -> Upload:
    return start_upload(
        store, actor, tenant, table, file_name="a.csv", sha256="ab" * 32, size_bytes=9_000_000_000
    )


def through(store: Store, tenant: Tenant, upload: Upload, *states: UploadState) -> Upload:
    for state in states:
        upload = save_upload(store, tenant, replace(upload, state=state))
    return upload


def test_an_upload_comes_back_as_it_was_saved(store: Store, acme: Tenant, acme_manager: Actor):
    upload = start(store, acme_manager, acme)
    assert get_upload(store, acme, upload.id) == upload
    assert (upload.state, upload.actor_id) == ("received", "u1")
    read = replace(
        upload,
        state="read",
        kind="snapshot",
        mapping={"c1": "customer_id"},
        counts=COUNTS,
        ended=4,
        contract_version="1.2.0",
        audit={"passed": 12},
    )
    assert save_upload(store, acme, read) == read
    accepted = save_upload(store, acme, replace(read, state="accepted"))
    assert accepted.applied_at is not None
    assert accepted.finished_at is not None
    assert get_upload(store, acme, upload.id) == accepted


@pytest.mark.parametrize(("state", "wanted"), list(product(STATES, STATES)))
def test_a_state_follows_only_where_it_may(state: UploadState, wanted: UploadState):
    assert may_follow(state, wanted) is (wanted == state or wanted in FOLLOWS[state])


def test_an_illegal_step_is_refused_and_changes_nothing(
    store: Store, acme: Tenant, acme_manager: Actor
):
    upload = through(store, acme, start(store, acme_manager, acme), "refused")
    with pytest.raises(InvalidRequest, match="“refused” and cannot go to “accepted”"):
        save_upload(store, acme, replace(upload, state="accepted"))
    assert get_upload(store, acme, upload.id) == upload


def test_saving_a_state_again_after_a_crash_keeps_its_times(
    store: Store, acme: Tenant, acme_manager: Actor
):
    done = through(store, acme, start(store, acme_manager, acme), "read", "accepted", "refined")
    assert save_upload(store, acme, done) == done


@pytest.mark.parametrize("column", sorted(set(COUNTS) - {"rows"}))
def test_an_applied_upload_accounts_for_every_row(
    store: Store, acme: Tenant, acme_manager: Actor, column: str
):
    upload = through(store, acme, start(store, acme_manager, acme), "read")
    off = replace(upload, state="accepted", counts=COUNTS | {column: 0})
    with pytest.raises(ValueError, match="of 6 rows"):
        save_upload(store, acme, off)
    assert get_upload(store, acme, upload.id).state == "read"


def test_what_was_received_cannot_be_rewritten(store: Store, acme: Tenant, acme_manager: Actor):
    upload = start(store, acme_manager, acme)
    forged = replace(upload, sha256="cd" * 32, table="calls", actor_id="x", file_name="b")
    assert save_upload(store, acme, forged) == upload


def test_a_foreign_upload_and_a_missing_one_give_the_same_answer(
    store: Store, acme: Tenant, globex: Tenant, acme_manager: Actor
):
    upload = start(store, acme_manager, acme)
    answers = set()
    for wanted in (upload.id, "0" * 32):
        with pytest.raises(NotFound) as refusal:
            get_upload(store, globex, wanted)
        answers.add(refusal.value.say("es").replace(wanted, "…"))
    assert len(answers) == 1
    with pytest.raises(NotFound):
        save_upload(store, globex, replace(upload, state="read"))
    assert list_uploads(store, globex) == []
    assert last_applied(store, globex, "customers") is None


def test_an_actor_uploads_into_their_own_tenant_alone(
    store: Store, acme: Tenant, globex_manager: Actor
):
    with pytest.raises(NotFound):
        start(store, globex_manager, acme)
    assert list_uploads(store, acme) == []


def test_uploads_are_listed_newest_first_by_state_and_table(
    store: Store, acme: Tenant, acme_manager: Actor
):
    first, second = start(store, acme_manager, acme), start(store, acme_manager, acme, "calls")
    through(store, acme, first, "read")
    assert [u.id for u in list_uploads(store, acme)] == [second.id, first.id]
    assert [u.id for u in list_uploads(store, acme, {"read"})] == [first.id]
    assert [u.id for u in list_uploads(store, acme, table="calls")] == [second.id]
    assert len(list_uploads(store, acme, limit=1)) == 1


def test_the_last_applied_is_by_application_and_not_by_receipt(
    store: Store, acme: Tenant, acme_manager: Actor
):
    early, late = start(store, acme_manager, acme), start(store, acme_manager, acme)
    through(store, acme, late, "read", "accepted")
    held = through(store, acme, early, "read", "held")
    through(store, acme, start(store, acme_manager, acme), "unchanged")
    assert last_applied(store, acme, "customers") == held
    through(store, acme, held, "refused")
    found = last_applied(store, acme, "customers")
    assert found is not None
    assert found.id == late.id


def test_a_clock_that_is_set_back_changes_no_order(store: Store, acme: Tenant, acme_manager: Actor):
    first = through(store, acme, start(store, acme_manager, acme), "read", "accepted")
    ahead = first.received_at + timedelta(days=400)
    with store.session() as session:
        session.execute(update(UploadRow).values(received_at=ahead, applied_at=ahead))
    second = through(store, acme, start(store, acme_manager, acme), "read", "accepted")
    assert second.received_at > ahead
    assert second.applied_at is not None
    assert second.applied_at > ahead
    assert last_applied(store, acme, "customers") == second
    other_table = start(store, acme_manager, acme, "calls")
    assert other_table.received_at < ahead


def test_the_record_and_the_table_hold_the_same_fields():
    assert {c.name for c in UploadRow.__table__.columns} - {"table_name"} == set(
        Upload.__dataclass_fields__
    ) - {"table"}


def test_a_mapping_is_found_by_the_same_headers_in_any_order(
    store: Store, acme: Tenant, acme_manager: Actor
):
    save_mapping(store, acme_manager, acme, "customers", ["c1", "ñ 2"], payload={"key": "row"})
    assert find_mapping(store, acme, "customers", ["ñ 2", "c1"]) == {"key": "row"}
    assert find_mapping(store, acme, "customers", ["c1"]) is None
    assert find_mapping(store, acme, "calls", ["c1", "ñ 2"]) is None


def test_a_corrected_mapping_replaces_the_one_before(
    store: Store, acme: Tenant, acme_manager: Actor
):
    for key in ("row", "natural"):
        save_mapping(store, acme_manager, acme, "customers", ["c1"], payload={"key": key})
    assert find_mapping(store, acme, "customers", ["c1"]) == {"key": "natural"}


def test_a_mapping_is_the_own_tenants_alone(
    store: Store, acme: Tenant, globex: Tenant, acme_manager: Actor, globex_manager: Actor
):
    save_mapping(store, acme_manager, acme, "customers", ["c1"], payload={"key": "row"})
    assert find_mapping(store, globex, "customers", ["c1"]) is None
    with pytest.raises(NotFound):
        save_mapping(store, globex_manager, acme, "customers", ["c1"], payload={})

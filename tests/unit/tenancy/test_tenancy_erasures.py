"""Erasures in the store: taken up again, counted once, and receipts that cannot be changed."""

from sqlalchemy import update

from tenancy.actor import Actor
from tenancy.consents import Consent, consents_of, forget_consent, save_consent
from tenancy.erasures import (
    Erasure,
    begin_erasure,
    erasure_of_score,
    finish_erasure,
    get_erasure,
    is_genuine,
    note_place,
    note_scores,
)
from tenancy.law_tables import ErasureRow
from tenancy.store import Store
from tenancy.tenant import Tenant


def begun(store: Store, actor: Actor, tenant: Tenant, mark: str | None = "m") -> Erasure:
    return begin_erasure(store, actor, tenant, "person", request="PQR-1", person_mark=mark)


def test_one_that_did_not_end_is_taken_up_again_and_a_finished_one_is_not(
    store: Store, acme: Tenant, acme_manager: Actor
):
    first = begun(store, acme_manager, acme)
    assert begun(store, acme_manager, acme).id == first.id
    assert begun(store, acme_manager, acme, "other").id != first.id
    finish_erasure(store, acme_manager, first)
    assert begun(store, acme_manager, acme).id != first.id


def test_a_receipt_is_genuine_until_it_is_changed(store: Store, acme: Tenant, acme_manager: Actor):
    erasure = begun(store, acme_manager, acme)
    note_place(store, erasure, "silver.customers", rows=1, version=3)
    note_place(store, erasure, "silver.customers", rows=2, version=4)
    assert not is_genuine(store, get_erasure(store, acme, erasure.id))
    receipt = finish_erasure(store, acme_manager, erasure)
    assert receipt.places == {"silver.customers": {"rows": 2, "version": 4}}
    assert is_genuine(store, get_erasure(store, acme, erasure.id))
    assert finish_erasure(store, acme_manager, erasure) == receipt
    with store.session() as session:
        session.execute(update(ErasureRow).values(places={"silver.customers": {"rows": 0}}))
    assert not is_genuine(store, get_erasure(store, acme, erasure.id))


def test_a_receipt_reads_in_both_languages(store: Store, acme: Tenant, acme_manager: Actor):
    erasure = begun(store, acme_manager, acme)
    note_place(store, erasure, "landing", files=1)
    receipt = finish_erasure(store, acme_manager, erasure)
    assert "landing: archivos: 1" in receipt.say("es")
    assert "landing: files: 1" in receipt.say("en")
    assert str(receipt.sha256) in receipt.say("en")


def test_a_score_that_went_is_known_by_its_mark_to_its_own_tenant(
    store: Store, acme: Tenant, globex: Tenant, acme_manager: Actor
):
    erasure = begun(store, acme_manager, acme)
    for _ in range(2):
        note_scores(store, erasure, {"s1", "s2"})
    found = erasure_of_score(store, acme, "s1")
    assert found is not None
    assert found.id == erasure.id
    assert erasure_of_score(store, globex, "s1") is None
    assert erasure_of_score(store, acme, "s3") is None


def test_what_a_person_said_stays_until_they_say_otherwise(
    store: Store, acme: Tenant, globex: Tenant, acme_manager: Actor
):
    save_consent(store, acme_manager, acme, "m", Consent(training=False))
    save_consent(store, acme_manager, acme, "m", Consent(profiling=False))
    assert consents_of(store, acme) == {"m": Consent(training=False, profiling=False)}
    save_consent(store, acme_manager, acme, "m", Consent(training=True))
    assert consents_of(store, acme) == {"m": Consent(training=True, profiling=False)}
    assert consents_of(store, globex) == {}
    assert [forget_consent(store, acme, "m") for _ in range(2)] == [1, 0]

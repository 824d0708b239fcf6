"""Erasure, retention and the end of a tenant reach the online store; so do consents, at once."""

from datetime import UTC, datetime, timedelta

import pytest

from features.consent import objecting
from features.online_store import PersonFacts, build_online, online_of
from ingestion.gold.refine import refine
from ingestion.persons import person_named
from ingestion.retention import run_retention
from lakehouse.online_file import online_file
from models.erasure import erase_person
from models.tenant_end import erase_tenant
from tenancy.consents import Consent, save_consent
from tests.ingestion_lake import ACTOR_OFFICER as OFFICER
from tests.ingestion_lake import TENANT, Door
from tests.integration.test_own_columns import STAFF

pytestmark = pytest.mark.slow
ID, OTHER = "1010001277", "1010001999"
IN_ELEVEN_YEARS = datetime.now(UTC) + timedelta(days=11 * 365)


def in_store(door: Door) -> None:
    """Send two customers, each with a case, and build what the service reads."""
    door.customers(f"{ID},Ana,2024-01-01,1,10,10,no", f"{OTHER},Luz,2024-01-01,1,10,10,no")
    door.incidents(
        f"I-1,{ID},2024-02-03,complaint,no funciona,2", f"I-2,{OTHER},2024-02-03,claim,,"
    )
    refine(door.lake, TENANT)
    assert build_online(door.lake, TENANT, door.lake.contract_of(TENANT))


def person(door: Door, identification: str) -> PersonFacts:
    facts = online_of(door.lake, TENANT)
    assert facts is not None
    (token,) = person_named(door.lake, TENANT, identification).tokens
    return facts.person(token)


def test_an_erased_person_is_gone_and_the_others_stay(door: Door):
    in_store(door)
    assert person(door, ID).is_known
    gone = person(door, ID).token.encode()
    asked = person_named(door.lake, TENANT, ID)
    receipt = erase_person(door.lake, TENANT, OFFICER, asked, request="PQR-118")
    assert receipt.places["online"]["files"] == 1
    assert not person(door, ID).is_known
    assert [row["incident_id"] for row in person(door, OTHER).incidents] == ["I-2"]
    assert gone not in online_file(door.lake, TENANT).read_bytes()


def test_what_retention_lets_go_is_gone_before_it_is_made_anew(door: Door):
    in_store(door)
    assert run_retention(door.lake, TENANT, OFFICER, IN_ELEVEN_YEARS) is not None
    assert online_of(door.lake, TENANT) is None
    build_online(door.lake, TENANT, door.lake.contract_of(TENANT))
    assert person(door, ID).incidents == []


def test_nothing_is_left_of_a_tenant_that_ended(door: Door):
    in_store(door)
    receipt = erase_tenant(door.lake, STAFF, TENANT, confirm=TENANT.name, request="C-9")
    assert receipt.places["online"]["items"] == 1
    assert not online_file(door.lake, TENANT).exists()


def test_an_objection_holds_at_once_wherever_it_was_said(door: Door):
    in_store(door)
    contract = door.lake.contract_of(TENANT)
    ana, luz = person(door, ID).token, person(door, OTHER).token

    def refusing() -> frozenset[str]:
        return objecting(door.lake, TENANT, contract, {ana, luz, "stranger"})

    assert refusing() == frozenset()
    mark = person_named(door.lake, TENANT, ID).mark
    save_consent(door.lake.store, OFFICER, TENANT, mark, Consent(profiling=False))
    assert refusing() == {ana}
    door.customers(f"{OTHER},2024-03-01,yes", header="id,since,no_profiling")
    refine(door.lake, TENANT)
    build_online(door.lake, TENANT, contract)
    assert refusing() == {ana, luz}
    save_consent(door.lake.store, OFFICER, TENANT, mark, Consent(profiling=True))
    assert refusing() == {luz}

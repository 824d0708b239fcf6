"""Tenants: only ABCall makes them; a foreign one and a missing one look alike."""

from dataclasses import replace

import pytest

from foundation.errors import InvalidRequest, NotAllowed, NotFound
from tenancy.actor import Actor, system_actor
from tenancy.audit import entries
from tenancy.store import Store
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant, get_tenant, list_tenants, tenant_for, update_tenant

GOOD = Tenant("good", "Good", "telecom")


def test_a_tenant_comes_back_as_it_was_made(store: Store, staff: Actor):
    made = Tenant("uno-2", "Uno", "banking", "business", "en", "USD", "Europe/Madrid", True)
    create_tenant(store, staff, made)
    assert get_tenant(store, staff, "uno-2") == made


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "A"),
        ("id", "a"),
        ("id", "../x"),
        ("id", "-ab"),
        ("id", "a" * 42),
        ("id", "ab\n"),
        ("name", "  "),
        ("vertical", "Telecom"),
        ("vertical", "../telecom"),
        ("plan", "gold"),
        ("language", "fr"),
        ("currency", "pesos"),
        ("time_zone", "Macondo"),
        ("time_zone", "../../etc"),
    ],
)
def test_a_field_that_cannot_be_right_is_named(store: Store, staff: Actor, field: str, value: str):
    with pytest.raises(InvalidRequest) as refusal:
        create_tenant(store, staff, replace(GOOD, **{field: value}))
    assert refusal.value.details == {"field": field, "value": value}


def test_an_id_is_taken_once(store: Store, staff: Actor, acme: Tenant):
    with pytest.raises(InvalidRequest, match=r"acme.*exists already"):
        create_tenant(store, staff, acme)


def test_a_user_makes_and_changes_no_tenant(store: Store, acme: Tenant, acme_manager: Actor):
    with pytest.raises(NotAllowed):
        create_tenant(store, acme_manager, GOOD)
    with pytest.raises(NotAllowed):
        update_tenant(store, acme_manager, replace(acme, plan="business"))


def test_a_user_enters_their_own_tenant_alone(
    store: Store, acme: Tenant, globex: Tenant, acme_manager: Actor
):
    assert tenant_for(store, acme_manager) == acme
    assert tenant_for(store, acme_manager, "acme") == acme
    assert list_tenants(store, acme_manager) == [acme]


def test_a_foreign_tenant_and_a_missing_one_give_the_same_answer(
    store: Store, globex: Tenant, acme_manager: Actor
):
    answers = []
    for wanted in ("globex", "nobody"):
        with pytest.raises(NotFound) as refusal:
            tenant_for(store, acme_manager, wanted)
        answers.append(refusal.value.say("es").replace(wanted, "…"))
    assert answers[0] == answers[1]


def test_a_key_enters_its_own_tenant_alone(store: Store, acme: Tenant, globex: Tenant):
    key = Actor("k", "key", "acme", frozenset({"score"}))
    assert tenant_for(store, key) == acme
    with pytest.raises(NotFound):
        tenant_for(store, key, "globex")


def test_a_forged_staff_kind_with_a_tenant_stays_inside(store: Store, acme: Tenant, globex: Tenant):
    bound = Actor("s", "staff", "acme", frozenset({"manager"}))
    with pytest.raises(NotFound):
        get_tenant(store, bound, "globex")


def test_staff_and_system_enter_any_tenant_but_must_name_it(
    store: Store, staff: Actor, acme: Tenant, globex: Tenant
):
    for actor in (staff, system_actor("pipelines")):
        assert list_tenants(store, actor) == [acme, globex]
        assert tenant_for(store, actor, "globex") == globex
        with pytest.raises(InvalidRequest, match="which company"):
            tenant_for(store, actor)


def test_a_changed_plan_is_kept_and_audited(store: Store, staff: Actor, acme: Tenant):
    changed = update_tenant(store, staff, replace(acme, plan="business", prior_consent=True))
    assert get_tenant(store, staff, "acme") == changed
    assert [e.action for e in entries(store, acme)] == ["tenant.updated", "tenant.created"]


def test_a_vertical_stays(store: Store, staff: Actor, acme: Tenant):
    with pytest.raises(InvalidRequest, match="belongs to “telecom”"):
        update_tenant(store, staff, replace(acme, vertical="banking"))


@pytest.mark.parametrize(
    ("roles", "wanted", "allowed"),
    [
        ({"manager"}, ("uploader",), True),
        ({"manager"}, ("privacy_officer",), False),
        ({"viewer"}, ("uploader", "manager"), False),
        ({"uploader"}, ("viewer",), True),
        ({"admin"}, ("score",), True),
        ({"score"}, ("admin",), False),
        (set(), ("viewer",), False),
    ],
)
def test_a_role_brings_along_what_it_implies(roles: set[str], wanted: tuple[str], allowed: bool):
    actor = Actor("a", "user", "acme", frozenset(roles))
    assert actor.may(*wanted) is allowed
    if not allowed:
        with pytest.raises(NotAllowed, match=wanted[0]):
            actor.require(*wanted)

"""ABCall's own people: a tenant's user is nobody among them, and cannot sign in as one."""

import pytest

from foundation.errors import NotAllowed, NotFound, NotSignedIn
from tenancy.actor import Actor
from tenancy.attempts import LockOut
from tenancy.sign_in import actor_for_user, session_mark, sign_in
from tenancy.staff import list_staff, reset_staff_password, set_staff_disabled
from tenancy.store import Store
from tenancy.tenant import Tenant
from tenancy.users import User, create_staff, create_user

PASSWORD = "una frase bien larga"
OTHER = "otra frase bien larga"


@pytest.fixture
def eva(store: Store, staff: Actor) -> User:
    return create_staff(
        store, staff, email="eva@abcall.co", name="Eva", password=PASSWORD, roles=["manager"]
    )


@pytest.fixture
def ana(store: Store, staff: Actor, acme: Tenant) -> User:
    return create_user(
        store, staff, acme, email="ana@acme.co", name="Ana", password=PASSWORD, roles=["manager"]
    )


def refused(store: Store, email: str, password: str, lock_out: LockOut) -> str:
    with pytest.raises(NotSignedIn) as refusal:
        sign_in(store, email, password, lock_out, staff_only=True)
    return refusal.value.say("en")


def test_where_only_staff_enter_a_tenants_user_is_refused_as_an_unknown_one(
    store: Store, eva: User, ana: User
):
    assert sign_in(store, eva.email, PASSWORD, staff_only=True).kind == "staff"
    three = LockOut(failures=3)
    said = {
        email: [refused(store, email, PASSWORD, three) for _ in range(4)]
        for email in (ana.email, "nobody@acme.co")
    }
    assert said[ana.email] == said["nobody@acme.co"]
    assert said[ana.email][0] != said[ana.email][3], "guessing on must lock out"


def test_who_is_shut_out_or_has_another_password_has_no_session_left(
    store: Store, staff: Actor, eva: User
):
    mark = session_mark(store, eva.id)
    set_staff_disabled(store, staff, "EVA@abcall.co", disabled=True)
    with pytest.raises(NotSignedIn):
        actor_for_user(store, eva.id, mark)
    assert not set_staff_disabled(store, staff, eva.email, disabled=False).disabled
    assert actor_for_user(store, eva.id, mark).kind == "staff"
    reset_staff_password(store, staff, eva.email, OTHER)
    with pytest.raises(NotSignedIn):
        actor_for_user(store, eva.id, mark)
    assert sign_in(store, eva.email, OTHER, staff_only=True).id == eva.id


def test_a_tenants_user_is_not_found_among_staff(store: Store, staff: Actor, eva: User, ana: User):
    assert [member.email for member in list_staff(store, staff)] == [eva.email]
    for change in (
        lambda email: set_staff_disabled(store, staff, email, disabled=True),
        lambda email: reset_staff_password(store, staff, email, OTHER),
    ):
        for email in (ana.email, "nobody@acme.co"):
            with pytest.raises(NotFound):
                change(email)


def test_nobody_but_a_manager_of_staff_may(store: Store, acme_manager: Actor, eva: User):
    clerk = Actor("staff:clerk", "staff", None, frozenset({"viewer"}))
    for actor in (acme_manager, clerk):
        with pytest.raises(NotAllowed):
            list_staff(store, actor)
        with pytest.raises(NotAllowed):
            set_staff_disabled(store, actor, eva.email, disabled=True)

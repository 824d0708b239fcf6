"""Users: managers make and change their own; signing in tells nothing that it must not."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from foundation.errors import InvalidRequest, NotAllowed, NotFound, NotSignedIn
from tenancy.actor import Actor
from tenancy.attempts import LockOut, count_attempt
from tenancy.audit import entries
from tenancy.sign_in import actor_for_user, sign_in
from tenancy.store import Store
from tenancy.tables import SignInAttemptRow, UserRow
from tenancy.tenant import Tenant
from tenancy.tenants import tenant_for
from tenancy.users import (
    User,
    change_password,
    create_staff,
    create_user,
    get_user,
    list_users,
    reset_password,
    set_disabled,
    set_roles,
)
from tests.timing import seconds_of

PASSWORD = "una frase bien larga"
SHORT = LockOut(failures=3, window=timedelta(minutes=5), lasts=timedelta(minutes=5))


@pytest.fixture
def ana(store: Store, acme: Tenant, acme_manager: Actor) -> User:
    return create_user(
        store,
        acme_manager,
        acme,
        email=" Ana@Acme.CO ",
        name="Ana",
        password=PASSWORD,
        roles=["viewer"],
    )


def fail(store: Store, email: str, password: str = "otra frase bien larga") -> str:
    with pytest.raises(NotSignedIn) as refusal:
        sign_in(store, email, password, SHORT)
    return refusal.value.key


def test_a_user_signs_in_however_the_email_is_written(store: Store, ana: User):
    actor = sign_in(store, "ANA@acme.co", PASSWORD)
    assert actor == Actor(ana.id, "user", "acme", frozenset({"viewer"}))


def test_a_password_with_accents_is_the_same_composed_or_not(
    store: Store, acme: Tenant, acme_manager: Actor
):
    create_user(
        store,
        acme_manager,
        acme,
        email="b@acme.co",
        name="B",
        password="canci\u00f3n de cuna",
        roles=[],
    )
    assert sign_in(store, "b@acme.co", "cancio\u0301n de cuna").kind == "user"


def test_the_password_is_stored_as_argon2id_alone(store: Store, ana: User):
    with store.reading() as session:
        row = session.get_one(UserRow, ana.id)
    assert row.password_hash.startswith("$argon2id$")
    assert PASSWORD not in repr(vars(row))


def test_wrong_unknown_and_disabled_get_one_answer(
    store: Store, ana: User, acme: Tenant, acme_manager: Actor
):
    wrong, unknown = fail(store, "ana@acme.co"), fail(store, "nobody@acme.co")
    set_disabled(store, acme_manager, acme, ana.id, disabled=True)
    assert {wrong, unknown, fail(store, "ana@acme.co", PASSWORD)} == {"tenancy.wrong_sign_in"}


def test_an_unknown_email_takes_as_long_as_a_known_one(store: Store, ana: User):
    lenient = LockOut(failures=100)

    def quickest(email: str) -> float:
        def refused() -> None:
            with pytest.raises(NotSignedIn):
                sign_in(store, email, "otra frase bien larga", lenient)

        return seconds_of(refused)

    quickest("warm@up.co")
    assert 0.5 < quickest("nobody@acme.co") / quickest("ana@acme.co") < 2


@pytest.mark.parametrize("email", ["ana@acme.co", "nobody@acme.co"])
def test_repeated_failures_lock_an_email_out_known_or_not(store: Store, ana: User, email: str):
    assert [fail(store, email) for _ in range(4)] == [
        "tenancy.wrong_sign_in",
        "tenancy.wrong_sign_in",
        "tenancy.wrong_sign_in",
        "tenancy.locked_out",
    ]


def test_a_lock_out_refuses_the_right_password_and_ends(store: Store, ana: User):
    long = LockOut(failures=1, lasts=timedelta(minutes=2))
    with pytest.raises(NotSignedIn):
        sign_in(store, "ana@acme.co", "otra frase bien larga", long)
    with pytest.raises(NotSignedIn, match="Wait 2 min"):
        sign_in(store, "ana@acme.co", PASSWORD, long)
    with store.session() as session:
        row = session.scalars(select(SignInAttemptRow)).one()
        row.locked_until_at = row.first_at
    assert sign_in(store, "ana@acme.co", PASSWORD, long).id == ana.id


def test_signing_in_forgets_the_failures_before(store: Store, ana: User):
    for _ in range(2):
        fail(store, "ana@acme.co")
        fail(store, "ana@acme.co")
        sign_in(store, "ana@acme.co", PASSWORD, SHORT)


def test_the_number_of_counted_emails_is_bounded(store: Store):
    small = LockOut(most_rows=5)
    for n in range(12):
        count_attempt(store, f"{n}@acme.co", small)
    with store.reading() as session:
        assert session.scalars(select(func.count()).select_from(SignInAttemptRow)).one() == 5


def test_a_failure_long_ago_is_forgotten(store: Store):
    brief = LockOut(failures=2, window=timedelta(seconds=0.05))
    for _ in range(3):
        count_attempt(store, "slow@acme.co", brief)
        time.sleep(0.1)


def test_a_session_follows_roles_and_ends_with_the_user(
    store: Store, ana: User, acme: Tenant, acme_manager: Actor
):
    set_roles(store, acme_manager, acme, ana.id, ["uploader"])
    assert actor_for_user(store, ana.id).roles == {"uploader"}
    set_disabled(store, acme_manager, acme, ana.id, disabled=True)
    with pytest.raises(NotSignedIn, match="session has ended"):
        actor_for_user(store, ana.id)


def test_one_changes_ones_own_password_knowing_it(store: Store, ana: User):
    actor = sign_in(store, "ana@acme.co", PASSWORD)
    with pytest.raises(NotSignedIn, match="current password"):
        change_password(store, actor, "no es esta frase", "la nueva frase larga")
    change_password(store, actor, PASSWORD, "la nueva frase larga")
    assert sign_in(store, "ana@acme.co", "la nueva frase larga") == actor
    assert fail(store, "ana@acme.co", PASSWORD) == "tenancy.wrong_sign_in"


def test_a_manager_resets_a_password(store: Store, ana: User, acme: Tenant, acme_manager: Actor):
    reset_password(store, acme_manager, acme, ana.id, "la nueva frase larga")
    assert sign_in(store, "ana@acme.co", "la nueva frase larga").id == ana.id


def test_a_manager_sees_and_changes_the_own_tenants_users_alone(
    store: Store, ana: User, acme: Tenant, globex: Tenant, globex_manager: Actor
):
    assert list_users(store, globex_manager, globex) == []
    calls = [
        lambda tenant: get_user(store, globex_manager, tenant, ana.id),
        lambda tenant: set_roles(store, globex_manager, tenant, ana.id, ["manager"]),
        lambda tenant: set_disabled(store, globex_manager, tenant, ana.id, disabled=True),
        lambda tenant: reset_password(store, globex_manager, tenant, ana.id, PASSWORD),
    ]
    for call in calls:
        for tenant in (acme, globex):
            with pytest.raises(NotFound):
                call(tenant)


def test_who_is_no_manager_makes_no_user(store: Store, ana: User, acme: Tenant):
    with pytest.raises(NotAllowed):
        create_user(
            store,
            sign_in(store, "ana@acme.co", PASSWORD),
            acme,
            email="c@acme.co",
            name="C",
            password=PASSWORD,
            roles=["manager"],
        )


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"email": "no email"}, "tenancy.email_unusable"),
        ({"email": "ana@acme.co"}, "tenancy.email_unusable"),
        ({"password": "short"}, "tenancy.password_length"),
        ({"password": "x" * 257}, "tenancy.password_length"),
        ({"roles": ["emperor"]}, "tenancy.no_role"),
    ],
)
def test_what_cannot_be_a_user_is_refused(
    store: Store, ana: User, globex_manager: Actor, change: dict, key: str
):
    globex = tenant_for(store, globex_manager)
    good = {"email": "new@globex.co", "name": "N", "password": PASSWORD, "roles": ["viewer"]}
    with pytest.raises(InvalidRequest) as refusal:
        create_user(store, globex_manager, globex, **(good | change))
    assert refusal.value.key == key
    assert list_users(store, globex_manager, globex) == []


def test_staff_sign_in_without_a_tenant(store: Store, staff: Actor, acme_manager: Actor):
    good = {"email": "s@abcall.co", "name": "S", "password": PASSWORD, "roles": ["manager"]}
    with pytest.raises(NotAllowed):
        create_staff(store, acme_manager, **good)
    create_staff(store, staff, **good)
    assert sign_in(store, "s@abcall.co", PASSWORD).enters_any_tenant


def test_what_happens_to_a_user_is_audited_without_the_email(store: Store, ana: User, acme: Tenant):
    sign_in(store, "ana@acme.co", PASSWORD)
    log = entries(store, acme)
    assert [(e.action, e.subject) for e in log[:2]] == [
        ("user.signed_in", ana.id),
        ("user.created", ana.id),
    ]
    assert "ana@" not in repr(log)

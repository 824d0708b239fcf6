"""API keys: shown once, stored hashed, scoped, ended by time or by hand."""

from datetime import datetime, timedelta

import pytest

from foundation.clock import utc_now
from foundation.errors import InvalidRequest, NotAllowed, NotFound, NotSignedIn
from tenancy.actor import Actor
from tenancy.api_keys import issue_key, list_keys, revoke_key, rotate_key
from tenancy.audit import entries
from tenancy.key_proof import is_use_to_note, note_use, verify_secret
from tenancy.store import Store
from tenancy.tables import ApiKeyRow
from tenancy.tenant import Tenant


def test_a_key_acts_for_its_tenant_with_its_scopes(store: Store, acme: Tenant, acme_manager: Actor):
    issued = issue_key(store, acme_manager, acme, ["score", "read"], name="web")
    assert verify_secret(store, issued.secret).actor == Actor(
        issued.key.id, "key", "acme", frozenset({"score", "read"})
    )


def test_the_secret_is_nowhere_in_the_store(store: Store, acme: Tenant, acme_manager: Actor):
    issued = issue_key(store, acme_manager, acme, ["score"])
    with store.reading() as session:
        row = session.get_one(ApiKeyRow, issued.key.id)
    hidden = issued.secret.split("_", 2)[2]
    assert hidden not in repr(vars(row))
    assert hidden not in repr(issued.key)


def test_unknown_wrong_revoked_and_expired_keys_get_one_answer(
    store: Store, acme: Tenant, acme_manager: Actor
):
    past = utc_now() - timedelta(seconds=1)
    good = issue_key(store, acme_manager, acme, ["score"])
    expired = issue_key(store, acme_manager, acme, ["score"], expires_at=past)
    revoked = issue_key(store, acme_manager, acme, ["score"])
    revoke_key(store, acme_manager, acme, revoked.key.id)
    wrong = good.secret[:-1] + ("A" if good.secret[-1] != "A" else "B")
    foreign = f"abk_{'0' * 12}_{good.secret[-43:]}"
    for secret in ("", "abk_", wrong, foreign, expired.secret, revoked.secret, "ñ" * 60):
        with pytest.raises(NotSignedIn) as refusal:
            verify_secret(store, secret)
        assert refusal.value.key == "tenancy.wrong_key"
    assert verify_secret(store, good.secret).actor.id == good.key.id


def test_a_use_is_noted_once_a_minute(store: Store, acme: Tenant, acme_manager: Actor):
    issued, now = issue_key(store, acme_manager, acme, ["score"]), utc_now()
    assert is_use_to_note(verify_secret(store, issued.secret).noted_at, now)
    note_use(store, [issued.key.id], now)
    noted_at = verify_secret(store, issued.secret).noted_at
    assert noted_at == now == list_keys(store, acme_manager, acme)[0].used_at
    assert not is_use_to_note(noted_at, now + timedelta(seconds=59))
    assert is_use_to_note(noted_at, now + timedelta(seconds=61))


def test_revoking_twice_changes_nothing(store: Store, acme: Tenant, acme_manager: Actor):
    issued = issue_key(store, acme_manager, acme, ["score"])
    first = revoke_key(store, acme_manager, acme, issued.key.id)
    assert revoke_key(store, acme_manager, acme, issued.key.id) == first


def test_a_rotated_keys_secrets_both_hold_until_the_overlap_ends(
    store: Store, acme: Tenant, acme_manager: Actor
):
    first = issue_key(store, acme_manager, acme, ["score"])
    assert verify_secret(store, first.secret).ends_at is None
    second = rotate_key(store, acme_manager, acme, first.key.id, overlap=timedelta(hours=1))
    assert second.key.id == first.key.id
    assert second.secret != first.secret
    old, new = (verify_secret(store, one.secret) for one in (first, second))
    assert (old.actor, new.ends_at) == (new.actor, None)
    assert old.ends_at == second.key.previous_ends_at
    assert timedelta(minutes=59) < old.ends_at - utc_now() <= timedelta(hours=1)
    assert entries(store, acme)[0].action == "key.rotated"
    assert entries(store, acme)[0].details == {"overlap_seconds": 3600}


def test_a_rotation_without_overlap_ends_the_secret_before_at_once_and_two_hold_at_most(
    store: Store, acme: Tenant, acme_manager: Actor
):
    first = issue_key(store, acme_manager, acme, ["score"])
    second = rotate_key(store, acme_manager, acme, first.key.id)
    third = rotate_key(store, acme_manager, acme, first.key.id)
    assert verify_secret(store, second.secret).actor == verify_secret(store, third.secret).actor
    last = rotate_key(store, acme_manager, acme, first.key.id, overlap=timedelta(0))
    for ended in (first, second, third):
        with pytest.raises(NotSignedIn):
            verify_secret(store, ended.secret)
    assert verify_secret(store, last.secret).actor.id == first.key.id


def test_what_has_ended_is_not_rotated_and_an_overlap_has_its_bounds(
    store: Store, acme: Tenant, acme_manager: Actor
):
    key = issue_key(store, acme_manager, acme, ["score"]).key
    for overlap in (timedelta(seconds=-1), timedelta(days=31)):
        with pytest.raises(InvalidRequest, match="30 days"):
            rotate_key(store, acme_manager, acme, key.id, overlap=overlap)
    revoke_key(store, acme_manager, acme, key.id)
    with pytest.raises(InvalidRequest, match="cannot get a new secret"):
        rotate_key(store, acme_manager, acme, key.id)


def test_a_secret_before_does_not_outlast_its_key(store: Store, acme: Tenant, acme_manager: Actor):
    soon = utc_now() + timedelta(minutes=5)
    first = issue_key(store, acme_manager, acme, ["score"], expires_at=soon)
    rotate_key(store, acme_manager, acme, first.key.id, overlap=timedelta(hours=1))
    assert verify_secret(store, first.secret).ends_at == soon


@pytest.mark.parametrize(("days", "soon"), [(-1, False), (1, True), (14, True), (15, False)])
def test_a_key_that_ends_within_two_weeks_says_so(
    store: Store, acme: Tenant, acme_manager: Actor, days: int, soon: bool
):
    now = utc_now()
    ends_at = now + timedelta(days=days)
    key = issue_key(store, acme_manager, acme, ["score"], expires_at=ends_at).key
    assert key.ends_soon(now) is soon


def test_keys_are_the_own_tenants_alone(
    store: Store, acme: Tenant, acme_manager: Actor, globex: Tenant, globex_manager: Actor
):
    issued = issue_key(store, acme_manager, acme, ["score"])
    assert list_keys(store, globex_manager, globex) == []
    for tenant in (acme, globex):
        with pytest.raises(NotFound):
            revoke_key(store, globex_manager, tenant, issued.key.id)
    with pytest.raises(NotFound):
        issue_key(store, globex_manager, acme, ["score"])


@pytest.mark.parametrize("scopes", [[], ["all"], ["score", "root"]])
def test_a_key_has_known_scopes(store: Store, acme: Tenant, acme_manager: Actor, scopes: list[str]):
    with pytest.raises(InvalidRequest, match="admin, feed, read, score"):
        issue_key(store, acme_manager, acme, scopes)


def key_actor(
    store: Store, manager: Actor, tenant: Tenant, *scopes: str, ends_at: datetime | None = None
) -> Actor:
    """Return the actor of a new key."""
    return verify_secret(
        store, issue_key(store, manager, tenant, scopes, expires_at=ends_at).secret
    ).actor


def test_a_key_that_may_admin_makes_lists_and_ends_keys(
    store: Store, acme: Tenant, acme_manager: Actor
):
    admin = key_actor(store, acme_manager, acme, "admin")
    made = issue_key(store, admin, acme, ["score", "feed"])
    assert made.key.id in [key.id for key in list_keys(store, admin, acme)]
    assert rotate_key(store, admin, acme, made.key.id).key.id == made.key.id
    assert revoke_key(store, admin, acme, made.key.id).revoked_at is not None


@pytest.mark.parametrize("scope", ["score", "feed", "read"])
def test_a_key_without_admin_does_nothing_with_keys(
    store: Store, acme: Tenant, acme_manager: Actor, scope: str
):
    key = key_actor(store, acme_manager, acme, scope)
    for attempt in (
        lambda: issue_key(store, key, acme, [scope]),
        lambda: list_keys(store, key, acme),
        lambda: rotate_key(store, key, acme, key.id),
        lambda: revoke_key(store, key, acme, key.id),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_a_key_gives_nothing_that_outlasts_it(store: Store, acme: Tenant, acme_manager: Actor):
    week = utc_now() + timedelta(days=7)
    admin = key_actor(store, acme_manager, acme, "admin", ends_at=week)
    assert issue_key(store, admin, acme, ["score"], expires_at=week).key.expires_at == week
    for longer in (None, week + timedelta(seconds=1)):
        with pytest.raises(NotAllowed):
            issue_key(store, admin, acme, ["score"], expires_at=longer)
    eternal = issue_key(store, acme_manager, acme, ["score"]).key
    with pytest.raises(NotAllowed):
        rotate_key(store, admin, acme, eternal.id)


def test_a_key_that_was_just_revoked_makes_no_other(
    store: Store, acme: Tenant, acme_manager: Actor
):
    admin = key_actor(store, acme_manager, acme, "admin")
    revoke_key(store, acme_manager, acme, admin.id)
    with pytest.raises(NotAllowed):
        issue_key(store, admin, acme, ["score"])

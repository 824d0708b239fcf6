"""API keys: shown once, stored hashed, scoped, ended by time or by hand."""

from datetime import timedelta

import pytest

from foundation.clock import utc_now
from foundation.errors import InvalidRequest, NotAllowed, NotFound, NotSignedIn
from tenancy.actor import Actor
from tenancy.api_keys import actor_for_key, issue_key, list_keys, revoke_key
from tenancy.store import Store
from tenancy.tables import ApiKeyRow
from tenancy.tenant import Tenant


def test_a_key_acts_for_its_tenant_with_its_scopes(store: Store, acme: Tenant, acme_manager: Actor):
    issued = issue_key(store, acme_manager, acme, ["score", "read"], name="web")
    assert actor_for_key(store, issued.secret) == Actor(
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
            actor_for_key(store, secret)
        assert refusal.value.key == "tenancy.wrong_key"
    assert actor_for_key(store, good.secret).id == good.key.id


def test_use_is_noted_and_revoking_twice_changes_nothing(
    store: Store, acme: Tenant, acme_manager: Actor
):
    issued = issue_key(store, acme_manager, acme, ["score"])
    assert issued.key.used_at is None
    actor_for_key(store, issued.secret)
    assert list_keys(store, acme_manager, acme)[0].used_at is not None
    first = revoke_key(store, acme_manager, acme, issued.key.id)
    assert revoke_key(store, acme_manager, acme, issued.key.id) == first


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


def test_a_key_issues_no_keys(store: Store, acme: Tenant):
    key = Actor("k", "key", "acme", frozenset({"admin"}))
    with pytest.raises(NotAllowed):
        issue_key(store, key, acme, ["admin"])

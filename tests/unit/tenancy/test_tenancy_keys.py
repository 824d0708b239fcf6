"""Keys: made once on purpose, wrapped, rotatable; a wrong master key never becomes a new one."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from foundation.errors import InvalidRequest, MissingKey, NotFound, OperatorError
from foundation.settings import Settings
from tenancy.actor import Actor
from tenancy.audit import entries
from tenancy.envelope import version_of
from tenancy.keys import REMEMBERED_SECONDS, Keyring, TenantKeys
from tenancy.store import Store
from tenancy.tables import KeyCheckRow, TenantKeyRow
from tenancy.tenant import Tenant
from tests.timing import seconds_of


@pytest.fixture
def settings(tmp_path: Path, store_url: str) -> Settings:
    return replace(Settings.at(tmp_path / "data"), store_url=store_url)


@pytest.fixture
def ring(settings: Settings, store: Store) -> Keyring:
    ring = Keyring(settings, store)
    ring.create_master()
    return ring


@pytest.fixture
def keys(ring: Keyring, acme: Tenant) -> TenantKeys:
    return ring.of(acme)


def wrapped(store: Store) -> list[bytes]:
    with store.reading() as session:
        return [row.wrapped for row in session.scalars(select(TenantKeyRow))]


def test_the_master_key_lies_outside_and_is_the_owners_alone(settings: Settings, ring: Keyring):
    file = settings.master_key_file
    assert not file.is_relative_to(settings.data_dir)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [f.name for f in file.parent.iterdir()] == ["master.key"]


def test_no_key_is_made_unasked(settings: Settings, store: Store, acme: Tenant):
    with pytest.raises(MissingKey, match="master key is absent"):
        Keyring(settings, store).of(acme)
    assert not settings.master_key_file.exists()
    assert wrapped(store) == []


def test_a_master_key_is_never_replaced(settings: Settings, store: Store, ring: Keyring):
    before = settings.master_key_file.read_bytes()
    with pytest.raises(InvalidRequest):
        ring.create_master()
    assert settings.master_key_file.read_bytes() == before


def test_an_existing_file_is_kept_when_the_store_is_new(settings: Settings, store: Store):
    settings.master_key_file.parent.mkdir()
    settings.master_key_file.write_bytes(b"mine")
    with pytest.raises(InvalidRequest, match="Nothing was changed"):
        Keyring(settings, store).create_master()
    assert settings.master_key_file.read_bytes() == b"mine"


def test_a_lost_master_key_is_a_refusal_and_no_new_one(
    settings: Settings, store: Store, keys: TenantKeys, acme: Tenant
):
    settings.master_key_file.unlink()
    lost = Keyring(settings, store)
    with pytest.raises(MissingKey, match="Restore it from your backup"):
        lost.of(acme)
    with pytest.raises(InvalidRequest, match="already uses a master key"):
        lost.create_master()
    assert not settings.master_key_file.exists()


def another_master(settings: Settings, folder: Path) -> Settings:
    store = Store(f"sqlite:///{folder / 'another.db'}")
    store.upgrade()
    other = replace(settings, master_key_file=folder / "other" / "master.key")
    Keyring(other, store).create_master()
    store.close()
    return other


def test_another_master_key_is_told_from_the_right_one(
    settings: Settings, store: Store, keys: TenantKeys, acme: Tenant, tmp_path: Path
):
    before = wrapped(store)
    with pytest.raises(MissingKey, match="not the one that protects"):
        Keyring(another_master(settings, tmp_path), store).of(acme)
    assert wrapped(store) == before


def test_another_master_key_opens_nothing_also_where_the_check_value_is_gone(
    settings: Settings, store: Store, keys: TenantKeys, acme: Tenant, tmp_path: Path
):
    with store.session() as session:
        session.delete(session.get_one(KeyCheckRow, 1))
    with pytest.raises(MissingKey, match="not the one that protects"):
        Keyring(another_master(settings, tmp_path), store).of(acme)


@pytest.mark.parametrize(
    "content", ["", "abcall-master-1:", "abcall-master-1:####", "abcall-master-1:AAAA", "ñ", "AAAA"]
)
def test_a_file_that_is_no_key_is_refused(
    settings: Settings, store: Store, acme: Tenant, content: str
):
    settings.master_key_file.parent.mkdir()
    settings.master_key_file.write_text(content)
    with pytest.raises(MissingKey, match="holds no master key"):
        Keyring(settings, store).of(acme)


def test_a_second_process_reads_what_the_first_wrote(
    settings: Settings, store: Store, keys: TenantKeys, acme: Tenant
):
    again = Keyring(settings, store).of(acme)
    assert again.decrypt(keys.encrypt(b"x", b"c"), b"c") == b"x"
    assert again.token_key == keys.token_key
    assert len(keys.token_key) == 32


def test_tenants_have_keys_of_their_own(ring: Keyring, keys: TenantKeys, globex: Tenant):
    other = ring.of(globex)
    assert other.token_key != keys.token_key
    with pytest.raises(OperatorError, match="cannot be opened"):
        other.decrypt(keys.encrypt(b"x", b"c"), b"c")


def test_a_wrapped_key_moved_to_another_tenant_does_not_open(
    settings: Settings, store: Store, ring: Keyring, keys: TenantKeys, globex: Tenant
):
    ring.of(globex)
    with store.session() as session:
        source = session.get_one(TenantKeyRow, ("globex", "data", 1))
        session.get_one(TenantKeyRow, ("acme", "data", 1)).wrapped = source.wrapped
    ring = Keyring(settings, store)
    with pytest.raises(MissingKey, match=r"acme.*damaged"):
        ring.of(Tenant("acme", "Acme", "telecom"))


def test_rotation_encrypts_anew_and_opens_the_old(
    store: Store, staff: Actor, keys: TenantKeys, acme: Tenant
):
    old, token_key = keys.encrypt(b"old", b"c"), keys.token_key
    assert keys.rotate(staff) == 2
    new = keys.encrypt(b"new", b"c")
    assert (version_of(old), version_of(new)) == (1, 2)
    assert keys.decrypt_many([old, new], b"c") == [b"old", b"new"]
    assert keys.token_key == token_key
    assert entries(store, acme)[0].details == {"version": 2}


def test_keys_opened_before_a_rotation_elsewhere_read_its_values(
    settings: Settings, store: Store, staff: Actor, keys: TenantKeys, acme: Tenant
):
    elsewhere = Keyring(settings, store).of(acme)
    elsewhere.rotate(staff)
    assert keys.decrypt(elsewhere.encrypt(b"x", b"c"), b"c") == b"x"


def test_opened_keys_are_remembered_for_seconds(
    settings: Settings, store: Store, ring: Keyring, staff: Actor, acme: Tenant
):
    now = [100.0]
    ring = Keyring(settings, store, clock=lambda: now[0])
    opened = ring.of(acme)
    Keyring(settings, store).of(acme).rotate(staff)
    assert (ring.of(acme), ring.of(acme).version) == (opened, 1)
    now[0] += REMEMBERED_SECONDS
    assert ring.of(acme).version == 2, "what another process rotated holds within seconds"
    ring.of(acme).rotate(staff)
    assert ring.of(acme).version == 3, "and what this one rotated at once"


def test_destroyed_keys_are_gone_at_once_here_and_within_seconds_elsewhere(
    settings: Settings, store: Store, ring: Keyring, acme: Tenant
):
    now = [100.0]
    elsewhere = Keyring(settings, store, clock=lambda: now[0])
    elsewhere.of(acme), ring.of(acme)
    assert ring.destroy(acme) == 2
    with pytest.raises(NotFound):
        ring.of(acme)
    now[0] += REMEMBERED_SECONDS
    with pytest.raises(NotFound):
        elsewhere.of(acme)


def test_no_key_lies_open_in_the_store(settings: Settings, store: Store, keys: TenantKeys):
    master = settings.master_key_file.read_text().strip().partition(":")[2]
    stored = repr(wrapped(store)).encode() + b"".join(wrapped(store))
    assert keys.token_key not in stored
    assert master.encode() not in stored


def test_seven_thousand_rows_take_less_than_half_a_second(keys: TenantKeys):
    rows = [b"x" * 200] * 7_000
    assert keys.decrypt_many(keys.encrypt_many(rows, b"c"), b"c") == rows
    assert seconds_of(lambda: keys.decrypt_many(keys.encrypt_many(rows, b"c"), b"c")) < 0.5

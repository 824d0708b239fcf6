"""The tenants' keys: data keys by version for encryption, and one stable key for tokens.

Each is 32 random bytes, wrapped by the master key and stored in ``tenant_keys``. Rotation adds a
version: new values use it, old ones still open. The token key never changes, or the same person
would get another token.
"""

import hmac
import time
from collections.abc import Callable, Sequence
from functools import cached_property

from cryptography.exceptions import InvalidTag
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from foundation.clock import utc_now
from foundation.errors import MissingKey
from foundation.settings import Settings
from tenancy.actor import Actor
from tenancy.anchors import Anchor, holds, make_anchor
from tenancy.audit import record_in
from tenancy.envelope import (
    DataKey,
    decrypt_batch,
    encrypt_batch,
    new_secret,
    unwrap,
    version_of,
    wrap,
)
from tenancy.master import check_master, create_master_file, read_master
from tenancy.store import Store, insert_if_absent
from tenancy.tables import TenantKeyRow
from tenancy.tenant import Tenant
from tenancy.tenant_end import destroy_keys
from tenancy.tenants import require_there

DATA, TOKEN = "data", "token"
_OF_TENANT = select(TenantKeyRow.purpose, TenantKeyRow.version, TenantKeyRow.wrapped).where(
    TenantKeyRow.tenant_id == bindparam("tenant")
)
REMEMBERED_SECONDS = 3.0
"""What is rotated or destroyed by another process takes hold within them, here at once."""


class Keyring:
    """The way to every tenant's keys, opened by the master key on first use.

    Keys that were opened are remembered for ``REMEMBERED_SECONDS``.
    """

    def __init__(
        self, settings: Settings, store: Store, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._file = settings.master_key_file
        self._store, self._clock = store, clock
        self._known: dict[str, tuple[float, TenantKeys]] = {}

    def create_master(self) -> None:
        """Create the master key's file; ``InvalidRequest`` where one exists or is in use."""
        create_master_file(self._file, self._store)

    @property
    def has_master(self) -> bool:
        """Whether the master key's file exists (``of`` tells whether it is the right one)."""
        return self._file.exists()

    def anchor(self) -> Anchor:
        """Return an anchor of the audit chain as it stands."""
        return make_anchor(self._store, self._master)

    def holds(self, anchor: Anchor) -> bool:
        """Say whether the audit chain still holds what an anchor names."""
        return holds(self._store, anchor, self._master)

    @cached_property
    def _master(self) -> bytes:
        master = read_master(self._file)
        check_master(self._store, master, self._file)
        return master

    def of(self, tenant: Tenant) -> "TenantKeys":
        """Return the tenant's keys; its first ones are made here, once.

        Raises
        ------
        MissingKey
            The master key is absent, or is not the one that wrapped the tenants' keys.
        """
        until, known = self._known.get(tenant.id, (0.0, None))
        if known is None or until <= self._clock():
            known = TenantKeys(self._store, tenant, self._master)
            self._known[tenant.id] = self._clock() + REMEMBERED_SECONDS, known
        return known

    def destroy(self, tenant: Tenant) -> int:
        """Destroy a tenant's keys for good; see ``tenant_end.destroy_keys``."""
        gone = destroy_keys(self._store, tenant)
        self._known.pop(tenant.id, None)
        return gone


class TenantKeys:
    """One tenant's keys, in memory; safe to share between threads."""

    def __init__(self, store: Store, tenant: Tenant, master: bytes) -> None:
        self._store, self._tenant, self._master = store, tenant, master
        self._secrets = self._load() or self._make_first()

    @property
    def token_key(self) -> bytes:
        """The 32 bytes that turn an identifier into a token; stable for good."""
        return self._secrets[TOKEN, 1]

    def mark(self, what: str, name: str) -> str:
        """Return a keyed hash, 64 hex digits: it recognises a token or id and tells neither.

        Parameters
        ----------
        what
            Kind of thing, so that equal names of different things have different marks.
        """
        return hmac.digest(self.token_key, f"mark:{what}:{name}".encode(), "sha256").hex()

    @property
    def version(self) -> int:
        """Version of the data key that new values are encrypted with."""
        return max(version for purpose, version in self._secrets if purpose == DATA)

    def encrypt(self, data: bytes, context: bytes) -> bytes:
        """Encrypt one value; ``context`` must be given again to decrypt it."""
        return self.encrypt_many([data], context)[0]

    def decrypt(self, sealed: bytes, context: bytes) -> bytes:
        """Decrypt one value; ``OperatorError`` where it or its context was changed."""
        return self.decrypt_many([sealed], context)[0]

    def encrypt_many(
        self, data: Sequence[bytes], context: bytes, places: Sequence[int] | None = None
    ) -> list[bytes]:
        """Encrypt many values of one context at a few microseconds each, in order.

        Parameters
        ----------
        places
            A number for each value, none twice (its row's): it opens at that place alone.
        """
        version = self.version
        key = DataKey(version, self._secrets[DATA, version])
        return encrypt_batch(key, self._tenant.id, data, context, places)

    def decrypt_many(
        self, sealed: Sequence[bytes], context: bytes, places: Sequence[int] | None = None
    ) -> list[bytes]:
        """Decrypt many values of one context, in order; fastest where batches lie together."""
        if any((DATA, version) not in self._secrets for version in _versions(sealed)):
            self._secrets = self._load()
        keys = {v: secret for (purpose, v), secret in self._secrets.items() if purpose == DATA}
        return decrypt_batch(keys, self._tenant.id, sealed, context, places)

    def rotate(self, actor: Actor) -> int:
        """Add a data key and use it from now on; returns its version. Old values still open.

        A process that holds these keys already goes on with its version until it opens them anew.
        """
        with self._store.session() as session:
            version = self._newest(session) + 1
            session.add(TenantKeyRow(**self._row(DATA, version)))
            session.flush()
            details = {"version": version}
            record_in(
                session, actor, "key.rotated", self._tenant.id, self._tenant.id, details=details
            )
        self._secrets = self._load()
        return version

    def _newest(self, session: Session) -> int:
        query = (
            select(TenantKeyRow)
            .where(TenantKeyRow.tenant_id == self._tenant.id, TenantKeyRow.purpose == DATA)
            .order_by(TenantKeyRow.version)
            .with_for_update()
        )
        return max(row.version for row in session.scalars(query))

    def _load(self) -> dict[tuple[str, int], bytes]:
        with self._store.asking() as connection:
            rows = connection.execute(_OF_TENANT, {"tenant": self._tenant.id}).all()
        return {(purpose, n): self._open(purpose, n, wrapped) for purpose, n, wrapped in rows}

    def _make_first(self) -> dict[tuple[str, int], bytes]:
        with self._store.session() as session:
            # An erased tenant's keys were destroyed: none are made in their place.
            require_there(session, self._tenant)
            for purpose in (DATA, TOKEN):
                insert_if_absent(session, TenantKeyRow, **self._row(purpose, 1))
        return self._load()

    def _row(self, purpose: str, version: int) -> dict[str, object]:
        name = _name(self._tenant.id, purpose, version)
        return {
            "tenant_id": self._tenant.id,
            "purpose": purpose,
            "version": version,
            "wrapped": wrap(self._master, new_secret(), name),
            "created_at": utc_now(),
        }

    def _open(self, purpose: str, version: int, wrapped: bytes) -> bytes:
        tenant_id = self._tenant.id
        try:
            return unwrap(self._master, wrapped, _name(tenant_id, purpose, version))
        except InvalidTag as error:
            raise MissingKey("tenancy.tenant_key_damaged", tenant=tenant_id) from error


def _versions(sealed: Sequence[bytes]) -> set[int]:
    """Return the key versions that values name, one look a batch (a damaged value has none)."""
    heads = {value[:5] for value in sealed if len(value) > 25}
    return {version_of(head + bytes(20)) for head in heads}


def _name(tenant_id: str, purpose: str, version: int) -> str:
    return f"{tenant_id}/{purpose}/{version}"

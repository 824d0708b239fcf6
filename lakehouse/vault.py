"""Names, phones and addresses: the one table that can say who a token is.

Grain of ``vault.person``: one row a person token. The payload is JSON, sealed with the tenant's
key and bound to its token, so that no row can pass for another's. Read by role, and audited.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from foundation.clock import utc_now
from foundation.errors import NotFound, OperatorError
from foundation.spelling import well_formed
from lakehouse.arrow_types import UTC_MICROSECONDS
from lakehouse.commits import Commit, Committed

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.keys import TenantKeys
    from tenancy.tenant import Tenant

READERS = ("privacy_officer", "manager", "read")
"""Roles of persons; and the scope of a key, by which a company's own systems come."""

CONTEXT = b"vault.person"
SCHEMA = pa.schema(
    [
        ("person_token", pa.string()),
        ("payload", pa.binary()),
        ("updated_at", UTC_MICROSECONDS),
        ("upload_id", pa.string()),
    ]
)


class Vault:
    """The encrypted personal data of a lake's tenants."""

    def __init__(self, lake: "Lake") -> None:
        self._lake = lake

    def save(
        self,
        tenant: "Tenant",
        persons: pa.Table,
        upload_id: str,
        commit: Commit | None = None,
    ) -> Committed:
        """Keep persons' data: the columns given replace what was there, the others stay.

        Parameters
        ----------
        persons
            ``person_token``, each once, and the personal columns (full_name, phone …) as
            strings in the clear.
        upload_id
            The upload they came with; gives the commit its id unless ``commit`` is given.
        """
        ref = self._lake.ref(tenant, "vault", "person")
        commit = commit or Commit(f"{upload_id}:vault")
        # Two tables' uploads may bring the same person at once: each must see the other's columns.
        with self._lake.lease(f"vault:{tenant.id}"):
            rows = self._sealed(tenant, persons, upload_id)
            return self._lake.writer.merge(ref, rows, ["person_token"], commit)

    def take_in(self, tenant: "Tenant", other: "Vault", upload_id: str, commit: Commit) -> None:
        """Keep what another vault of the same tenant knows and this one does not.

        A value that is here stays: another table's upload may have brought a newer one.
        """
        there = other._open(tenant, None)
        here = self._open(tenant, list(there))
        persons = [
            {"person_token": token, **values, **here.get(token, {})}
            for token, values in there.items()
            if values.keys() - here.get(token, {}).keys()
        ]
        if persons:
            names = list(dict.fromkeys(name for person in persons for name in person))
            columns = [pa.array([p.get(name) for p in persons], pa.string()) for name in names]
            self.save(tenant, pa.table(columns, names=names), upload_id, commit)

    def read(
        self, tenant: "Tenant", actor: "Actor", tokens: Sequence[str]
    ) -> dict[str, dict[str, str | None]]:
        """Return personal data by token, for those tokens that the tenant has.

        Raises
        ------
        NotFound
            The actor belongs to another tenant.
        NotAllowed
            The actor is neither privacy officer nor manager, nor a key that may read.
        """
        self._note(tenant, actor, tokens)
        return self._open(tenant, [*map(well_formed, tokens)])

    def _note(self, tenant: "Tenant", actor: "Actor", tokens: Sequence[str]) -> None:
        """Write down who reads, before anything is shown: there is no reading without its entry."""
        from tenancy.audit import record

        self._require_reader(tenant, actor)
        details = {"asked": len(tokens)}
        record(self._lake.store, actor, "vault.read", tenant.id, "vault.person", details=details)

    def sealed(
        self, tenant: "Tenant"
    ) -> Iterator[tuple[list[str], list[bytes], list[dict[str, str | None]]]]:
        """Yield tokens, payloads as they lie, and what they say, some persons at a time.

        For what is derived from the vault and keeps the payloads; it shows them to nobody.
        """
        keys, ref = self._lake.keys.of(tenant), self._lake.ref(tenant, "vault", "person")
        for batch in self._lake.batches(ref, ["person_token", "payload"]):
            tokens, payloads = (column.to_pylist() for column in batch.columns)
            opened = keys.decrypt_many(payloads, CONTEXT)
            yield tokens, payloads, [*map(_values, tokens, opened)]

    def known(self, tenant: "Tenant", tokens: Collection[str]) -> dict[str, dict[str, str | None]]:
        """Return personal data by token, for who erases what was made of it; shown to nobody."""
        ref = self._lake.ref(tenant, "vault", "person")
        return self._open(tenant, sorted(tokens)) if self._lake.exists(ref) else {}

    def opened(
        self, tenant: "Tenant", actor: "Actor", payloads: Mapping[str, bytes], keys: "TenantKeys"
    ) -> dict[str, dict[str, str | None]]:
        """Return what payloads say, by token, that a derived store handed out.

        Whoever asks sees to the audit (``serving.caller.note_person_read``).

        Raises
        ------
        NotFound
            The actor belongs to another tenant.
        NotAllowed
            The actor is neither privacy officer nor manager, nor a key that may read.
        """
        self._require_reader(tenant, actor)
        opened = keys.decrypt_many(list(payloads.values()), CONTEXT)
        return {token: _values(token, one) for token, one in zip(payloads, opened, strict=True)}

    def _sealed(self, tenant: "Tenant", persons: pa.Table, upload_id: str) -> pa.Table:
        records = persons.to_pylist()
        tokens = [record.pop("person_token") for record in records]
        known = self._open(tenant, tokens)
        payloads = [
            json.dumps(
                {"token": token, "values": {**known.get(token, {}), **values}}, ensure_ascii=False
            ).encode()
            for token, values in zip(tokens, records, strict=True)
        ]
        return pa.table(
            [
                pa.array(tokens, pa.string()),
                pa.array(self._lake.keys.of(tenant).encrypt_many(payloads, CONTEXT), pa.binary()),
                pa.array([utc_now()] * len(tokens), UTC_MICROSECONDS),
                pa.array([upload_id] * len(tokens), pa.string()),
            ],
            schema=SCHEMA,
        )

    def _open(
        self, tenant: "Tenant", tokens: Sequence[str] | None
    ) -> dict[str, dict[str, str | None]]:
        """Return the data of some tokens; of all where ``tokens`` is None."""
        known = None if tokens is None else pa.array(list(tokens), pa.string())
        rows = self._lake.arrow(
            self._lake.ref(tenant, "vault", "person"),
            columns=["person_token", "payload"],
            where=None if known is None else pc.field("person_token").isin(known),
        )
        opened = self._lake.keys.of(tenant).decrypt_many(rows["payload"].to_pylist(), CONTEXT)
        pairs = zip(rows["person_token"].to_pylist(), opened, strict=True)
        return {token: _values(token, payload) for token, payload in pairs}

    @staticmethod
    def _require_reader(tenant: "Tenant", actor: "Actor") -> None:
        if not actor.enters_any_tenant and actor.tenant_id != tenant.id:
            raise NotFound("lakehouse.no_person")
        actor.require(*READERS)


def _values(token: str, payload: bytes) -> dict[str, str | None]:
    person = json.loads(payload)
    if person["token"] != token:
        raise OperatorError("lakehouse.damaged_vault", token=token)
    values: dict[str, str | None] = person["values"]
    return values

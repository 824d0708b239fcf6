"""A change of one row, as a room of the platform asks for it: checked, and sealed for the store."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from data_contracts.contract import Contract, Table
from foundation.errors import InvalidRequest
from ingestion.mapping import table_of
from ingestion.tokens import token
from tenancy.columns import is_storable
from tenancy.outbox import SealedChange

if TYPE_CHECKING:
    from tenancy.keys import TenantKeys

Scalar = str | int | float | bool | None
Operation = Literal["upsert", "delete"]
LONGEST_EVENT_ID = 200


@dataclass(frozen=True)
class Change:
    """One row to insert, update or delete.

    Columns that ``row`` does not name keep their earlier values; one that it names with None is
    emptied.

    Attributes
    ----------
    event_id
        Names the change at its tenant: one that came before changes nothing.
    row
        Contract column → JSON's scalar, as it came.
    person_token
        Whose row it is, so that erasure finds it while it waits; None where nobody's.
    aside
        What the row says under names that the contract does not know: kept as in a file.
    rejected
        The contract does not admit it, and who sent it was told: it goes to quarantine, for which
        it needs no key.
    """

    event_id: str
    table: str
    row: Mapping[str, Scalar]
    operation: Operation = "upsert"
    person_token: str | None = None
    aside: Mapping[str, str | None] = field(default_factory=dict)
    rejected: bool = False


def sealed(
    change: Change, contract: Contract, keys: "TenantKeys", put_at: datetime
) -> SealedChange:
    """Return a change as the store keeps it.

    Parameters
    ----------
    put_at
        Since when a version of a customer holds that does not say so itself: the lake hears of it
        later.

    Raises
    ------
    NotFound
        The contract has no such table.
    InvalidRequest
        A column is unknown or holds no scalar, the key is missing, the event's name is none, or
        rows of the table cannot be deleted.
    """
    table = table_of(contract, change.table)
    _check(change, table)
    row = dict(change.row)
    since = table.by_role("effective_time")
    if table.history and since and row.get(since[0].name) is None:
        row[since[0].name] = put_at.isoformat()
    return SealedChange(
        event_id=change.event_id,
        table=table.name,
        shape=f"{change.operation}:{','.join(sorted(row))}",
        key_mark=keys.mark("outbox key", _key_of(change, table, keys)),
        person_token=change.person_token,
        sealed=keys.encrypt(
            json.dumps({**change.aside, **row}, allow_nan=False).encode(), _context(change)
        ),
    )


def opened(change: SealedChange, keys: "TenantKeys") -> dict[str, Scalar]:
    """Return the row of a change, with what it says besides."""
    row: dict[str, Scalar] = json.loads(keys.decrypt(change.sealed, _context(change)))
    return row


def operation_of(shape: str) -> Operation:
    """Return what a shape asks for."""
    return "delete" if shape.startswith("delete:") else "upsert"


def _context(change: Change | SealedChange) -> bytes:
    return f"outbox/{change.table}/{change.event_id}".encode()


def _check(change: Change, table: Table) -> None:
    named = change.event_id.strip() and is_storable(change.event_id)
    if not named or len(change.event_id) > LONGEST_EVENT_ID:
        raise InvalidRequest("outbox.bad_event_id", limit=LONGEST_EVENT_ID)
    if change.operation == "delete" and "changes" not in table.upload_kinds:
        raise InvalidRequest("outbox.no_delete", table=table.label)
    known = {column.name for column in table.columns if column.role != "operation"}
    for name, value in change.row.items():
        if name not in known:
            raise InvalidRequest("outbox.unknown_column", column=repr(name), table=table.label)
        if not isinstance(value, Scalar) or (isinstance(value, float) and not _finite(value)):
            raise InvalidRequest("outbox.no_scalar", column=name, table=table.label)
        if isinstance(value, str) and not is_storable(value):
            raise InvalidRequest("outbox.no_text", column=name, table=table.label)
    for column in table.keys:
        if not change.rejected and change.row.get(column.name) in (None, ""):
            raise InvalidRequest("outbox.no_key", column=column.name, table=table.label)


def _finite(value: float) -> bool:
    return value - value == 0


def _key_of(change: Change, table: Table, keys: "TenantKeys") -> str:
    row = change.row
    if any(row.get(column.name) in (None, "") for column in table.keys):
        return change.event_id
    parts = (
        token(str(row[c.name]), keys.token_key, c.canonical)
        if c.classification == "identifier"
        else str(row[c.name]).strip()
        for c in table.keys
    )
    return json.dumps([table.name, *parts])

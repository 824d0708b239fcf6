"""A call that is over, as a row of the contract's table: the columns that the contract has."""

from datetime import UTC, datetime
from hashlib import sha256

from data_contracts.contract import Contract
from ingestion.schema import entity_of
from operations.calls.state import CallState
from operations.outbox.changes import Scalar

LONGEST_ID = 64


def row_of(
    contract: Contract, call_key: str, call: CallState, named: dict[str, str]
) -> dict[str, Scalar]:
    """Return a call's row: every column that the contract has → JSON scalar, or None.

    Parameters
    ----------
    named
        Who: ``customer_id`` and ``agent_id`` in the clear; the row is sealed where it goes.
    """
    table = contract.table("calls")
    entity, (began,) = entity_of(table), table.by_role("event_time")
    values: dict[str, Scalar] = {
        table.keys[0].name: contract_id(call_key),
        began.name: _moment(call.started_at),
        "direction": call.direction,
        "queue": call.queue,
        "product": call.product,
        "wait_seconds": call.wait_seconds,
        "answered": call.answered_at is not None,
        "talk_seconds": call.talk_seconds,
        "hold_seconds": call.hold_seconds,
        "after_call_seconds": call.after_call_seconds,
        "agent_id": named.get("agent_id"),
        "transferred": call.transferred,
    }
    if entity is not None:
        values[entity.name] = named.get("customer_id")
    known = {column.name for column in table.columns}
    return {name: value for name, value in values.items() if name in known}


def contract_id(call_key: str) -> str:
    """Return a call's id in the contract's table: with its source where it has one.

    >>> contract_id("/L-1"), contract_id("pbx-norte/1700000000.12")
    ('L-1', 'pbx-norte/1700000000.12')
    """
    name = call_key.removeprefix("/")
    return name if len(name) <= LONGEST_ID else sha256(call_key.encode()).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")

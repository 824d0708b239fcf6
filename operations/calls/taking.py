"""Calls as they happen: events stored once each, calls made of them, over ones sent to the lake.

One transaction stores the events, folds the calls that they touch, brings the counts of live
figures up to date and puts the rows of calls that are over into the outbox: all of it, or nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from data_contracts.contract import Canonical, Column, Contract
from foundation.clock import utc_now
from foundation.errors import AbcallError, InvalidRequest
from ingestion.schema import entity_of
from operations.calls.desk import SEALED, Desk
from operations.calls.event import IDENTIFIER, CallEvent, Reader
from operations.customers.known import OnlineCustomers
from tenancy.calls import KEPT, add_events, marks_of, one_at_a_time
from tenancy.tenants import require_there
from tenancy.tokens import token

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.keys import TenantKeys
    from tenancy.tenant import Tenant

Outcome = Literal["accepted", "duplicate", "rejected"]


@dataclass(frozen=True)
class Taken:
    """What became of one event; ``error`` says why it was rejected."""

    event_id: str | None
    outcome: Outcome
    error: AbcallError | None = None


def take_events(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    contract: Contract,
    given: Sequence[object],
) -> list[Taken]:
    """Take events in, in any order and as often as they come; one outcome each, in their order.

    Parameters
    ----------
    given
        As JSON gives them; see `operations.calls.event.FIELDS`.
    """
    now, keys = utc_now(), lake.keys.of(tenant)
    reader = Reader(contract, now, KEPT)
    read = [_read(reader, one) for one in given]
    events = [event for event in read if isinstance(event, CallEvent)]
    with lake.store.session() as session:
        require_there(session, tenant)
        one_at_a_time(session, tenant)
        marks = marks_of(session, tenant, [event.key for event in events])
        taken, new = _told_apart(given, read, keys, marks)
        add_events(session, _rows(new, tenant, contract, keys, now))
        desk = Desk(session, tenant, actor, contract, keys, OnlineCustomers(lake, tenant, keys))
        desk.refold({event.call_key for event in new.values()})
        desk.give_up(now - timedelta(hours=lake.settings.call_lost_hours), now)
    return taken


def _read(reader: Reader, given: object) -> CallEvent | AbcallError:
    try:
        return reader.read(given)
    except InvalidRequest as error:
        return error


def _told_apart(
    given: Sequence[object],
    read: Sequence[CallEvent | AbcallError],
    keys: "TenantKeys",
    stored: Mapping[str, str],
) -> tuple[list[Taken], dict[str, CallEvent]]:
    """Return what became of each, and those that are new, by mark."""
    taken: list[Taken] = []
    new: dict[str, CallEvent] = {}
    marks = dict(stored)
    for raw, event in zip(given, read, strict=True):
        if not isinstance(event, CallEvent):
            taken.append(Taken(_id_in(raw), "rejected", event))
            continue
        mark = keys.mark("call_event", _written(event))
        if event.key not in marks:
            marks[event.key] = mark
            new[mark] = event
            taken.append(Taken(event.event_id, "accepted"))
        elif marks[event.key] == mark:
            taken.append(Taken(event.event_id, "duplicate"))
        else:
            error = InvalidRequest("calls.id_taken")
            taken.append(Taken(event.event_id, "rejected", error))
    return taken, new


def _id_in(raw: object) -> str | None:
    """Return the id of what was rejected, if it has one that can be shown."""
    named = raw.get("event_id") if isinstance(raw, dict) else None
    return named if isinstance(named, str) and IDENTIFIER.fullmatch(named) else None


def _written(event: CallEvent) -> str:
    """Return all that an event says, in one way only."""
    parts = {**event.said, **event.named, "type": event.type, "at": event.at.isoformat()}
    return json.dumps([event.key, event.call_key, parts], sort_keys=True, ensure_ascii=False)


def _rows(
    new: Mapping[str, CallEvent],
    tenant: "Tenant",
    contract: Contract,
    keys: "TenantKeys",
    now: datetime,
) -> list[dict[str, Any]]:
    """Return the events as they are stored: who is named as tokens, and sealed."""
    named = [json.dumps([e.key, dict(e.named)]).encode() for e in new.values()]
    sealed = keys.encrypt_many(named, SEALED)
    rows = []
    for (mark, event), secret in zip(new.items(), sealed, strict=True):
        rows.append(
            {
                "tenant_id": tenant.id,
                "event_key": event.key,
                "call_key": event.call_key,
                "type": event.type,
                "at": event.at,
                "received_at": now,
                "said": dict(event.said),
                **_tokens(event.named, contract, keys),
                "sealed": secret if event.named else None,
                "mark": mark,
            }
        )
    return rows


def _tokens(
    named: Mapping[str, str], contract: Contract, keys: "TenantKeys"
) -> dict[str, str | None]:
    """Return the tokens that files give the same persons."""
    forms: dict[str, Canonical] = {"phone": "phone"}
    for name, column in (("customer_id", _customer(contract)), ("agent_id", _agent(contract))):
        forms[name] = "plain" if column is None else column.canonical
    tokens = {name: token(named[name], keys.token_key, forms[name]) for name in named}
    return {
        "person_token": tokens.get("customer_id"),
        "phone_token": tokens.get("phone"),
        "agent_token": tokens.get("agent_id"),
    }


def _customer(contract: Contract) -> Column | None:
    return entity_of(contract.table("calls"))


def _agent(contract: Contract) -> Column | None:
    columns = contract.table("calls").columns
    return next((column for column in columns if column.name == "agent_id"), None)


def give_up_lost(lake: "Lake", tenant: "Tenant", actor: "Actor", contract: Contract) -> int:
    """Close as unknown the calls whose end nobody told in time; returns how many.

    An event that comes later opens them again, or ends them.
    """
    now, keys = utc_now(), lake.keys.of(tenant)
    with lake.store.session() as session:
        one_at_a_time(session, tenant)
        desk = Desk(session, tenant, actor, contract, keys, OnlineCustomers(lake, tenant, keys))
        return desk.give_up(now - timedelta(hours=lake.settings.call_lost_hours), now)

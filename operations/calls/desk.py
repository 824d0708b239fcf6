"""Calls as the store keeps them, made anew of all their events, with what follows from it.

The counts of live figures go with them, and those that are over go into the outbox: a whole row
each time something of it changed.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from data_contracts.contract import Contract
from foundation.errors import OperatorError
from operations.calls.row import contract_id, row_of
from operations.calls.state import CallState, Happened, fold
from operations.customers.known import OnlineCustomers
from operations.outbox.drain import Change, put_in
from tenancy.calls import calls_of, events_of, note_changes, save_calls, silent_since
from tenancy.webhook_events import Value, publish

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from tenancy.actor import Actor
    from tenancy.keys import TenantKeys
    from tenancy.tenant import Tenant

SEALED = b"operations.calls.event"
ROW_FIELDS = (
    "direction",
    "queue",
    "product",
    "started_at",
    "answered_at",
    "wait_seconds",
    "talk_seconds",
    "hold_seconds",
    "after_call_seconds",
    "transferred",
    "person_token",
    "agent_token",
)
"""Of what the contract's row is made: where none of it changed, none is sent again."""


@dataclass(frozen=True, kw_only=True)
class Call(CallState):
    """A call as the store keeps it: its state, and what became of it besides.

    Attributes
    ----------
    lost_at
        When it was given up because nobody told its end.
    settled
        How often its row was sent to the lake.
    """

    call_key: str
    lost_at: datetime | None
    settled: int

    def columns(self, tenant: "Tenant") -> dict[str, Any]:
        """Return the row of ``calls``."""
        is_open = self.ended_at is None and self.lost_at is None
        own = {"tenant_id": tenant.id, "open": is_open, "doubts": list(self.doubts)}
        return {**vars(self), **own}


@dataclass(frozen=True)
class Desk:
    """Where a tenant's calls are made of their events, within one transaction."""

    session: "Session"
    tenant: "Tenant"
    actor: "Actor"
    contract: Contract
    keys: "TenantKeys"
    customers: OnlineCustomers

    def refold(self, call_keys: Collection[str], lost_at: datetime | None = None) -> None:
        """Make calls anew of all their events, with all that follows from it.

        Parameters
        ----------
        lost_at
            When those that are still open were given up; None: they go on.
        """
        if not call_keys:
            return
        before = calls_of(self.session, self.tenant, call_keys)
        events = _by_call(events_of(self.session, self.tenant, call_keys))
        states = {key: fold(map(_happened, rows)) for key, rows in events.items()}
        after = {
            key: self._call(key, state, before.get(key), lost_at) for key, state in states.items()
        }
        save_calls(self.session, [call.columns(self.tenant) for call in after.values()])
        pairs = [(before.get(key), call) for key, call in after.items()]
        note_changes(self.session, self.tenant, pairs)
        over = [key for key, call in after.items() if _is_news(before.get(key), call)]
        changes = [self._change(after[key], events[key]) for key in over]
        contract, keys = self.contract, self.keys
        put_in(self.session, self.tenant, self.actor, changes, contract=contract, keys=keys)
        for key in over:
            if (known := before.get(key)) is None or known.ended_at is None:
                self._tell_ended(after[key])

    def give_up(self, silent_before: datetime, now: datetime) -> int:
        """Close as unknown what is open and silent since a time; returns how many calls."""
        silent = silent_since(self.session, self.tenant, silent_before)
        self.refold(silent, lost_at=now)
        return len(silent)

    def _call(
        self, key: str, state: CallState, before: "Row[Any] | None", lost_at: datetime | None
    ) -> Call:
        lost = lost_at if state.ended_at is None else None
        call = Call(
            **self._recognised(state, before),
            call_key=key,
            lost_at=lost,
            settled=0 if before is None else before.settled,
        )
        if lost:
            call = replace(call, status="unknown")
        return replace(call, settled=call.settled + 1) if _is_news(before, call) else call

    def _recognised(self, state: CallState, before: "Row[Any] | None") -> dict[str, Any]:
        """Return the state with who calls and what type they are, where the events do not say."""
        person, kind = state.person_token, state.customer_type
        if before is not None:
            person, kind = person or before.person_token, kind or before.customer_type
        if person is None and state.phone_token is not None:
            person = self.customers.by_phone(state.phone_token)
        if kind is None and person is not None:
            kind = self.customers.type_of(person)
        return vars(state) | {"person_token": person, "customer_type": kind}

    def _change(self, call: "Call", events: "list[Row[Any]]") -> Change:
        row = row_of(self.contract, call.call_key, call, self._named(call, events))
        return Change(
            event_id=f"call:{call.call_key}:{call.settled}",
            table="calls",
            row=row,
            person_token=call.person_token,
        )

    def _tell_ended(self, call: "Call") -> None:
        """Tell the tenant's systems of a call's end; what is learned of it later is not told."""
        ended_at = call.ended_at or call.started_at
        data: dict[str, Value] = {
            "call_id": contract_id(call.call_key),
            "outcome": call.status,
            "started_at": call.started_at.isoformat(),
            "ended_at": ended_at.isoformat(),
            "duration_seconds": int((ended_at - call.started_at).total_seconds()),
        }
        token = call.person_token
        publish(self.session, self.tenant, "call.ended", data, person_token=token)

    def _named(self, call: "Call", events: "list[Row[Any]]") -> dict[str, str]:
        """Open who the call's customer and agent are, as the exchange wrote them."""
        wanted = {"person_token": call.person_token, "agent_token": call.agent_token}
        saying = [
            row
            for row in events
            if row.sealed and any(t and getattr(row, name) == t for name, t in wanted.items())
        ]
        named: dict[str, str] = {}
        opened = self.keys.decrypt_many([row.sealed for row in saying], SEALED)
        for row, plain in zip(saying, opened, strict=True):
            key, who = json.loads(plain)
            if key != row.event_key:
                raise OperatorError("tenancy.sealed_damaged", tenant=self.tenant.id)
            if row.person_token == call.person_token:
                named["customer_id"] = who.get("customer_id")
            if row.agent_token == call.agent_token:
                named["agent_id"] = who.get("agent_id")
        return named


def _by_call(rows: "list[Row[Any]]") -> "dict[str, list[Row[Any]]]":
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.call_key, []).append(row)
    return found


def _happened(row: "Row[Any]") -> Happened:
    return Happened(
        row.event_key,
        row.type,
        row.at,
        row.said,
        row.person_token,
        row.phone_token,
        row.agent_token,
    )


def _is_news(before: "Row[Any] | None", call: Call) -> bool:
    """Say whether the lake must hear of a call: it is over, and not known there as it is."""
    if call.ended_at is None:
        return False
    if before is None or before.ended_at is None:
        return True
    return any(getattr(before, name) != getattr(call, name) for name in ROW_FIELDS)

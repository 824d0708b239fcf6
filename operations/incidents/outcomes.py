"""What became of an incident: closed, solved, escalated; a change of its row in the lake."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from data_contracts.contract import Contract
from foundation.clock import utc_now
from foundation.errors import InvalidRequest
from operations.incidents.events import tell_closed
from operations.incidents.intake import CLOCKS_DIFFER, LATER
from operations.incidents.moments import with_moments
from operations.incidents.registered import Registered, Registrar
from operations.incidents.sealed import Content, Json, answer_of, content_of, plain
from operations.incidents.values import shown, value_of
from operations.outbox.changes import Change, Scalar
from operations.outbox.drain import put_in
from tenancy.incident_tables import IncidentRow
from tenancy.incidents import StoredIncident, changing, stored_of

CLOSED, SOLVED = "closed_at", "solved"
Told = tuple[Content, list[Change]]
Act = Callable[[StoredIncident, Content, Json], Told]
"""Returns what an incident is to be, and the changes for the lake; none: nothing is new."""


def tell_outcome(
    registrar: Registrar, incident_id: str, given: Mapping[str, Any], place: str = "incident"
) -> Registered:
    """Store what became of an incident; the same again changes nothing.

    Parameters
    ----------
    given
        Columns of the contract that are known only later; None takes a value back.

    Raises
    ------
    NotFound
        The tenant registered none of this number.
    InvalidRequest
        A field is none of them, has no value that the contract allows, or is a moment before the
        incident was opened or that is still to come.
    """
    outcome = _outcome(registrar, given, place)

    def act(stored: StoredIncident, content: Content, _: Json) -> Told:
        _require_order(registrar.contract, stored, outcome, place)
        return with_outcome(registrar.contract, stored, content, outcome)

    return changed(registrar, incident_id, act)


def with_outcome(
    contract: Contract, stored: StoredIncident, content: Content, outcome: Mapping[str, Scalar]
) -> Told:
    """Return an incident with what became of it and when; whoever says solved says closed."""
    told = with_moments(contract, "incidents", outcome, content.outcome, stored.opened_at)
    if told.get(SOLVED) is True and CLOSED not in told and content.outcome.get(CLOSED) is None:
        told[CLOSED] = utc_now().isoformat()
    new = content.outcome | told
    if new == content.outcome:
        return content, []
    key = contract.table("incidents").keys[0].name
    row = {key: stored.incident_id, **told}
    change = Change(uuid4().hex, "incidents", row, person_token=stored.person_token)
    return replace(content, outcome=new), [change]


def changed(registrar: Registrar, incident_id: str, act: Act) -> Registered:
    """Change an incident and put the changes for the lake in, in one transaction."""
    keys, tenant = registrar.keys, registrar.tenant
    with changing(registrar.lake.store, tenant, incident_id) as (session, row):
        stored = stored_of(row)
        before, answer = content_of(stored, keys), answer_of(stored, keys)
        content, changes = act(stored, before, answer)
        if changes:
            row.revision += 1
            row.sealed = content.seal(keys, incident_id)
            _close(row, content.outcome.get(CLOSED))
            contract = registrar.contract
            put_in(session, tenant, registrar.actor, changes, contract=contract, keys=keys)
            if stored.closed_at is None and row.closed_at is not None:
                tell_closed(session, tenant, stored, content.outcome)
        return Registered(stored_of(row), content, answer, again=not changes)


def _require_order(
    contract: Contract, stored: StoredIncident, outcome: Mapping[str, Scalar], place: str
) -> None:
    """Refuse moments that cannot be: models learn how long things took."""
    latest = utc_now() + CLOCKS_DIFFER
    for column in contract.table("incidents").by_role("outcome_time"):
        told = outcome.get(column.name)
        if not isinstance(told, str):
            continue
        field, moment = f"{place}.{column.name}", datetime.fromisoformat(told)
        if moment < stored.opened_at:
            opened_at = stored.opened_at.isoformat(timespec="seconds")
            raise InvalidRequest("incidents.before_opening", field=field, opened_at=opened_at)
        if moment > latest:
            raise InvalidRequest("serving.in_future", field=field)


def _close(row: IncidentRow, closed_at: object) -> None:
    row.closed_at = datetime.fromisoformat(closed_at) if isinstance(closed_at, str) else None


def _outcome(registrar: Registrar, given: Mapping[str, Any], place: str) -> dict[str, Scalar]:
    columns = {c.name: c for c in registrar.contract.table("incidents").columns if c.role in LATER}
    if not given:
        raise InvalidRequest("serving.says_nothing", field=place)
    for name in given:
        if name not in columns:
            known = ", ".join(columns)
            raise InvalidRequest(
                "serving.unknown_field", field=f"{place}.{shown(name)}", known=known
            )
    zone = registrar.tenant.time_zone
    return {
        name: plain(value_of(columns[name], value, zone, f"{place}.{name}"))
        for name, value in given.items()
    }

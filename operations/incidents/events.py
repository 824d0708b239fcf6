"""What a tenant's systems are told of an incident: registered, of high risk, closed.

Each is published in the transaction of what happened; it carries ids and classes, no person's data.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from models.batch import RISKY
from tenancy.incidents import StoredIncident
from tenancy.webhook_events import publish

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tenancy.tenant import Tenant


def tell_registered(
    session: "Session", tenant: "Tenant", stored: StoredIncident, answer: Mapping[str, Any]
) -> None:
    """Tell of a new incident, and of its risk where that is high."""
    risk = answer["risk"] or {}
    named = {"incident_id": stored.incident_id, "score_id": risk.get("score_id")}
    told = {
        "kind": stored.kind,
        "channel": stored.channel,
        "opened_at": stored.opened_at.isoformat(),
    }
    publish(session, tenant, "incident.registered", named | told, person_token=stored.person_token)
    if risk.get("risk_class") in RISKY:
        said = {name: risk[name] for name in ("model", "risk_class", "probability")}
        publish(
            session, tenant, "incident.high_risk", named | said, person_token=stored.person_token
        )


def tell_closed(
    session: "Session", tenant: "Tenant", stored: StoredIncident, outcome: Mapping[str, Any]
) -> None:
    """Tell that an incident was closed, and whether that solved it, where somebody said so."""
    data = {name: outcome.get(name) for name in ("closed_at", "solved")}
    publish(
        session,
        tenant,
        "incident.closed",
        {"incident_id": stored.incident_id, **data},
        person_token=stored.person_token,
    )

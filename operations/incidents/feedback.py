"""What was done with an answer – a reply used, an offer made – as rows that models learn from.

Of each suggestion the lake is told whether it was used and whether that solved the incident; of the
offer who got what, with the probability that chance gave it, and what came of it. Feedback may come
late, in parts, again, and corrected: each row has one key, and its newest content holds.
"""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import uuid4

from data_contracts.contract import Column, Contract
from foundation.clock import utc_now
from foundation.errors import InvalidRequest
from ingestion.schema import entity_of
from models.uplift import CONTROL
from operations.incidents.moments import with_moments
from operations.incidents.outcomes import SOLVED, Told, changed, with_outcome
from operations.incidents.registered import Registered, Registrar
from operations.incidents.sealed import Content, Json, plain
from operations.incidents.values import shown, value_of
from operations.outbox.changes import Change, Scalar
from tenancy.incidents import StoredIncident

REPLY, OFFER = "reply", "offer"
OF_OFFER = ("accepted", "accepted_at", "margin")
FIELDS = (REPLY, SOLVED, OFFER, *OF_OFFER)
GIVEN_AT = "given_at"


def tell_feedback(
    registrar: Registrar, incident_id: str, given: Mapping[str, Any], place: str = "feedback"
) -> Registered:
    """Store what was done with an answer; the same again changes nothing.

    Parameters
    ----------
    given
        ``reply``: the suggestion that was used, by its ``response_id``; None: none of them.
        ``solved``: whether that solved the incident. ``offer``: the one that was made; None: none.
        ``accepted``, ``accepted_at``, ``margin``: what came of it.

    Raises
    ------
    NotFound
        The tenant registered no incident of this number.
    InvalidRequest
        A field is unknown or of another type, the reply was not suggested, the offer is none of the
        contract's, or what came of an offer is told before which one was made.
    """
    told = _checked(registrar, given, place)

    def act(stored: StoredIncident, content: Content, answer: Json) -> Told:
        before = {name: v for name, v in content.feedback.items() if name != GIVEN_AT}
        contract = registrar.contract
        new = before | with_moments(contract, "offers", told, before, stored.received_at)
        if new == before:
            return content, []
        _require_asked(contract, new, answer, place)
        since = content.feedback.get(GIVEN_AT) or utc_now().isoformat()
        kept = replace(content, feedback=new | {GIVEN_AT: since})
        changes: list[Change] = []
        if SOLVED in told and (told[SOLVED], before.get(SOLVED)) != (None, None):
            kept, changes = with_outcome(contract, stored, kept, {SOLVED: told[SOLVED]})
        if REPLY in new and {REPLY, SOLVED} & told.keys():
            changes = [*changes, *_replies(contract, stored, answer, new, since)]
        if OFFER in new and {OFFER, *OF_OFFER} & told.keys():
            changes = [*changes, _offer(contract, stored, kept, answer)]
        return kept, changes

    return changed(registrar, incident_id, act)


def _checked(registrar: Registrar, given: Mapping[str, Any], place: str) -> dict[str, Scalar]:
    if not given:
        raise InvalidRequest("serving.says_nothing", field=place)
    columns = _columns(registrar.contract)
    zone, told = registrar.tenant.time_zone, dict[str, Scalar]()
    for name, value in given.items():
        if name not in columns:
            known = ", ".join(FIELDS)
            raise InvalidRequest(
                "serving.unknown_field", field=f"{place}.{shown(name)}", known=known
            )
        told[name] = plain(value_of(columns[name], value, zone, f"{place}.{name}"))
    return told


def _columns(contract: Contract) -> dict[str, Column]:
    """Return the column of the contract that says what each field may hold."""
    offers, responses = contract.table("offers"), contract.table("responses")
    return {
        REPLY: responses.keys[0],
        SOLVED: responses.column(SOLVED),
        OFFER: offers.column(OFFER),
        **{name: offers.column(name) for name in OF_OFFER},
    }


def _require_asked(contract: Contract, told: Json, answer: Json, place: str) -> None:
    suggested = {one["response_id"] for one in answer["replies"] or ()}
    if told.get(REPLY) is not None and told[REPLY] not in suggested:
        raise InvalidRequest("incidents.other_reply", field=f"{place}.{REPLY}")
    known = {spec.name for spec in contract.offers} | {CONTROL}
    if told.get(OFFER) is not None and told[OFFER] not in known:
        allowed = ", ".join(sorted(known))
        raise InvalidRequest("serving.not_allowed", field=f"{place}.{OFFER}", allowed=allowed)
    if OFFER not in told and any(name in told for name in OF_OFFER):
        raise InvalidRequest("incidents.no_offer_told", field=place)


def _replies(
    contract: Contract, stored: StoredIncident, answer: Json, told: Json, since: str
) -> list[Change]:
    """Return a row for each suggestion: what was shown, whether it was used, and solved."""
    number = contract.table("responses").keys[0]
    return [
        Change(
            uuid4().hex,
            "responses",
            {
                number.name: _reply_number(number, stored.incident_id, one["rank"]),
                "incident_id": stored.incident_id,
                "replied_at": since,
                # Of an article, too: it answered a question here.
                "kind": "reply",
                "title": one["title"] or None,
                "text": one["text"],
                "language": one["language"],
                "used": told[REPLY] == one["response_id"],
                SOLVED: told.get(SOLVED) if told[REPLY] == one["response_id"] else None,
            },
            person_token=stored.person_token,
        )
        for one in answer["replies"] or ()
    ]


def _reply_number(column: Column, incident_id: str, rank: int) -> str:
    """Return the number of a suggestion, the same at each telling; no longer than allowed."""
    number = f"{incident_id}:{rank}"
    if column.max_length is None or len(number) <= column.max_length:
        return number
    return f"{sha256(incident_id.encode()).hexdigest()[:32]}:{rank}"


def _offer(contract: Contract, stored: StoredIncident, content: Content, answer: Json) -> Change:
    """Return the row of the offer; its probability where chance gave what was done."""
    told, decided = content.feedback, answer["offer"] or {}
    made = told[OFFER] or CONTROL
    as_decided = bool(decided) and made == (decided["offer"] or CONTROL)
    as_decided = as_decided and decided["verdict"] in ("offer", "hold_out")
    table = contract.table("offers")
    person = entity_of(contract.table("incidents"))
    whose = {} if person is None else {person.name: content.row.get(person.name)}
    row: dict[str, Scalar] = {
        "offer_id": stored.incident_id,
        **{name: value for name, value in whose.items() if name in {c.name for c in table.columns}},
        "offered_at": stored.received_at.isoformat(),
        OFFER: made,
        "randomised": bool(decided["randomised"]) if as_decided else False,
        "propensity_probability": decided["propensity_probability"] if as_decided else None,
        **{name: told.get(name) for name in OF_OFFER},
    }
    return Change(uuid4().hex, "offers", row, person_token=stored.person_token)

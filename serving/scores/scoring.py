"""What the two routes of scoring do, apart from HTTP."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from features.consent import objecting
from features.online import online_incident_frame
from foundation.clock import utc_now
from foundation.errors import InvalidRequest, NotFound
from foundation.spelling import well_formed
from ingestion.schema import entity_of
from ingestion.tokens import token
from models.live import Absent, LiveModels
from models.score import Scorer
from operations.incidents.intake import Desk, Intake, as_rows
from serving.caller import Caller
from serving.errors import error_fact
from serving.house import House
from serving.observed import telemetry
from serving.scores.answers import Answer, live_answer, stored_answer
from serving.scores.latest import Row, latest_scores, model_of

if TYPE_CHECKING:
    from data_contracts.contract import Contract, Model
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

LONGEST_ID = 256


def scorer_of(models: LiveModels, tenant: "Tenant", contract: "Contract", name: str) -> Scorer:
    """Return what scores by a model now.

    Raises
    ------
    NotFound
        The tenant has no such model that fits its contract.
    OperatorError
        It has one that cannot be loaded.
    """
    found = models.of(tenant, contract).scorer(name)
    if isinstance(found, Absent):
        raise found.why
    return found


def score_incidents(
    house: House,
    caller: Caller,
    given: Sequence[Any],
    places: Sequence[str],
    wanted: str | None = None,
) -> list[Answer]:
    """Return the score of each incident, in order, and its customer's own where known.

    Parameters
    ----------
    wanted
        The model that is asked; without it the contract's first of incidents.

    Raises
    ------
    InvalidRequest
        One of them cannot be taken; none is scored then.
    NotFound
        The tenant has no such model yet.
    """
    lake, table = house.lake, caller.contract.table("incidents")
    model = model_of(caller.contract, "incident", wanted)
    key = lake.keys.of(caller.tenant).token_key
    desk = Desk(caller.tenant, table, key, utc_now())
    intakes = [desk.take(one, place) for one, place in zip(given, places, strict=True)]
    _require_no_objection(lake, caller, intakes, places)
    scorer = scorer_of(house.models, caller.tenant, caller.contract, model.name)
    rows = as_rows(caller.contract, intakes, scorer.champion.features)
    frame = online_incident_frame(lake, caller.tenant, caller.contract, model.name, rows)
    scores = scorer.score(frame.records)
    telemetry.scored(caller.tenant.id, model.name, scorer.champion.version, len(scores))
    customers = _customers_of(lake, caller, intakes)
    return [
        {
            "incident_id": intake.reference,
            **live_answer(caller.tenant.id, frame, place, score, caller.language),
            "customer": _customer(intake, customers, caller),
        }
        for place, (intake, score) in enumerate(zip(intakes, scores, strict=True))
    ]


def _require_no_objection(
    lake: "Lake", caller: Caller, intakes: Sequence[Intake], places: Sequence[str]
) -> None:
    """Refuse incidents of customers who object to being scored."""
    persons = {one.person_token for one in intakes if one.person_token is not None}
    refusing = objecting(lake, caller.tenant, caller.contract, persons)
    for intake, place in zip(intakes, places, strict=True):
        if intake.person_token in refusing:
            raise InvalidRequest("serving.objected", field=place)


def _customers_of(lake: "Lake", caller: Caller, intakes: Sequence[Intake]) -> dict[str, Row]:
    persons = {one.person_token for one in intakes if one.person_token is not None}
    if not any(model.entity == "customer" for model in caller.contract.models):
        return {}
    return latest_scores(lake, caller.tenant, model_of(caller.contract, "customer"), persons)


def _customer(intake: Intake, customers: dict[str, Row], caller: Caller) -> Answer | None:
    row = customers.get(intake.person_token or "")
    return None if row is None else stored_answer(row, caller.language)


def score_customers(
    house: House, caller: Caller, given: Sequence[Any], wanted: str | None = None
) -> list[Answer]:
    """Return each customer's latest score, or for who has none an error of their own.

    Parameters
    ----------
    wanted
        The model that is asked; without it the contract's first of customers.

    Raises
    ------
    InvalidRequest
        Something given is no identifier at all.
    NotFound
        Nobody could have a score: the tenant has no such model yet.
    """
    lake, model = house.lake, model_of(caller.contract, "customer", wanted)
    ids = [_identifier(one, place) for place, one in enumerate(given)]
    tokens = _tokens(lake, caller, ids)
    found = latest_scores(lake, caller.tenant, model, set(tokens))
    refusing = objecting(lake, caller.tenant, caller.contract, set(tokens))
    found = {person: row for person, row in found.items() if person not in refusing}
    if not found:
        scorer_of(house.models, caller.tenant, caller.contract, model.name)
    return [
        {"customer_id": one, **_told(found.get(person), caller, model)}
        for one, person in zip(ids, tokens, strict=True)
    ]


def _identifier(given: object, place: int) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise InvalidRequest("serving.not_string", field=f"customer_ids[{place}]")
    identifier = str(given)
    if len(identifier) > LONGEST_ID:
        raise InvalidRequest("serving.too_long", field=f"customer_ids[{place}]", limit=LONGEST_ID)
    return well_formed(identifier)


def _tokens(lake: "Lake", caller: Caller, ids: Sequence[str]) -> list[str]:
    entity = entity_of(caller.contract.table("customers"))
    form = "plain" if entity is None else entity.canonical
    key = lake.keys.of(caller.tenant).token_key
    return [token(one, key, form) for one in ids]


def _told(row: Row | None, caller: Caller, model: "Model") -> Answer:
    if row is not None:
        return {"score": stored_answer(row, caller.language)}
    unknown = NotFound("serving.no_such_customer", model=model.title[caller.language])
    return {"error": error_fact(unknown, caller.language)}

"""A question as people and programs write it: dates, numbers and identifications as texts."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from foundation.errors import InvalidRequest
from foundation.spelling import EDGES, well_formed
from operations.search.gathered import AGENT, TABLE
from operations.search.question import LONGEST_FILTER, PAGE_HITS, Question
from tenancy.tokens import token

if TYPE_CHECKING:
    from tenancy.keys import TenantKeys

NAMES = (
    "q", "similar_to", "from", "to", "channel", "product", "risk", "agent", "offset", "limit",
)  # fmt: skip


def question_of(given: Mapping[str, str], contract: Contract, keys: "TenantKeys") -> Question:
    """Return what is asked for by name; what is blank is not asked for.

    An agent is asked for by identification, as the tenant's files write it.

    Raises
    ------
    InvalidRequest
        A name is not one of ``NAMES``, or a value is none of its kind.
    """
    for name in given:
        if name not in NAMES:
            raise InvalidRequest(
                "search.unknown_name", name=well_formed(name[:60]), known=", ".join(NAMES)
            )
    said = {name: well_formed(value).strip(EDGES) for name, value in given.items()}
    said = {name: value for name, value in said.items() if value}
    for name, value in said.items():
        if name != "q" and len(value) > LONGEST_FILTER:
            raise InvalidRequest("serving.too_long", field=name, limit=LONGEST_FILTER)
    return Question(
        words=said.get("q", ""),
        similar_to=said.get("similar_to"),
        since=_moment("from", said.get("from")),
        until=_moment("to", said.get("to")),
        channel=said.get("channel"),
        product=said.get("product"),
        risk_class=said.get("risk"),
        agent_token=_agent(said.get("agent"), contract, keys),
        offset=_whole("offset", said.get("offset"), 0),
        limit=_whole("limit", said.get("limit"), PAGE_HITS),
    )


def _moment(name: str, given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest("search.bad_moment", field=name) from error


def _whole(name: str, given: str | None, otherwise: int) -> int:
    if given is None:
        return otherwise
    if not (given.isascii() and given.isdigit() and len(given) <= 4):
        raise InvalidRequest("search.bad_number", field=name)
    return int(given)


def _agent(given: str | None, contract: Contract, keys: "TenantKeys") -> str | None:
    if given is None:
        return None
    column = contract.table(TABLE).column(AGENT)
    return token(given, keys.token_key, column.canonical)


def day_written(moment: datetime | date | None) -> str:
    """Return a time as lists show it."""
    return "—" if moment is None else f"{moment:%Y-%m-%d %H:%M}"

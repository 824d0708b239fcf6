"""An event of a call as an exchange tells it, read from JSON: what must be there, and nothing else.

Times are the exchange's own. Who is named (customer, telephone, agent) is kept apart from the rest,
for it goes on as a token only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from data_contracts.contract import Contract
from foundation.errors import InvalidRequest
from foundation.spelling import EDGES, well_formed
from ingestion.vocabulary import fold
from operations.calls.state import EventType

TYPES: tuple[str, ...] = get_args(EventType)
SOURCE = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
IDENTIFIER = re.compile(r"[\x21-\x7e]{1,120}")
"""Printable ASCII without a space: exchanges make them of digits, letters, dots, signs."""

PLAIN_FIELDS = ("direction", "queue", "product", "channel", "customer_type", "reason")
PERSONAL_FIELDS = ("customer_id", "phone", "agent_id")
FIELDS = ("event_id", "call_id", "source", "type", "at", *PLAIN_FIELDS, *PERSONAL_FIELDS)
LONGEST = 80
CLOCKS_DIFFER = timedelta(minutes=5)
"""How far ahead of this server's clock the exchange's may run."""


@dataclass(frozen=True)
class CallEvent:
    """One thing that happened to a call.

    Attributes
    ----------
    source
        Which exchange; its ids are its own. Empty where the tenant has one only.
    at
        When, by the exchange's clock, UTC.
    said
        Facts about nobody: direction, queue, product, channel, customer type, reason.
    named
        Who: customer_id, phone, agent_id, as they came.
    """

    source: str
    event_id: str
    call_id: str
    type: EventType
    at: datetime
    said: Mapping[str, str]
    named: Mapping[str, str]

    @property
    def key(self) -> str:
        """The event's name among those of all exchanges of a tenant."""
        return f"{self.source}/{self.event_id}"

    @property
    def call_key(self) -> str:
        """The call's name among those of all exchanges of a tenant."""
        return f"{self.source}/{self.call_id}"


class Reader:
    """Reads events of one tenant.

    Parameters
    ----------
    contract
        Its table of calls says how directions are written and how long values may be.
    now
        By this server's clock, UTC.
    kept
        What is older is not taken: the call may be forgotten already, and half a call is wrong.
    """

    def __init__(self, contract: Contract, now: datetime, kept: timedelta) -> None:
        columns = contract.table("calls").columns
        self._limits = {column.name: column.max_length or LONGEST for column in columns}
        writings = next((c.writings() for c in columns if c.name == "direction"), ())
        self._directions = {fold(written): stored for written, stored in writings}
        self._now, self._kept = now, kept

    def read(self, given: object) -> CallEvent:
        """Return the event of a JSON object.

        Raises
        ------
        InvalidRequest
            Something is missing, unknown, or has not the form that it must have.
        """
        if not isinstance(given, dict):
            raise InvalidRequest("calls.not_event")
        unknown = next((name for name in given if name not in FIELDS), None)
        if unknown is not None:
            shown = well_formed(str(unknown)[:60])
            raise InvalidRequest("calls.unknown_field", field=shown, known=", ".join(FIELDS))
        kind = given.get("type")
        if kind not in TYPES:
            raise InvalidRequest("calls.unknown_type", known=", ".join(TYPES))
        return CallEvent(
            source=_source(given.get("source")),
            event_id=_identifier(given, "event_id"),
            call_id=_identifier(given, "call_id"),
            type=kind,
            at=self._moment(given.get("at")),
            said=self._said(given),
            named=self._texts(given, PERSONAL_FIELDS),
        )

    def _moment(self, given: object) -> datetime:
        moment = _aware(given)
        if moment is None:
            raise InvalidRequest("calls.not_moment")
        if moment < self._now - self._kept:
            raise InvalidRequest("calls.too_late", days=self._kept.days)
        if moment > self._now + CLOCKS_DIFFER:
            raise InvalidRequest("calls.in_future")
        return moment

    def _said(self, given: Mapping[str, Any]) -> dict[str, str]:
        said = self._texts(given, PLAIN_FIELDS)
        if "direction" in said:
            known = self._directions.get(fold(said["direction"]))
            if known is None:
                allowed = ", ".join(dict.fromkeys(self._directions.values()))
                raise InvalidRequest("calls.unknown_direction", known=allowed)
            said["direction"] = known
        return said

    def _texts(self, given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
        pairs = ((name, self._text(name, given.get(name))) for name in names)
        return {name: words for name, words in pairs if words}

    def _text(self, name: str, value: object) -> str:
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise InvalidRequest("calls.not_text", field=name)
        words, limit = str(value).strip(EDGES), min(self._limits.get(name, LONGEST), LONGEST)
        if "\0" in words or words != well_formed(words):
            raise InvalidRequest("calls.not_text", field=name)
        if len(words) > limit:
            raise InvalidRequest("calls.too_long", field=name, limit=limit)
        return words


def _source(given: object) -> str:
    if given is None:
        return ""
    if not isinstance(given, str) or not SOURCE.fullmatch(given):
        raise InvalidRequest("calls.bad_source")
    return given


def _identifier(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        raise InvalidRequest("calls.bad_id", field=name)
    return value


def _aware(given: object) -> datetime | None:
    """Return a moment as UTC; one that names no zone is UTC already."""
    if not isinstance(given, str) or len(given) > 40:
        return None
    try:
        moment = datetime.fromisoformat(given)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None

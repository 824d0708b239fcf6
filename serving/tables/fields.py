"""The fields of a small body, one by one: of the right type, or a sentence that names the field."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from foundation.errors import InvalidRequest
from foundation.spelling import well_formed
from operations.incidents.values import shown
from serving.body import Fields


def require_known(body: Fields, known: Sequence[str]) -> None:
    """Raise ``InvalidRequest`` where a body has a field that the route does not know."""
    others = sorted(set(body) - set(known))
    if others:
        known_ones = ", ".join(known)
        raise InvalidRequest("serving.unknown_field", field=shown(others[0]), known=known_ones)


def names_in(body: Fields, name: str) -> list[str]:
    """Return a list of short texts; it must be there."""
    given = body.get(name)
    if not isinstance(given, list) or not given:
        raise InvalidRequest("serving.no_records", field=name)
    if len(given) > 100 or not all(isinstance(one, str) and len(one) <= 100 for one in given):
        raise InvalidRequest("serving.not_string", field=name)
    return [_plain(one, name) for one in given]


def text_in(body: Fields, name: str, longest: int, default: str | None = None) -> str:
    """Return a text, or the default where it is not given."""
    given = body.get(name, default)
    if not isinstance(given, str):
        raise InvalidRequest("serving.not_string", field=name)
    if len(given) > longest:
        raise InvalidRequest("serving.too_long", field=name, limit=longest)
    return _plain(given, name)


def whole_in(body: Fields, name: str, default: int) -> int:
    """Return a whole number, or the default where it is not given."""
    given = body.get(name, default)
    if not isinstance(given, int) or isinstance(given, bool):
        raise InvalidRequest("serving.not_integer", field=name)
    return given


def moment_in(body: Fields, name: str) -> datetime | None:
    """Return a moment with its time zone; None where it is not given, or null."""
    given = body.get(name)
    if given is None:
        return None
    moment = None
    with suppress(ValueError):
        moment = datetime.fromisoformat(given if isinstance(given, str) else "")
    if moment is None or moment.tzinfo is None or not 2000 <= moment.year <= 9000:
        raise InvalidRequest("serving.not_timestamp", field=name)
    return moment


def _plain(value: str, name: str) -> str:
    if well_formed(value) != value or "\0" in value:
        raise InvalidRequest("serving.not_text", field=name)
    return value

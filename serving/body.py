"""A request's body: one JSON object, and nothing that JSON does not have."""

import json
from typing import Any, NoReturn

from flask import Request, Response

from foundation.errors import InvalidRequest, TooLarge
from operations.incidents.values import shown
from serving.limits import MOST_RECORDS

Fields = dict[str, Any]
JSON = "application/json"


def json_object(request: Request) -> Fields:
    """Return the body's object.

    Raises
    ------
    InvalidRequest
        It is no JSON, no object, or names a field twice.
    """
    if not request.is_json:
        raise InvalidRequest("serving.not_json_type")
    return object_in(_whole(request))


def object_in(data: bytes) -> Fields:
    """Return the object that a body is; errors as ``json_object``."""
    try:
        body = _READER.decode(data.decode(json.detect_encoding(data), "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("serving.not_json") from error
    if not isinstance(body, dict):
        raise InvalidRequest("serving.not_object")
    return body


def json_text(request: Request) -> str:
    """Return the body as text, where it says that it is JSON; whether it is one is seen later.

    Raises
    ------
    InvalidRequest
        It is of another type, or no text.
    """
    if not request.is_json:
        raise InvalidRequest("serving.not_json_type")
    try:
        return _whole(request).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequest("serving.not_json") from error


def _whole(request: Request) -> bytes:
    """Return the body; of one whose length is not told, Werkzeug would cut what is too much."""
    data = request.get_data()
    if request.content_length is None:
        request.stream.read(1)  # raises where the limit is reached
    return data


def records_under(body: Fields, name: str) -> list[Any]:
    """Return the list that is the body's only field.

    Raises
    ------
    InvalidRequest
        There is another field, no list, or nothing in it.
    TooLarge
        It has more than ``MOST_RECORDS``.
    """
    others = sorted(set(body) - {name})
    if others:
        raise InvalidRequest("serving.unknown_field", field=shown(others[0]), known=name)
    records = body.get(name)
    if not isinstance(records, list) or not records:
        raise InvalidRequest("serving.no_records", field=name)
    if len(records) > MOST_RECORDS:
        raise TooLarge("serving.too_many_records", found=len(records), limit=MOST_RECORDS)
    return records


def ready_json(body: Fields) -> Response:
    """Return an answer of plain values that were checked elsewhere."""
    return Response(json_bytes(body), mimetype=JSON)


def json_bytes(body: Fields) -> bytes:
    """Return an answer of plain values as it goes out."""
    return _WRITER.encode(body).encode()


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _each_once(pairs: list[tuple[str, Any]]) -> Fields:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise InvalidRequest("serving.field_twice")
    return fields


_READER = json.JSONDecoder(parse_constant=_no_number, object_pairs_hook=_each_once)
_WRITER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)

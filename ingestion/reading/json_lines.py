"""JSON lines: one object a line; numbers keep the digits with which they were written."""

import io
import json
from collections.abc import Iterable
from typing import Any

import numpy as np

from foundation.errors import InvalidUpload
from ingestion.reading.encoding import decode, refuse_binary
from ingestion.reading.headers import unique_headers
from ingestion.reading.raw import BrokenLine, RawTable, as_rows


class _RepeatedName(ValueError):
    """An object names the same member twice: one of the values would be lost."""


def read_json_lines(data: bytes, file_name: str) -> RawTable:
    """Read the bytes of a JSON lines file; nested values become JSON strings, null is null.

    Raises
    ------
    InvalidUpload
        Nothing in it, no text, one array instead of lines, or no line that is an object.
    """
    refuse_binary(data, file_name)
    decoded, notes = decode(data, file_name)
    if not decoded.strip():
        raise InvalidUpload("reading.empty", file=file_name)
    if decoded.lstrip().startswith("["):
        raise InvalidUpload("reading.json_array", file=file_name)
    objects: list[dict[str, str | None]] = []
    numbers: list[int] = []
    broken: list[BrokenLine] = []
    total = 0
    for line, content in enumerate(io.StringIO(decoded), start=1):
        if not content.strip():
            continue
        total += 1
        values, fault = _parse(content)
        if fault is None:
            objects.append(values)
            numbers.append(total)
        else:
            rule, arguments = fault
            broken.append(BrokenLine(total, line, content.rstrip("\r\n"), rule, arguments))
    names = list(dict.fromkeys(name for item in objects for name in item))
    if not names:
        line = broken[0].line if broken else 1
        raise InvalidUpload("reading.no_json_object", file=file_name, line=line)
    headers, renamed = unique_headers(names)
    columns: Iterable[list[str | None]] = [[item.get(name) for item in objects] for name in names]
    rows = as_rows(headers, list(columns), np.array(numbers))
    return RawTable(headers, rows, tuple(broken), (*notes, *renamed), "json_lines")


def _parse(content: str) -> tuple[dict[str, str | None], tuple[str, dict[str, str]] | None]:
    """Return the object's members as strings, or the rule that the line breaks."""
    try:
        item = json.loads(
            content,
            parse_float=str,
            parse_int=str,
            parse_constant=str,
            object_pairs_hook=_once_each,
        )
        if not isinstance(item, dict):
            return {}, ("not_an_object", {})
        values = _as_strings(item, content)
        if "\\u" in content:
            json.dumps(values, ensure_ascii=False).encode()
    except _RepeatedName as error:
        return {}, ("repeated_name", {"name": str(error)})
    except (ValueError, RecursionError):
        return {}, ("bad_json", {})
    return ({}, ("nul_byte", {})) if _has_nul(values) else (values, None)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of an object; a name that stands twice is an error."""
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedName(next(name for name in names if names.count(name) > 1))
    return members


def _as_strings(item: dict[str, Any], content: str) -> dict[str, str | None]:
    """Return every member as a string; nested ones as the JSON they were."""
    values: dict[str, str | None] = {}
    nested: dict[str, Any] | None = None
    for name, value in item.items():
        if isinstance(value, dict | list):
            # The first parse turned numbers into strings; nested ones keep their type.
            nested = nested if nested is not None else json.loads(content)
            values[name] = json.dumps(nested[name], ensure_ascii=False)
        elif isinstance(value, bool):
            values[name] = "true" if value else "false"
        else:
            values[name] = value
    return values


def _has_nul(values: dict[str, str | None]) -> bool:
    """Say whether a value holds the NUL character, which stores cannot keep."""
    return any(value is not None and "\0" in value for value in values.values())

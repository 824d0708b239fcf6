"""JSON lines: one object a line; numbers keep the digits with which they were written."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from foundation.errors import InvalidUpload
from ingestion.reading.headers import unique_headers
from ingestion.reading.raw import BrokenLine, Note, RawTable, as_rows
from ingestion.reading.text_stream import TextStream

SCAN_BYTES = 8 * 1024 * 1024


class _RepeatedName(ValueError):
    """An object names the same member twice: one of the values would be lost."""


class JsonLinesFile:
    """A file of JSON lines that can be read piece by piece; nested values become JSON strings.

    Its columns are the members of all its objects, in the order in which they first appear: so it
    is looked through once when it is opened.

    Raises
    ------
    InvalidUpload
        Nothing in it, no text, one array instead of lines, or no line that is an object.
    """

    format = "json_lines"

    def __init__(self, path: Path, file_name: str) -> None:
        self._path, self._file_name = path, file_name
        self.notes: tuple[Note, ...] = ()
        self.position = 0
        self._renamed: list[Note] = []
        self._names = self._members()
        self.headers, self._renamed = unique_headers(self._names)

    def pieces(self, piece_bytes: int) -> Iterator[RawTable]:
        """Yield the rows; see ``SourceFile``."""
        total = 0
        for lines in self._lines(piece_bytes):
            read = _Lines()
            for line, content in lines:
                total += 1
                read.add(total, line, content)
            columns = [[item.get(name) for item in read.objects] for name in self._names]
            rows = as_rows(self.headers, columns, np.array(read.numbers, np.int64))
            yield RawTable(self.headers, rows, tuple(read.broken), format=self.format)

    def _members(self) -> list[str]:
        """Return the names of all members."""
        names: dict[str, None] = {}
        first_broken = 0
        blank = True
        for lines in self._lines(SCAN_BYTES):
            for line, content in lines:
                if blank and content.lstrip().startswith("["):
                    raise InvalidUpload("reading.json_array", file=self._file_name)
                blank = False
                values, fault = parse_object(content)
                names |= dict.fromkeys(values)
                first_broken = first_broken or (line if fault else 0)
        if blank:
            raise InvalidUpload("reading.empty", file=self._file_name)
        if not names:
            line = first_broken or 1
            raise InvalidUpload("reading.no_json_object", file=self._file_name, line=line)
        return list(names)

    def _lines(self, size: int) -> Iterator[Iterator[tuple[int, str]]]:
        """Yield lines that are not blank, with their numbers, some megabytes at a time."""
        with self._path.open("rb") as stream:
            text, before = TextStream(stream, self._file_name), 0
            while not text.ended:
                lines = io.StringIO(text.read(size).decode()).readlines()
                self.position = stream.tell()
                yield ((n, line) for n, line in enumerate(lines, before + 1) if line.strip())
                before += len(lines)
            self.notes = (*text.notes, *self._renamed)


@dataclass
class _Lines:
    """Lines as they are read."""

    objects: list[dict[str, str | None]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    broken: list[BrokenLine] = field(default_factory=list)

    def add(self, number: int, line: int, content: str) -> None:
        """Keep the object of a line, or the line as it came."""
        values, fault = parse_object(content)
        if fault is None:
            self.objects.append(values)
            self.numbers.append(number)
        else:
            rule, arguments = fault
            self.broken.append(BrokenLine(number, line, content.rstrip("\r\n"), rule, arguments))


def parse_object(
    content: str,
) -> tuple[dict[str, str | None], tuple[str, dict[str, str]] | None]:
    """Return an object's members as strings, or the rule that its text breaks, with arguments."""
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

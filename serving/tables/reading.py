"""Rows of a tenant's tables as they hold now, page by page: DuckDB over silver's Delta files.

Pages follow silver's key: what is written between two of them neither repeats nor hides a row that
was there all the time. No personal column is there to read; identifiers are tokens, texts masked.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from data_contracts.contract import Column, ColumnType, Table
from foundation.errors import InvalidRequest
from ingestion.schema import entity_of, stored_columns
from ingestion.tokens import token
from lakehouse.offline import offline, without_zone
from operations.incidents.values import Value, value_of
from serving.caller import Caller, note_person_read

if TYPE_CHECKING:
    from lakehouse.lake import Lake

Operator = Literal["eq", "gte", "gt", "lte", "lt", "null"]
COMPARED: dict[Operator, str] = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}
RANGED: tuple[ColumnType, ...] = ("integer", "number", "money", "date", "timestamp")
LONGEST_CURSOR = 2_000
NOW = "recorded_at"
Row = dict[str, Any]


@dataclass(frozen=True)
class Condition:
    """What a column's value must be; ``eq`` of several values is any of them."""

    column: Column
    operator: Operator
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Question:
    """Which rows of a table are asked for, in the order of silver's key, after one of them."""

    table: Table
    conditions: tuple[Condition, ...] = ()
    limit: int = 1
    after: str | None = None
    descending: bool = False


@dataclass(frozen=True)
class Page:
    """Rows, each with its mark, and whether there are more."""

    rows: list[Row]
    cursors: list[str]
    has_more: bool


def readable_columns(table: Table) -> tuple[Column, ...]:
    """Return the columns that can be read: all but personal ones and a change's operation."""
    entity = entity_of(table)
    kept = {column.name for column in stored_columns(table)} | ({entity.name} if entity else set())
    return tuple(c for c in table.columns if c.name in kept and c.role != "operation")


def operators_of(column: Column) -> tuple[Operator, ...]:
    """Return what a column can be asked for."""
    if column.classification == "free_text":
        return ("null",)
    ranged = column.type in RANGED and column.classification != "identifier"
    return ("eq", *COMPARED, "null") if ranged else ("eq", "null")


def condition(
    lake: "Lake", caller: Caller, column: Column, operator: Operator, given: Sequence[object]
) -> Condition:
    """Return a condition of values as JSON has them; identifiers become tokens.

    Raises
    ------
    InvalidRequest
        A value has not the column's type.
    """
    if operator == "null":
        return Condition(column, operator, (given[0] is True,))
    values = [value_of(column, one, caller.tenant.time_zone, column.name) for one in given]
    if column.classification == "identifier":
        key = lake.keys.of(caller.tenant).token_key
        values = [None if v is None else token(str(v), key, column.canonical) for v in values]
    return Condition(column, operator, tuple(values))


def read_page(lake: "Lake", caller: Caller, asked: Question) -> Page:
    """Return a page of the rows that hold now: one question to the lake.

    Whoever asks by a person's identification reads that person's data, tokens and masks or not: it
    is noted. Rows that name nobody to the caller are not.
    """
    for person_token in _persons_in(asked):
        note_person_read(caller, lake, person_token)
    ref = lake.ref(caller.tenant, "silver", asked.table.name)
    there = set(lake.schema(ref).names)
    if not there:
        return Page([], [], False)
    columns = readable_columns(asked.table)
    shown = {c.name: _stored_name(asked.table, c) for c in columns}
    wanted = sorted({"row_key", NOW, *(name for name in shown.values() if name in there)})
    sql, parameters = _sql(asked, there)
    ends = ["valid_to"] if asked.table.history else []
    with offline() as database:
        database.register("silver", without_zone(lake.scan(ref, [*wanted, *ends])))
        names = ", ".join(f'"{name}"' for name in wanted)
        found = database.execute(f"SELECT {names} FROM silver {sql}", parameters).fetchall()  # noqa: S608 - names are the contract's
    rows = [dict(zip(wanted, row, strict=True)) for row in found]
    kept = rows[: asked.limit]
    return Page(
        [_told(row, shown, columns) for row in kept],
        [cursor_of(row["row_key"]) for row in kept],
        len(rows) > asked.limit,
    )


def _persons_in(asked: Question) -> list[str]:
    """Return the persons whose rows are asked for by name, as tokens."""
    entity = entity_of(asked.table)
    named = [one for one in asked.conditions if one.column == entity and one.operator == "eq"]
    return [str(value) for one in named for value in one.values if value is not None]


def cursor_of(row_key: str) -> str:
    """Return the mark of a row."""
    return base64.urlsafe_b64encode(row_key.encode()).decode().rstrip("=")


def key_at(cursor: str) -> str:
    """Return silver's key of the row with a mark; ``InvalidRequest`` where it is none."""
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        key = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise InvalidRequest("feeds.bad_cursor") from error
    if not key or "\0" in key or len(key) > LONGEST_CURSOR:
        raise InvalidRequest("feeds.bad_cursor")
    return key


def _stored_name(table: Table, column: Column) -> str:
    entity = entity_of(table)
    return "person_token" if entity is not None and column.name == entity.name else column.name


def _sql(asked: Question, there: set[str]) -> tuple[str, Mapping[str, object]]:
    parts, parameters = ["TRUE"], dict[str, object]()
    if asked.table.history:
        parts.append("valid_to IS NULL")
    if asked.after is not None:
        parts.append("row_key < $after" if asked.descending else "row_key > $after")
        parameters["after"] = asked.after
    for number, one in enumerate(asked.conditions):
        part, values = _part(one, _stored_name(asked.table, one.column), number, there)
        parts.append(part)
        parameters |= values
    order = "DESC" if asked.descending else "ASC"
    return (
        f"WHERE {' AND '.join(parts)} ORDER BY row_key {order} LIMIT {asked.limit + 1:d}",
        parameters,
    )


def _part(one: Condition, name: str, number: int, there: set[str]) -> tuple[str, dict[str, object]]:
    column = f'"{name}"' if name in there else "NULL"
    if one.operator == "null":
        return f"{column} IS {'' if one.values[0] else 'NOT '}NULL", {}
    if name not in there:
        return "FALSE", {}
    values = {f"v{number}_{n}": _spelled(value) for n, value in enumerate(one.values)}
    if one.operator == "eq":
        return f"{column} IN ({', '.join(f'${key}' for key in values)})", values
    (key,) = values
    return f"{column} {COMPARED[one.operator]} ${key}", values


def _spelled(value: Value) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _told(row: Row, shown: Mapping[str, str], columns: Sequence[Column]) -> Row:
    told = {c.name: as_json(row.get(shown[c.name])) for c in columns}
    return told | {NOW: as_json(row[NOW])}


def as_json(value: object) -> object:
    """Return a stored value as JSON has it; money keeps its four decimals, as a string."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value

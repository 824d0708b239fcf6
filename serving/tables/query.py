"""What an address asks for: ``?kind=claim&opened_at.gte=2026-01-01&limit=100&after=…``."""

import json
from typing import TYPE_CHECKING

from werkzeug.datastructures import MultiDict

from data_contracts.contract import Column, Table
from foundation.errors import InvalidRequest
from operations.incidents.values import shown
from serving.caller import Caller
from serving.limits import MOST_PAGE_ROWS, PAGE_ROWS
from serving.tables.reading import (
    Condition,
    Operator,
    Question,
    condition,
    key_at,
    operators_of,
    readable_columns,
)

if TYPE_CHECKING:
    from lakehouse.lake import Lake

LIMIT, AFTER = "limit", "after"
NOT_TEXT = ("integer", "number", "money", "boolean")
MOST_VALUES = 100


def question_of(
    lake: "Lake", caller: Caller, table: Table, given: "MultiDict[str, str]"
) -> Question:
    """Return the question of an address.

    Raises
    ------
    InvalidRequest
        A name is no filter of the table, or a value is none.
    """
    names = filters_of(table)
    conditions: list[Condition] = []
    for name in given:
        if name in (LIMIT, AFTER):
            continue
        if name not in names:
            raise InvalidRequest("feeds.unknown_filter", name=shown(name), known=", ".join(names))
        column, operator = names[name]
        values = given.getlist(name)
        if (operator != "eq" and len(values) > 1) or len(values) > MOST_VALUES:
            raise InvalidRequest("feeds.filter_twice", name=name)
        read = [_json(column, operator, one) for one in values]
        if operator == "null" and not isinstance(read[0], bool):
            raise InvalidRequest("serving.not_boolean", field=name)
        conditions.append(condition(lake, caller, column, operator, read))
    after = given.get(AFTER)
    return Question(
        table,
        tuple(conditions),
        limit_of(given.get(LIMIT)),
        None if after is None else key_at(after),
    )


def filters_of(table: Table) -> dict[str, tuple[Column, Operator]]:
    """Return each filter's name in an address, with what it asks."""
    return {
        column.name if operator == "eq" else f"{column.name}.{operator}": (column, operator)
        for column in readable_columns(table)
        for operator in operators_of(column)
    }


def limit_of(given: str | None) -> int:
    """Return how many rows a page has; ``InvalidRequest`` where that is no number we allow."""
    if given is None:
        return PAGE_ROWS
    fits = given.isascii() and given.isdigit() and len(given) < 6
    if not fits or not 1 <= int(given) <= MOST_PAGE_ROWS:
        raise InvalidRequest("feeds.bad_limit", limit=MOST_PAGE_ROWS)
    return int(given)


def _json(column: Column, operator: Operator, written: str) -> object:
    """Return a written value as JSON has it: what is no number or boolean stays a text."""
    if operator != "null" and column.type not in NOT_TEXT:
        return written
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return written

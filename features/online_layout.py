"""What the online store keeps of each gold table, and how its values lie in SQLite.

SQLite knows integers, doubles, texts and bytes: moments are microseconds, dates days since 1970,
decimals their digits, lists and structs JSON. The kind of each column stands beside the data.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from features.build import PERSON
from features.definition import EVENT_TIMES

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_DAY = EPOCH.date().toordinal()
CODE_VERSION = "2"
"""Raised when what is kept changes, so that every tenant's store is made anew."""


@dataclass(frozen=True)
class OnlineTable:
    """One table of the online store.

    Attributes
    ----------
    name
        Of the gold table, and of the table here.
    by
        Columns that its rows lie by; the first is what rows are asked for.
    newest
        Columns by which one row is later than another of the same ``by``: only the latest stays.
        Without it all rows stay.
    columns
        Those that are kept; None: all.
    """

    name: str
    by: tuple[str, ...]
    newest: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None


SCORE_COLUMNS = (
    "score_id", PERSON, "incident_id", "entity", "as_of_at", "scored_at", "task", "probability",
    "predicted_value", "class_probabilities", "risk_class", "reasons", "money_at_risk", "currency",
    "model", "model_name", "model_version", "contract_version", "table_versions_json",
    "code_version",
)  # fmt: skip
DECISION_COLUMNS = (
    "decision_id", PERSON, "as_of_at", "decided_at", "verdict", "best_offer", "offer", "hold_out",
    "expected_margin_without", "expected_margin_with", "expected_cost", "reason_es", "reason_en",
    "options", "currency", "randomised", "propensity_probability", "model_name", "model_version",
)  # fmt: skip
TABLES = (
    OnlineTable("customer", (PERSON, "valid_from")),
    *(OnlineTable(name, (PERSON, time)) for name, time in EVENT_TIMES.items()),
    OnlineTable("response", ("incident_id",)),
    OnlineTable(
        "score", (PERSON, "model", "incident_id"), ("scored_at", "as_of_at"), SCORE_COLUMNS
    ),
    OnlineTable("answer", (PERSON, "incident_id"), ("answered_at",)),
    OnlineTable("suggestion", (PERSON, "asked_incident_id", "rank"), ("suggested_at",)),
    OnlineTable("offer_decision", (PERSON,), ("decided_at",), DECISION_COLUMNS),
)

SQL_TYPES = {
    pa.int64(): "INTEGER",
    pa.int32(): "INTEGER",
    pa.float64(): "REAL",
    pa.binary(): "BLOB",
}


def kind_of(type_: pa.DataType) -> str:
    """Return how a column is kept."""
    if pa.types.is_timestamp(type_):
        return "moment"
    if pa.types.is_date(type_):
        return "date"
    if pa.types.is_decimal(type_):
        return "decimal"
    if pa.types.is_boolean(type_):
        return "boolean"
    if pa.types.is_nested(type_):
        return "map" if pa.types.is_map(type_) else "json"
    return "plain"


def stored(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of a gold table in the types that SQLite has."""
    kind = kind_of(column.type)
    if kind in ("moment", "boolean"):
        return column.cast(pa.int64())
    if kind == "date":
        return column.cast(pa.int32()).cast(pa.int64())
    if kind == "decimal":
        return column.cast(pa.string())
    if kind in ("json", "map"):
        return pa.chunked_array([pa.array(map(_json, column.to_pylist()), pa.string())])
    return column


def stored_type(type_: pa.DataType) -> str:
    """Return SQLite's name for how a column is kept."""
    kept = stored(pa.chunked_array([], type_)).type
    return SQL_TYPES.get(kept, "TEXT")


def filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of a key: an unknown text is the empty one."""
    return pc.fill_null(column, "") if pa.types.is_string(column.type) else column


def reader_of(kind: str) -> Callable[[Any], Any] | None:
    """Return what makes a kept value what it was; None where it is that already."""
    return READERS.get(kind)


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _moment(value: int | None) -> datetime | None:
    return None if value is None else EPOCH + timedelta(microseconds=value)


def _date(value: int | None) -> date | None:
    return None if value is None else date.fromordinal(FIRST_DAY + value)


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _boolean(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def _nested(value: str | None) -> object:
    return None if value is None else json.loads(value)


def _map(value: str | None) -> dict[str, Any] | None:
    return None if value is None else dict(json.loads(value))


READERS: dict[str, Callable[[Any], Any]] = {
    "moment": _moment,
    "date": _date,
    "decimal": _decimal,
    "boolean": _boolean,
    "json": _nested,
    "map": _map,
}

"""A person's rows out of a table, whatever the table: found by their tokens, deleted once.

Any column of strings may hold a token (the person's, a row's key, an entity's); so tables that are
made later need no line here. Facts of others that refer to the person's facts go by their keys. A
row that only mentions the person, as the agent of somebody's call or in a client's own column of
identifiers, is somebody else's and stays.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract
from ingestion.persons import Person
from ingestion.traces import Keys
from lakehouse.commits import Commit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef

COMPOSED = "row_key"
"""The one column in which a token may be part of a longer text."""

BY_KEYS = ("silver", "gold")
"""Layers whose tables name facts by the contract's own key columns."""


@dataclass(frozen=True)
class Gone:
    """What went from a table, and its version afterwards."""

    rows: int
    version: int


def mentions_of(contract: Contract) -> frozenset[str]:
    """Return the columns of identifiers that do not say whose a row is."""
    columns = [column for table in contract.tables for column in table.columns]
    whose = {column.name for column in columns if column.key or column.role == "entity"}
    named = {column.name for column in columns if column.classification == "identifier"}
    return frozenset(named - whose)


def erase_rows(
    lake: "Lake",
    ref: "TableRef",
    person: Person,
    keys: Keys,
    *,
    mentions: Collection[str],
    commit_id: str,
) -> Gone | None:
    """Delete a person's rows from a table; None where it has and had none of them.

    Parameters
    ----------
    mentions
        Columns whose tokens do not say whose a row is.
    """
    done = lake.writer.find_commit(ref, commit_id)
    if done:
        return Gone(done.deleted, done.version)
    names = _strings(lake, ref, mentions)
    tests = {name: _found(name, person) for name in names}
    own = {name: keys[name] for name in names if name in keys and ref.layer in BY_KEYS}
    tests |= {f"{name}:key": _isin(name, values) for name, values in own.items()}
    if not tests:
        return None
    rows = lake.arrow(ref, columns=names, where=reduce(or_, tests.values()))
    hits = [name for name, test in tests.items() if rows.filter(test).num_rows]
    if not hits:
        return None
    where = " OR ".join(_sql(name, person, own) for name in hits)
    done = lake.writer.delete(ref, where, Commit(commit_id))
    return Gone(rows.num_rows, done.version)


def holds_rows(lake: "Lake", ref: "TableRef", person: Person, mentions: Collection[str]) -> bool:
    """Say whether a table still has a row of the person's."""
    names = _strings(lake, ref, mentions)
    tests = [_found(name, person) for name in names]
    return bool(tests) and lake.arrow(ref, names, reduce(or_, tests)).num_rows > 0


def _strings(lake: "Lake", ref: "TableRef", besides: Collection[str]) -> list[str]:
    strings = [field.name for field in lake.schema(ref) if pa.types.is_string(field.type)]
    return [name for name in strings if name not in besides]


def _found(name: str, person: Person) -> pc.Expression:
    same = _isin(name, person.tokens)
    if name != COMPOSED:
        return same
    parts = [pc.match_substring(pc.field(name), token) for token in sorted(person.tokens)]
    return reduce(or_, parts, same)


def _isin(name: str, values: "Iterable[str]") -> pc.Expression:
    return pc.field(name).isin(pa.array(sorted(values), pa.string()))


def _sql(name: str, person: Person, own: Keys) -> str:
    if name.endswith(":key"):
        column = name.removesuffix(":key")
        return f"{column} IN ({_listed(own[column])})"
    within = [f"{name} LIKE '%{token}%'" for token in sorted(person.tokens)]
    parts = [f"{name} IN ({_listed(person.tokens)})", *(within if name == COMPOSED else [])]
    return " OR ".join(parts)


def _listed(values: "Iterable[str]") -> str:
    quoted = (value.replace("'", "''") for value in sorted(values))
    return ", ".join(f"'{value}'" for value in quoted)

"""Carry out a contract's migrations on an upload: its rows as sent, and how they are mapped.

Nothing that was stored is computed from: the strings of the file are read anew under the newer
contract, so that the result is what it would be had they been sent today.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract, Table
from data_contracts.extension import OwnColumn
from data_contracts.migration import Migration, Step
from data_contracts.tables import plain
from ingestion.mapping import Mapping
from ingestion.reading.raw import ROW_NUMBER, RawTable

OlderContract = Callable[[Migration], Contract | None]
"""Returns the contract from which a migration leads away, where one was published."""


def migrated_mapping(
    mapping: Mapping, table: str, path: Sequence[Migration], older: OlderContract
) -> Mapping:
    """Return a mapping of a table as the newest version of the path understands it."""
    for migration in path:
        for step in migration.steps:
            if step.table == table and step.column:
                mapping = _stepped(mapping, step, older(migration))
    return mapping


def _stepped(mapping: Mapping, step: Step, contract: Contract | None) -> Mapping:
    if step.kind == "rename":
        return _renamed(mapping, step.column, step.to)
    if step.kind == "drop":
        return _without(mapping, step.column)
    if step.kind == "map":
        return _with_values(mapping, step, contract)
    return mapping


def _renamed(mapping: Mapping, old: str, new: str) -> Mapping:
    columns = {header: new if name == old else name for header, name in mapping.columns.items()}
    values = {new if name == old else name: words for name, words in mapping.values.items()}
    return replace(mapping, columns=columns, values=values)


def _without(mapping: Mapping, column: str) -> Mapping:
    columns = {header: name for header, name in mapping.columns.items() if name != column}
    values = {name: words for name, words in mapping.values.items() if name != column}
    return replace(mapping, columns=columns, values=values)


def _with_values(mapping: Mapping, step: Step, contract: Contract | None) -> Mapping:
    """Let every writing that meant an old value mean the new one."""
    if step.column not in mapping.sources:
        return mapping
    own = dict(mapping.values.get(step.column, {}))
    words = dict(own)
    for old, new in step.values.items():
        written = [old, *_writings(contract, step, old), *(w for w, v in own.items() if v == old)]
        words |= dict.fromkeys(written, new)
    return replace(mapping, values={**mapping.values, step.column: words})


def _writings(contract: Contract | None, step: Step, value: str) -> Iterable[str]:
    if contract is None:
        return ()
    return contract.table(step.table).column(step.column).value_synonyms.get(value, ())


def with_defaults(
    raw: RawTable, mapping: Mapping, table: str, path: Sequence[Migration]
) -> tuple[RawTable, Mapping]:
    """Fill a column that is now demanded in rows that lack it, under a header of its own."""
    steps = [step for migration in path for step in migration.steps if step.table == table]
    for step in steps:
        if step.kind == "default":
            raw, mapping = _defaulted(raw, mapping, step)
    return raw, mapping


def _defaulted(raw: RawTable, mapping: Mapping, step: Step) -> tuple[RawTable, Mapping]:
    source = mapping.sources.get(step.column)
    if source is None:
        header = _free(step.place, raw.headers)
        values = pa.array([step.to] * raw.rows.num_rows, pa.string())
        rows = raw.rows.add_column(len(raw.headers), header, values)
        columns = {**mapping.columns, header: step.column}
        headers = (*raw.headers, header)
        return replace(raw, headers=headers, rows=rows), replace(mapping, columns=columns)
    sent = raw.rows[source]
    blank = pc.equal(pc.utf8_trim_whitespace(pc.fill_null(sent, "")), "")
    place = raw.rows.column_names.index(source)
    filled = pc.if_else(blank, step.to, sent)
    return replace(raw, rows=raw.rows.set_column(place, source, filled)), mapping


def _free(header: str, taken: Sequence[str]) -> str:
    while header in (*taken, ROW_NUMBER):
        header += "'"
    return header


def with_own_columns(
    mapping: Mapping, headers: Sequence[str], table: Table, own: Sequence[OwnColumn]
) -> Mapping:
    """Let headers that nobody knew stand for the tenant's own columns; the first spelling counts.

    What stood for a column that the table has no more, a withdrawn one, is left aside again.
    """
    names = {column.name for column in table.columns}
    columns = {header: name for header, name in mapping.columns.items() if name in names}
    values = {name: words for name, words in mapping.values.items() if name in names}
    for column in own:
        if column.table != table.name or column.name not in names:
            continue
        spelled = {plain(header) for header in column.headers}
        free = [h for h in headers if plain(h) in spelled and h not in columns]
        if free and column.name not in columns.values():
            columns[free[0]] = column.name
    return replace(mapping, columns=columns, values=values)

"""What a person changes in rejected rows before they go through the door again. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from data_contracts.contract import Table
from foundation.errors import InvalidRequest
from ingestion.ledger.schema import Row, RowRef
from ingestion.mapping import Mapping as ColumnMapping
from ingestion.mapping import stored_values
from ingestion.vocabulary import fold
from tenancy.quarantine_acts import ActKind

Sources = Mapping[str, str]

NOT_REMEMBERED = frozenset({"personal", "identifier", "free_text"})
"""Classifications whose values no mapping may keep: it stands in the clear."""


@dataclass(frozen=True)
class Correction:
    """One correction for all selected rows, and others for single cells.

    Columns are named as the contract does or as the file does.

    Attributes
    ----------
    values
        Column → value as it came (compared without case, accents and edges) → the right one.
    every
        Column → value for every row, whatever it held; empty leaves the cell blank.
    cells
        Row → column → value.
    remember
        ``values`` become part of the tenant's mapping: the next files need no correction.
    """

    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    every: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[RowRef, Mapping[str, str]] = field(default_factory=dict)
    remember: bool = False

    @cached_property
    def columns(self) -> frozenset[str]:
        """Every column that it speaks of."""
        cells = {column for row in self.cells.values() for column in row}
        return frozenset({*self.values, *self.every, *cells})

    @property
    def kind(self) -> ActKind:
        """What the act is called."""
        if self.cells:
            return "cells"
        return "values" if self.values or self.every else "unchanged"


def corrected(ref: RowRef, row: Row, correction: Correction, sources: Sources) -> Row:
    """Return a row with its cells corrected; what nothing is said of stays as it came.

    Parameters
    ----------
    sources
        Contract column → header of the row's file.
    """
    told = {} if correction.remember else correction.values
    changed = dict(row)
    for column, translated in told.items():
        header = sources.get(column, column)
        right = {fold(before): after for before, after in translated.items()}
        came = fold(changed.get(header) or "")
        if came in right:
            changed[header] = right[came]
    for cells in (correction.every, correction.cells.get(ref, {})):
        changed |= {sources.get(column, column): value for column, value in cells.items()}
    return changed


def require_columns(correction: Correction, headers: Collection[str], sources: Sources) -> None:
    """Raise ``InvalidRequest`` where a corrected column stands neither in contract nor in file."""
    for column in sorted(correction.columns):
        if column not in headers and column not in sources:
            raise InvalidRequest("ledger.no_column", column=column)


def require_memorable(correction: Correction, table: Table) -> None:
    """Raise ``InvalidRequest`` where a translation may not, or cannot, be kept in the mapping."""
    if not correction.remember:
        return
    columns = {column.name: column for column in table.columns}
    for name, translated in correction.values.items():
        column = columns.get(name)
        if column is None or column.classification in NOT_REMEMBERED:
            raise InvalidRequest("ledger.not_remembered", column=name)
        stored = stored_values(column)
        for after in translated.values():
            if not after or (stored and after not in stored):
                raise InvalidRequest(
                    "ledger.not_a_value", value=after, column=name, allowed=", ".join(stored)
                )


def remembered(mapping: ColumnMapping, correction: Correction) -> ColumnMapping:
    """Return the mapping with the correction's translations of values."""
    values = {name: dict(told) for name, told in mapping.values.items()}
    for name, translated in correction.values.items():
        values[name] = {**values.get(name, {}), **translated}
    return replace(mapping, values=values)

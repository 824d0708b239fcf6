"""A client's file before it is written: columns of finished strings, and the client's habits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simulation.grid import Bools, Floats, Ints
from simulation.incidents import NEVER
from simulation.seasons import LOCAL_OFFSET

Format = Literal["csv", "json_lines", "parquet"]


@dataclass(frozen=True)
class Habits:
    """How a client writes files.

    Attributes
    ----------
    day_first
        ``31/08/2026 14:05:09`` instead of ``2026-08-31 14:05:09``. Times are local, without a zone.
    decimal
        Decimal separator of amounts.
    yes, no
        Words of truth.
    """

    format: Format = "csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    newline: str = "\n"
    day_first: bool = False
    decimal: str = "."
    yes: str = "Sí"
    no: str = "No"

    def times(self, moments: Ints) -> list[str]:
        """Write moments (UTC seconds) as local time; ``NEVER`` is blank."""
        known = moments < NEVER
        local = np.where(known, moments - LOCAL_OFFSET, 0).astype("datetime64[s]")
        texts = np.datetime_as_string(local, unit="s").tolist()
        shape: Callable[[str], str] = _day_first if self.day_first else _iso
        return [shape(t) if k else "" for t, k in zip(texts, known.tolist(), strict=True)]

    def flags(self, values: Bools) -> list[str]:
        """Write truths."""
        return [self.yes if value else self.no for value in values.tolist()]

    def amounts(self, values: Floats, digits: int = 0) -> list[str]:
        """Write amounts with a fixed number of decimals, without grouping."""
        return [f"{value:.{digits}f}".replace(".", self.decimal) for value in values.tolist()]


@dataclass(frozen=True)
class Sheet:
    """Rows of one file.

    Attributes
    ----------
    headers
        The client's names of the columns.
    columns
        Contract column of each header; none for a column that the contract does not know.
    rows
        Finished strings, one tuple a row.
    keys, valid_from
        What the oracle knows of each row.
    deletes
        Rows that ask for deletion, in a change file.
    """

    headers: tuple[str, ...]
    columns: tuple[str | None, ...]
    rows: list[tuple[str, ...]]
    keys: list[str]
    valid_from: list[int]
    deletes: list[bool]

    def at(self, column: str) -> int:
        """Return the position of a contract column."""
        return self.columns.index(column)

    def mapping(self) -> dict[str, str]:
        """Return header → contract column, as a correct mapping has it."""
        pairs = zip(self.headers, self.columns, strict=True)
        return {header: column for header, column in pairs if column is not None}

    def only(self, chosen: Sequence[int]) -> "Sheet":
        """Return the chosen rows, in that order."""
        return Sheet(
            self.headers,
            self.columns,
            [self.rows[i] for i in chosen],
            [self.keys[i] for i in chosen],
            [self.valid_from[i] for i in chosen],
            [self.deletes[i] for i in chosen],
        )

    def with_values(self, column: str, values: Sequence[str]) -> "Sheet":
        """Return the rows with other values in one column."""
        at = self.at(column)
        rows = [(*r[:at], v, *r[at + 1 :]) for r, v in zip(self.rows, values, strict=True)]
        return Sheet(self.headers, self.columns, rows, self.keys, self.valid_from, self.deletes)

    def plus(self, other: "Sheet") -> "Sheet":
        """Return the rows of both, these first."""
        return Sheet(
            self.headers,
            self.columns,
            self.rows + other.rows,
            self.keys + other.keys,
            self.valid_from + other.valid_from,
            self.deletes + other.deletes,
        )


def make_sheet(
    values: dict[str, tuple[str | None, list[str]]],
    keys: list[str] | None = None,
    valid_from: list[int] | None = None,
) -> Sheet:
    """Return a sheet from header → (contract column, values)."""
    rows = list(zip(*(column for _, column in values.values()), strict=True))
    return Sheet(
        headers=tuple(values),
        columns=tuple(column for column, _ in values.values()),
        rows=rows,
        keys=[""] * len(rows) if keys is None else keys,
        valid_from=[0] * len(rows) if valid_from is None else valid_from,
        deletes=[False] * len(rows),
    )


def _iso(text: str) -> str:
    return text.replace("T", " ")


def _day_first(text: str) -> str:
    return f"{text[8:10]}/{text[5:7]}/{text[:4]} {text[11:]}"

"""One feature's column: how its values become numbers, in bulk and one by one alike."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self, SupportsFloat, cast

import numpy as np

from models.arrays import Data, Floats, Ints, Persons

MISSING = "\x00missing"
RARE = "~rare"
FEWEST_PERSONS = 5
"""A value of fewer has no column of its own, however small the company."""
NUMBER_TYPES = (int, float, Decimal, np.number, np.bool_)


def is_table(data: object) -> bool:
    """Tell whether data are records (dicts) or a DataFrame, rather than an array of numbers."""
    if hasattr(data, "columns"):
        return True
    return isinstance(data, Sequence) and (len(data) == 0 or isinstance(data[0], Mapping))


def columns_of(data: Data, names: Sequence[str] | None) -> dict[str, Sequence[object]]:
    """Return the values of each feature, from records, a DataFrame or an array."""
    if isinstance(data, np.ndarray):
        names = names if names is not None else [f"x{i}" for i in range(data.shape[1])]
        return {name: data[:, i].tolist() for i, name in enumerate(names)}
    if hasattr(data, "columns"):
        names = names if names is not None else list(data.columns)
        absent = [None] * len(data)
        return {n: data[n].tolist() if n in data.columns else absent for n in names}
    if names is None:
        names = list(dict.fromkeys(name for record in data for name in record))
    return {name: [record.get(name) for record in data] for name in names}


def kind_of(values: Sequence[object]) -> str:
    """Return ``numeric`` where every value that is there is a number, else ``category``."""
    present = (v for v in values if not is_missing(v))
    return "numeric" if all(isinstance(v, NUMBER_TYPES) for v in present) else "category"


def is_missing(value: object) -> bool:
    """Tell whether a value is absent: None, NaN, NaT, pandas' NA or an empty string."""
    if value is None or value == "":
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return type(value).__name__ in ("NAType", "NaTType")


def number(name: str, value: object) -> float:
    """Return a value as a float; NaN where it is missing or without bounds.

    Raises
    ------
    ValueError
        It is no number; the feature's name stands in the message.
    """
    if is_missing(value):
        return math.nan
    try:
        found = float(cast(SupportsFloat, value))
    except (TypeError, ValueError):
        raise ValueError(f"{name}: {value!r} is not a number") from None
    return found if math.isfinite(found) else math.nan


def category(value: object) -> str:
    """Return a value as the name of a category; 1 and 1.0 are the same."""
    if isinstance(value, str):
        return value or MISSING
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if is_missing(value):
        return MISSING
    if isinstance(value, float | np.floating | Decimal) and value == int(value):
        return str(int(value))
    return str(value)


def persons_by_value(values: Sequence[str], persons: Persons | Ints | None) -> Counter[str]:
    """Return how many different persons have each value; None: each row is somebody else's."""
    if persons is None:
        return Counter(values)
    return Counter(value for value, _ in set(zip(values, persons.tolist(), strict=True)))


@dataclass
class NumericColumn:
    """A number: its value, and an indicator where training had gaps."""

    name: str
    at: int
    median: float
    has_gaps: bool

    @classmethod
    def learn(cls, name: str, values: Sequence[object], at: int) -> Self:
        """Learn the median and whether there are gaps."""
        found = _numbers(name, values)
        gaps = np.isnan(found)
        median = float(np.median(found[~gaps])) if not gaps.all() else 0.0
        return cls(name, at, median, bool(gaps.any()))

    @property
    def width(self) -> int:
        """How many output columns it takes."""
        return 2 if self.has_gaps else 1

    def names(self) -> list[str]:
        """Return a name for each output column."""
        return [self.name, f"{self.name}=?"][: self.width]

    def fill(self, values: Sequence[object], matrix: Floats) -> None:
        """Write all values into their columns."""
        found = _numbers(self.name, values)
        gaps = np.isnan(found)
        matrix[:, self.at] = np.where(gaps, self.median, found)
        if self.has_gaps:
            matrix[:, self.at + 1] = gaps

    def put(self, value: object, row: list[float]) -> None:
        """Write one value into its row."""
        found = value if type(value) is float else number(self.name, value)
        if found - found == 0.0:  # neither NaN nor without bounds
            row[self.at] = found
            return
        row[self.at] = self.median
        if self.has_gaps:
            row[self.at + 1] = 1.0


@dataclass
class CategoryColumn:
    """A category: one output column a frequent value, one for all others.

    Rare values are not kept: a stored model would name what only one person has. A value that
    training never saw counts as rare, where training met any.
    """

    name: str
    at: int
    levels: dict[str, int]
    rare_at: int | None

    @classmethod
    def learn(
        cls,
        name: str,
        values: Sequence[object],
        at: int,
        rare_persons: int,
        persons: Persons | None = None,
    ) -> Self:
        """Learn which values have a column of their own, in alphabetical order."""
        counts = persons_by_value([category(v) for v in values], persons)
        known = len(values) if persons is None else len(set(persons.tolist()))
        fewest = min(rare_persons, max(FEWEST_PERSONS, known // 50))
        frequent = sorted(v for v, n in counts.items() if n >= fewest)
        levels = {v: at + i for i, v in enumerate(frequent)}
        rare_at = at + len(frequent) if len(frequent) < len(counts) else None
        return cls(name, at, levels, rare_at)

    @property
    def width(self) -> int:
        """How many output columns it takes."""
        return len(self.levels) + (self.rare_at is not None)

    def names(self) -> list[str]:
        """Return a name for each output column."""
        shown = [f"{self.name}={value.strip(chr(0))}" for value in self.levels]
        return shown if self.rare_at is None else [*shown, f"{self.name}{RARE}"]

    def fill(self, values: Sequence[object], matrix: Floats) -> None:
        """Write all values into their columns."""
        levels, other = self.levels, -1 if self.rare_at is None else self.rare_at
        found = np.array([levels.get(category(v), other) for v in values], dtype=np.int64)
        known = np.flatnonzero(found >= 0)
        matrix[known, found[known]] = 1.0

    def put(self, value: object, row: list[float]) -> None:
        """Write one value into its row."""
        known = value if type(value) is str and value else category(value)
        at = self.levels.get(known, self.rare_at)
        if at is not None:
            row[at] = 1.0


def _numbers(name: str, values: Sequence[object]) -> Floats:
    return np.fromiter((number(name, v) for v in values), dtype=np.float64, count=len(values))

"""Twins of ``facts.Facts`` and ``facts.Row`` over rows that are here: values instead of columns.

A feature of the catalogue is one function; handed these, it computes in Python what the engine
computes when it is handed those. Whoever changes one changes the other: a test compares them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from features.facts import MICROSECONDS_A_DAY

MICROSECOND = timedelta(microseconds=1)
Values = Mapping[str, Any]


@dataclass(frozen=True)
class KnownFacts:
    """A person's rows of one event table, all of them earlier than ``as_of``."""

    rows: Sequence[Values]
    event_time: str
    as_of: datetime

    def count(self, days: int, where: Sequence[bool] | None = None) -> float:
        """Return how many facts lie in the last ``days`` days."""
        kept = [self._within(row[self.event_time], days) for row in self.rows]
        if where is not None:
            kept = [one and asked for one, asked in zip(kept, where, strict=True)]
        return float(sum(kept))

    def count_by(self, time_column: str, days: int) -> float:
        """Return how many facts had ``time_column`` in the last ``days`` days, not later."""
        return float(sum(self._within(row[time_column], days) for row in self.rows))

    def mean(self, column: str, days: int) -> float | None:
        """Return the mean of ``column`` over the last ``days`` days; None where there is none."""
        recent = (row for row in self.rows if self._within(row[self.event_time], days))
        known = [value for row in recent if (value := as_number(row[column])) is not None]
        return sum(known) / len(known) if known else None

    def days_since_last(self) -> float | None:
        """Return the days since the latest fact; None where there is none."""
        ages = (days_between(row[self.event_time], self.as_of) for row in self.rows)
        return min(ages, default=None)

    def one_of(self, column: str, *values: str) -> list[bool]:
        """Return for each fact whether ``column`` is one of ``values``; unknown is no."""
        return [row[column] in values for row in self.rows]

    def holds(self, column: str) -> list[bool]:
        """Return for each fact whether the boolean ``column`` is true; unknown is no."""
        return [row[column] is True for row in self.rows]

    def _within(self, time: datetime | None, days: int) -> bool:
        return time is not None and 0 <= days_between(time, self.as_of) <= days


@dataclass(frozen=True)
class KnownRow:
    """The version of the customer in effect, or the incident itself."""

    values: Values
    as_of: datetime
    time_zone: str

    def value(self, column: str) -> object:
        """Return a column as it is."""
        return self.values[column]

    def number(self, column: str) -> float | None:
        """Return a number, amount or boolean as a double."""
        return as_number(self.values[column])

    def days_since(self, column: str) -> float | None:
        """Return the days from ``column`` to the as-of time; None where it lies later."""
        time = self.values[column]
        days = None if time is None else days_between(time, self.as_of)
        return days if days is not None and days >= 0 else None

    def local_hour(self, column: str) -> float | None:
        """Return the hour of the day, 0 to 23, on the tenant's clock."""
        local = self._local(column)
        return None if local is None else float(local.hour)

    def local_weekday(self, column: str) -> str | None:
        """Return the day of the week, ``0`` (Monday) to ``6``, on the tenant's clock."""
        local = self._local(column)
        return None if local is None else str(local.weekday())

    def _local(self, column: str) -> datetime | None:
        time: datetime | None = self.values[column]
        return None if time is None else time.astimezone(_zone(self.time_zone))


def as_number(value: object) -> float | None:
    """Return a number, amount or boolean as a double; None stays unknown."""
    assert value is None or isinstance(value, int | float | Decimal)
    return None if value is None else float(value)


def days_between(earlier: datetime, later: datetime) -> float:
    """Return the time between two moments in days, to the microsecond."""
    return ((later - earlier) // MICROSECOND) / float(MICROSECONDS_A_DAY)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)

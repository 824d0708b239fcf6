"""The two shapes in which the engine hands data to a feature: past facts, and one row.

`Facts` are a person's rows of an event table, all of them earlier than the as-of time: the join in
``build.py`` lets nothing later through, so a feature cannot look ahead however it is written. `Row`
is the one version or incident that the entity is.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import Column

AS_OF = "as_of_at"
MICROSECONDS_A_DAY = 86_400_000_000


@dataclass(frozen=True)
class Facts:
    """A person's earlier rows of one event table; methods return aggregates over them."""

    event_time: str

    def count(self, days: int, where: "Column | None" = None) -> "Column":
        """Return how many facts lie in the last ``days`` days, as a double."""
        from pyspark.sql import functions as fn

        kept = self._within(self.event_time, days)
        kept = kept if where is None else kept & where
        return fn.sum(fn.when(kept, fn.lit(1.0)).otherwise(fn.lit(0.0)))

    def count_by(self, time_column: str, days: int) -> "Column":
        """Return how many facts had ``time_column`` in the last ``days`` days, not later."""
        from pyspark.sql import functions as fn

        kept = fn.coalesce(self._within(time_column, days), fn.lit(False))
        return fn.sum(fn.when(kept, fn.lit(1.0)).otherwise(fn.lit(0.0)))

    def mean(self, column: str, days: int) -> "Column":
        """Return the mean of ``column`` over the last ``days`` days; NULL where there is none."""
        from pyspark.sql import functions as fn

        value = fn.col(column).cast("double")
        return fn.avg(fn.when(self._within(self.event_time, days), value))

    def days_since_last(self) -> "Column":
        """Return the days since the latest fact; NULL where there is none."""
        from pyspark.sql import functions as fn

        return fn.min(days_between(self.event_time, AS_OF))

    def one_of(self, column: str, *values: str) -> "Column":
        """Return whether ``column`` is one of ``values``; unknown is no."""
        from pyspark.sql import functions as fn

        return fn.coalesce(fn.col(column).isin(*values), fn.lit(False))

    def holds(self, column: str) -> "Column":
        """Return whether the boolean ``column`` is true; unknown is no."""
        from pyspark.sql import functions as fn

        return fn.coalesce(fn.col(column), fn.lit(False))

    def _within(self, time_column: str, days: int) -> "Column":
        age = days_between(time_column, AS_OF)
        return (age >= 0) & (age <= days)


@dataclass(frozen=True)
class Row:
    """The version of the customer in effect, or the incident itself."""

    time_zone: str

    def value(self, column: str) -> "Column":
        """Return a column as it is."""
        from pyspark.sql import functions as fn

        return fn.col(column)

    def number(self, column: str) -> "Column":
        """Return a number, amount or boolean as a double."""
        from pyspark.sql import functions as fn

        return fn.col(column).cast("double")

    def days_since(self, column: str) -> "Column":
        """Return the days from ``column`` to the as-of time; NULL where it lies later."""
        from pyspark.sql import functions as fn

        days = days_between(column, AS_OF)
        return fn.when(days >= 0, days)

    def local_hour(self, column: str) -> "Column":
        """Return the hour of the day, 0 to 23, on the tenant's clock."""
        from pyspark.sql import functions as fn

        return fn.hour(fn.from_utc_timestamp(column, self.time_zone)).cast("double")

    def local_weekday(self, column: str) -> "Column":
        """Return the day of the week, ``0`` (Monday) to ``6``, on the tenant's clock."""
        from pyspark.sql import functions as fn

        # Not by ``weekday``: Sail calls Sunday -1. ``dayofweek`` is 1 on Sundays on both engines.
        day = fn.dayofweek(fn.from_utc_timestamp(column, self.time_zone))
        return ((day + 5) % 7).cast("string")


def days_between(earlier: str, later: str) -> "Column":
    """Return the time between two columns in days, to the microsecond."""
    from pyspark.sql import functions as fn

    microseconds = fn.unix_micros(fn.col(later)) - fn.unix_micros(fn.col(earlier))
    return microseconds / fn.lit(float(MICROSECONDS_A_DAY))

"""What the features are computed from: a tenant's gold, each table at one pinned version."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from features.definition import EVENT_TIMES, READ, Feature
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from lakehouse.lake import Lake

TABLES = ("customer", *EVENT_TIMES)


@dataclass(frozen=True)
class Gold:
    """Gold tables by name, those only that the tenant has, and the versions read."""

    frames: "dict[str, DataFrame]"
    versions: dict[str, int]

    def __contains__(self, name: str) -> bool:
        return name in self.frames

    def __getitem__(self, name: str) -> "DataFrame":
        return self.frames[name]


@dataclass(frozen=True)
class Span:
    """The time that a tenant's data speak of, UTC.

    ``first_at``: from here on both customers and events are known. ``last_at``: the latest dated
    fact; nothing is known to have happened, or not happened, after it.
    """

    first_at: datetime
    last_at: datetime


def read_gold(lake: "Lake", tenant: Tenant, chosen: "Iterable[Feature]" = ()) -> Gold:
    """Return the gold tables of features, pinned to their present versions.

    What extractors made is among them only where one of the chosen features takes it: what was
    made of gold without it stays as it is where texts are read again.
    """
    taken = {feature.source for feature in chosen}
    further = [source for source in READ if source in taken]
    refs = {name: lake.ref(tenant, "gold", name) for name in (*TABLES, *further)}
    versions = {name: lake.version(ref) for name, ref in refs.items()}
    versions = {name: version for name, version in versions.items() if version >= 0}
    return Gold(
        {name: lake.read(refs[name], version) for name, version in versions.items()}, versions
    )


def span_of(gold: Gold, outcome_times: dict[str, str]) -> Span | None:
    """Return the span of the data; None where no customer and no event is dated.

    Parameters
    ----------
    outcome_times
        Gold table → a column of outcomes that also tells how far the data reach.

    A time later than the row's own recording is a slip of the pen and is left out.
    """
    rows = _first_and_last(gold, outcome_times)
    starts = [row["first"] for row in rows if row["what"] == "customer"]
    events = [row["first"] for row in rows if row["what"] in EVENT_TIMES]
    begins = [*starts, *([min(events)] if events else [])]
    return Span(max(begins), max(row["last"] for row in rows)) if begins else None


def _first_and_last(gold: Gold, outcome_times: dict[str, str]) -> list[dict[str, datetime]]:
    from pyspark.sql import functions as fn

    columns = [(name, name, time) for name, time in EVENT_TIMES.items()]
    columns += [("customer", "customer", "valid_from")]
    columns += [(name, "outcome", time) for name, time in outcome_times.items()]
    parts = [
        gold[name].select(
            fn.lit(what).alias("what"), fn.col(time).alias("at"), fn.col("recorded_at")
        )
        for name, what, time in columns
        if name in gold
    ]
    if not parts:
        return []
    together = parts[0]
    for part in parts[1:]:
        together = together.unionByName(part)
    kept = together.where(fn.col("at") <= fn.col("recorded_at"))
    found = kept.groupBy("what").agg(fn.min("at").alias("first"), fn.max("at").alias("last"))
    rows: list[dict[str, datetime]] = found.toArrow().to_pylist()
    return rows

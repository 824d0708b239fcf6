"""What became of incidents: escalated, disputed, answered late, or their customer left after them.

Each is looked at as of its opening. What nobody can know yet is left out (censored), never taken
for a no.
"""

from typing import TYPE_CHECKING

from data_contracts.contract import Label, LabelKind, Model
from features.build import ENTITY, PERSON
from features.facts import AS_OF
from features.gold import Gold, Span
from features.moments import present_moment
from features.outcomes import LABEL, active, horizon_of, outcome, said, until_end, with_events

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def incidents(gold: Gold, model: Model, kind: LabelKind, span: Span) -> "DataFrame":
    """Return incidents with their own columns, as-of times and labels to learn from."""
    rows = _incidents(gold)
    if model.label.table == "customers":
        return _left_after(gold, model.label, rows, span)
    if kind == "column":
        return _by_column(model, rows, span)
    return _late(model.label, rows, span) if kind == "late" else _by_event(model.label, rows, span)


def lasting_incidents(gold: Gold, label: Label, span: Span, most: int) -> "DataFrame":
    """Return the newest incidents with how long they were open, or have been open so far."""
    from pyspark.sql import functions as fn

    newest = _incidents(gold).orderBy(fn.col("opened_at").desc(), ENTITY).limit(most)
    return until_end(newest, fn.col(str(label.time_column)), fn.lit(span.last_at))


def undecided_incidents(gold: Gold, label: Label, span: Span) -> "DataFrame":
    """Return incidents whose outcome is still to come: those to score.

    Open, or so recent that it may still come; a tenant that never tells when it closed an incident
    has no open ones, only recent ones. A late answer is still to come of those that are open and
    recent: after the term it has come.
    """
    from pyspark.sql import functions as fn

    rows = _incidents(gold)
    waiting = ~_elapsed(label, span)
    if label.table == "customers":
        return _of_active(gold, label, rows.where(waiting), span)
    if label.is_late:
        return rows.where(waiting & fn.col(str(label.time_column)).isNull())
    closes = rows.select(fn.max("closed_at").alias("last")).toArrow().column(0)[0].as_py()
    if closes is not None:
        waiting = waiting | fn.col("closed_at").isNull()
    if label.time_column is not None:
        waiting = waiting & fn.col(label.time_column).isNull()
    return rows.where(waiting & ~said(label))


def _incidents(gold: Gold) -> "DataFrame":
    from pyspark.sql import functions as fn

    return gold["incident"].select(
        "*", fn.col("incident_id").alias(ENTITY), fn.col("opened_at").alias(AS_OF)
    )


def _elapsed(label: Label, span: Span) -> "Column":
    """Return whether the horizon after opening lies within what the data speak of."""
    from pyspark.sql import functions as fn

    return fn.unix_micros("opened_at") + horizon_of(label) <= fn.unix_micros(fn.lit(span.last_at))


def _inside(label: Label) -> "Column":
    """Return whether the outcome's time lies within the horizon; NULL where it has none."""
    from pyspark.sql import functions as fn

    time = fn.col(str(label.time_column))
    return fn.unix_micros(time) - fn.unix_micros("opened_at") <= horizon_of(label)


def _by_column(model: Model, rows: "DataFrame", span: Span) -> "DataFrame":
    from pyspark.sql import functions as fn

    decided = _elapsed(model.label, span) | fn.col("closed_at").isNotNull()
    return rows.where(decided).withColumn(LABEL, outcome(model)).where(fn.col(LABEL).isNotNull())


def _by_event(label: Label, rows: "DataFrame", span: Span) -> "DataFrame":
    from pyspark.sql import functions as fn

    time = fn.col(str(label.time_column))
    unknown = time.isNull() & said(label)
    return (
        rows.where(_elapsed(label, span) & ~unknown)
        .where(time.isNull() | (time >= fn.col("opened_at")))
        .withColumn(LABEL, fn.when(_inside(label), 1.0).otherwise(0.0))
    )


def _late(label: Label, rows: "DataFrame", span: Span) -> "DataFrame":
    """Return incidents whose term is over, with whether they were not answered within it.

    One that is still open by then is a late one. Of those whose term is not over, the ones that are
    closed are known to be in time, and yet stay out: they are the quick ones of their days, and
    would come without their slow peers.
    """
    from pyspark.sql import functions as fn

    time = fn.col(str(label.time_column))
    return (
        rows.where(_elapsed(label, span))
        .where(time.isNull() | (time >= fn.col("opened_at")))
        .withColumn(LABEL, fn.when(_inside(label), 0.0).otherwise(1.0))
    )


def _left_after(gold: Gold, label: Label, rows: "DataFrame", span: Span) -> "DataFrame":
    """Return incidents of customers who were active then, with whether they left in time."""
    from pyspark.sql import functions as fn

    over = rows.where(_elapsed(label, span)).select(ENTITY, PERSON, AS_OF)
    versions = gold["customer"].join(over, PERSON, "inner")
    found = with_events(gold, label, active(gold, label, versions))
    return rows.join(found.select(ENTITY, fn.col(LABEL)), ENTITY, "inner")


def _of_active(gold: Gold, label: Label, rows: "DataFrame", span: Span) -> "DataFrame":
    """Return the incidents of customers who are still there."""
    from pyspark.sql import functions as fn

    now = fn.lit(present_moment(span)).alias(AS_OF)
    versions = gold["customer"].select("*", fn.col(PERSON).alias(ENTITY), now)
    return rows.join(active(gold, label, versions).select(PERSON).distinct(), PERSON, "inner")

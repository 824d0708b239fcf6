"""What became of customers: who was active when, what happened to whom, what nobody can know."""

from typing import TYPE_CHECKING

from data_contracts.contract import Label, Model, Task
from features.build import ENTITY, KEPT, PERSON
from features.facts import AS_OF, MICROSECONDS_A_DAY
from features.gold import Gold, Span

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

LABEL, DAYS, ENDED = KEPT
_HAPPENED = "happened_at"


def outcome(model: Model) -> "Column":
    """Return the column that holds the outcome itself, as the task takes it."""
    from pyspark.sql import functions as fn

    return fn.col(str(model.label.column)).cast(
        "string" if model.task == "multiclass" else "double"
    )


def horizon_of(label: Label) -> "Column":
    """Return the label's horizon in microseconds."""
    from pyspark.sql import functions as fn

    return fn.lit(label.horizon_days * MICROSECONDS_A_DAY)


def with_events(gold: Gold, label: Label, rows: "DataFrame") -> "DataFrame":
    """Return active customers at their moments, with whether it happened in time.

    A customer who left the files without the outcome before the horizon was over is censored.

    Parameters
    ----------
    rows
        ``entity_id``, ``person_token``, ``as_of_at``.
    """
    from pyspark.sql import functions as fn

    end = fn.unix_micros(AS_OF) + horizon_of(label)
    inside = (fn.col(_HAPPENED) > fn.col(AS_OF)) & (fn.unix_micros(_HAPPENED) <= end)
    outcomes = (
        rows.select(PERSON, AS_OF)
        .join(_happened(gold, label), PERSON, "inner")
        .groupBy(PERSON, AS_OF)
        .agg(fn.max(fn.when(inside, 1.0).otherwise(0.0)).alias(LABEL))
    )
    found = rows.join(outcomes, [PERSON, AS_OF], "left").fillna({LABEL: 0.0})
    found = found.join(_seen_until(gold), PERSON, "left")
    seen = fn.col("seen_until").isNull() | (fn.unix_micros("seen_until") >= end)
    return found.where(seen | (fn.col(LABEL) == 1.0)).select(ENTITY, PERSON, AS_OF, LABEL)


def with_durations(gold: Gold, label: Label, rows: "DataFrame", span: Span) -> "DataFrame":
    """Return active customers at their moments, with how long until it happened or was last known.

    ``duration_days`` is a double; ``has_ended`` says that it happened then, and is false where the
    customer left the files without it, or the data end (censored).
    """
    from pyspark.sql import functions as fn

    first = (
        rows.select(PERSON, AS_OF)
        .join(_happened(gold, label), PERSON, "inner")
        .where(fn.col(_HAPPENED) > fn.col(AS_OF))
        .groupBy(PERSON, AS_OF)
        .agg(fn.min(_HAPPENED).alias(_HAPPENED))
    )
    known = rows.join(first, [PERSON, AS_OF], "left").join(_seen_until(gold), PERSON, "left")
    last = fn.least(fn.coalesce("seen_until", fn.lit(span.last_at)), fn.lit(span.last_at))
    lasting = until_end(known, fn.col(_HAPPENED), last)
    return lasting.select(ENTITY, PERSON, AS_OF, DAYS, ENDED)


def until_end(rows: "DataFrame", time: "Column", last: "Column") -> "DataFrame":
    """Add ``duration_days`` and ``has_ended``: from the as-of time to an event or the last news.

    Rows whose event or last news come before the as-of time are left out.
    """
    from pyspark.sql import functions as fn

    ended = fn.coalesce(time <= last, fn.lit(False))
    end = fn.unix_micros(fn.when(ended, time).otherwise(last))
    days = (end - fn.unix_micros(AS_OF)) / fn.lit(float(MICROSECONDS_A_DAY))
    return rows.withColumn(DAYS, days).withColumn(ENDED, ended).where(fn.col(DAYS) >= 0)


def active(gold: Gold, label: Label, versions: "DataFrame", task: Task = "binary") -> "DataFrame":
    """Return who had a version in effect at a moment and had not left by then.

    Left is: the version says so, or it happened since the version began. A later version without
    the outcome is a customer who came back.

    Parameters
    ----------
    versions
        Versions of customers, each with ``entity_id`` and the moment ``as_of_at``.
    """
    from pyspark.sql import functions as fn

    as_of, until = fn.col(AS_OF), fn.col("valid_to")
    here = (fn.col("valid_from") <= as_of) & (until.isNull() | (as_of < until))
    if "signup_at" in versions.columns:
        here = here & (fn.col("signup_at").isNull() | (fn.col("signup_at") <= as_of))
    here = here & _not_left(label, task)
    rows = versions.where(here).select(ENTITY, PERSON, AS_OF, "valid_from")
    if label.time_column is None:
        return rows
    left = fn.max(
        fn.when((fn.col("valid_from") <= fn.col(_HAPPENED)) & (fn.col(_HAPPENED) <= as_of), 1)
    )
    known = rows.join(_happened(gold, label), PERSON, "left")
    grouped = known.groupBy(ENTITY, PERSON, AS_OF).agg(left.alias("left"))
    return grouped.where(fn.col("left").isNull()).select(ENTITY, PERSON, AS_OF)


def _not_left(label: Label, task: Task) -> "Column":
    """Return whether the version itself does not say that the outcome has happened."""
    from pyspark.sql import functions as fn

    told = fn.lit(False) if task != "binary" else said(label)
    if label.time_column is None:
        return ~told
    time = fn.col(label.time_column)
    return fn.when(time.isNull(), ~told).otherwise(time > fn.col(AS_OF))


def said(label: Label) -> "Column":
    """Return whether the outcome's own column says yes; unknown is no."""
    from pyspark.sql import functions as fn

    return (
        fn.lit(False) if label.column is None else fn.coalesce(fn.col(label.column), fn.lit(False))
    )


def _happened(gold: Gold, label: Label) -> "DataFrame":
    """Return when the outcome happened to whom, over all versions that ever held.

    A version that ends as it begins was taken back by the tenant: what it says did not happen.
    """
    from pyspark.sql import functions as fn

    time, until = fn.col(str(label.time_column)), fn.col("valid_to")
    held = until.isNull() | (fn.col("valid_from") < until)
    told = gold["customer"].where(time.isNotNull() & held)
    return told.select(PERSON, time.alias(_HAPPENED)).distinct()


def _seen_until(gold: Gold) -> "DataFrame":
    """Return when customers without a current version were last seen."""
    from pyspark.sql import functions as fn

    last = (
        gold["customer"]
        .groupBy(PERSON)
        .agg(
            fn.max("valid_to").alias("seen_until"),
            fn.max(fn.col("is_current").cast("int")).alias("still"),
        )
    )
    return last.where(fn.col("still") == 0).select(PERSON, "seen_until")

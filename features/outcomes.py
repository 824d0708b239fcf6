"""What became of customers: who was active when, what happened to whom, what nobody can know."""

from typing import TYPE_CHECKING

from data_contracts.contract import Label, Model, Task
from features.build import ENTITY, PERSON
from features.facts import AS_OF, MICROSECONDS_A_DAY
from features.gold import Gold

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

LABEL = "label"
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

"""Who is looked at, when, and what became of them: the rows before their features.

A label is known only where its horizon has elapsed. A row whose outcome nobody can know yet is left
out (censored); it is never taken for a negative.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from data_contracts.contract import Label, LabelKind, Model, Task
from features.build import ENTITY, PERSON
from features.facts import AS_OF, MICROSECONDS_A_DAY
from features.gold import Gold, Span
from features.moments import present_moment, training_moments

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

LABEL = "label"
_HAPPENED = "happened_at"


def training_rows(gold: Gold, model: Model, kind: LabelKind, span: Span) -> "DataFrame | None":
    """Return entities, as-of times and labels to learn from; None where no moment is left.

    ``label`` is a double (0 and 1 for binary), or a string for multiclass.
    """
    if model.entity == "incident":
        return _incidents(gold, model, kind, span)
    if kind == "column":
        return _customers_by_column(gold, model)
    moments = training_moments(span, model.label.horizon_days)
    return _customers_by_event(gold, model.label, moments) if moments else None


def present_rows(gold: Gold, model: Model, span: Span) -> "DataFrame":
    """Return the entities to score now: active customers, or incidents not yet decided."""
    if model.entity == "incident":
        return _undecided_incidents(gold, model.label, span)
    return _active_customers(gold, model.label, (present_moment(span),), model.task).select(
        ENTITY, PERSON, AS_OF
    )


def _customers_by_column(gold: Gold, model: Model) -> "DataFrame":
    """Return each customer once: as-of is since when the current version holds."""
    from pyspark.sql import functions as fn

    current = gold["customer"].where(fn.col("is_current"))
    return current.select(
        fn.col(PERSON).alias(ENTITY),
        PERSON,
        fn.col("valid_from").alias(AS_OF),
        _outcome(model).alias(LABEL),
    ).where(fn.col(LABEL).isNotNull())


def _outcome(model: Model) -> "Column":
    from pyspark.sql import functions as fn

    return fn.col(str(model.label.column)).cast(
        "string" if model.task == "multiclass" else "double"
    )


def _customers_by_event(gold: Gold, label: Label, moments: Sequence[datetime]) -> "DataFrame":
    """Return every active customer at every moment, with whether it happened in time."""
    return with_events(gold, label, _active_customers(gold, label, moments))


def with_events(gold: Gold, label: Label, rows: "DataFrame") -> "DataFrame":
    """Return customers at a moment, each with whether it happened within the horizon.

    A customer who left the files without the outcome before the horizon was over is censored.
    """
    from pyspark.sql import functions as fn

    end = fn.unix_micros(AS_OF) + fn.lit(label.horizon_days * MICROSECONDS_A_DAY)
    happened = _happened(gold, label)
    inside = (fn.col(_HAPPENED) > fn.col(AS_OF)) & (fn.unix_micros(_HAPPENED) <= end)
    outcomes = (
        rows.select(PERSON, AS_OF)
        .join(happened, PERSON, "inner")
        .groupBy(PERSON, AS_OF)
        .agg(fn.max(fn.when(inside, 1.0).otherwise(0.0)).alias(LABEL))
    )
    known = rows.join(outcomes, [PERSON, AS_OF], "left").fillna({LABEL: 0.0})
    known = known.join(_seen_until(gold), PERSON, "left")
    seen = fn.col("seen_until").isNull() | (fn.unix_micros("seen_until") >= end)
    return known.where(seen | (fn.col(LABEL) == 1.0)).select(ENTITY, PERSON, AS_OF, LABEL)


def _active_customers(
    gold: Gold, label: Label, moments: Sequence[datetime], task: Task = "binary"
) -> "DataFrame":
    """Return the customers with a version in effect at each moment who had not left by then.

    Left is: the version says so, or it happened since the version began. A later version without
    the outcome is a customer who came back.
    """
    from pyspark.sql import functions as fn

    at = fn.explode(fn.array(*[fn.lit(moment) for moment in moments])).alias(AS_OF)
    as_of, until = fn.col(AS_OF), fn.col("valid_to")
    versions = gold["customer"].select("*", at)
    here = (fn.col("valid_from") <= as_of) & (until.isNull() | (as_of < until))
    if "signup_at" in versions.columns:
        here = here & (fn.col("signup_at").isNull() | (fn.col("signup_at") <= as_of))
    here = here & _not_left(label, task)
    rows = versions.where(here).select(fn.col(PERSON).alias(ENTITY), PERSON, AS_OF, "valid_from")
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

    said = fn.lit(False)
    if task == "binary" and label.column is not None:
        said = fn.coalesce(fn.col(label.column), fn.lit(False))
    if label.time_column is None:
        return ~said
    time = fn.col(label.time_column)
    return fn.when(time.isNull(), ~said).otherwise(time > fn.col(AS_OF))


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


def _incident_columns() -> "list[Column | str]":
    from pyspark.sql import functions as fn

    return ["*", fn.col("incident_id").alias(ENTITY), fn.col("opened_at").alias(AS_OF)]


def _elapsed(label: Label, span: Span) -> "Column":
    """Return whether the horizon after opening lies within what the data speak of."""
    from pyspark.sql import functions as fn

    horizon = fn.lit(label.horizon_days * MICROSECONDS_A_DAY)
    return fn.unix_micros("opened_at") + horizon <= fn.unix_micros(fn.lit(span.last_at))


def _incidents(gold: Gold, model: Model, kind: LabelKind, span: Span) -> "DataFrame":
    from pyspark.sql import functions as fn

    label, rows = model.label, gold["incident"].select(*_incident_columns())
    if kind == "column":
        decided = _elapsed(label, span) | fn.col("closed_at").isNotNull()
        return (
            rows.where(decided).withColumn(LABEL, _outcome(model)).where(fn.col(LABEL).isNotNull())
        )
    time = fn.col(str(label.time_column))
    unknown = time.isNull() & _said(label)
    horizon = fn.lit(label.horizon_days * MICROSECONDS_A_DAY)
    inside = fn.unix_micros(time) - fn.unix_micros("opened_at") <= horizon
    return (
        rows.where(_elapsed(label, span) & ~unknown)
        .where(time.isNull() | (time >= fn.col("opened_at")))
        .withColumn(LABEL, fn.when(inside, 1.0).otherwise(0.0))
    )


def _said(label: Label) -> "Column":
    """Return whether the outcome's own column says yes; unknown is no."""
    from pyspark.sql import functions as fn

    return (
        fn.lit(False) if label.column is None else fn.coalesce(fn.col(label.column), fn.lit(False))
    )


def _undecided_incidents(gold: Gold, label: Label, span: Span) -> "DataFrame":
    """Return incidents without the outcome that are open, or so recent that it may still come.

    A tenant that never tells when it closed an incident has no open ones, only recent ones.
    """
    from pyspark.sql import functions as fn

    rows = gold["incident"].select(*_incident_columns())
    closes = rows.select(fn.max("closed_at").alias("last")).toArrow().column(0)[0].as_py()
    waiting = ~_elapsed(label, span)
    if closes is not None:
        waiting = waiting | fn.col("closed_at").isNull()
    if label.time_column is not None:
        waiting = waiting & fn.col(label.time_column).isNull()
    return rows.where(waiting & ~_said(label))

"""Who is looked at, when, and what became of them: the rows before their features.

A label is known only where its horizon has elapsed. A row whose outcome nobody can know yet is left
out (censored); it is never taken for a negative.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from data_contracts.contract import LabelKind, Model
from features.build import ENTITY, PERSON
from features.facts import AS_OF
from features.gold import Gold, Span
from features.incident_labels import incidents, undecided_incidents
from features.moments import present_moment, training_moments
from features.outcomes import LABEL, active, outcome, with_events

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["LABEL", "present_rows", "training_rows"]


def training_rows(gold: Gold, model: Model, kind: LabelKind, span: Span) -> "DataFrame | None":
    """Return entities, as-of times and labels to learn from; None where no moment is left.

    ``label`` is a double (0 and 1 for binary), or a string for multiclass.
    """
    if model.entity == "incident":
        return incidents(gold, model, kind, span)
    if kind == "column":
        return _customers_by_column(gold, model)
    moments = training_moments(span, model.label.horizon_days)
    if not moments:
        return None
    return with_events(gold, model.label, active_customers(gold, model, moments))


def present_rows(gold: Gold, model: Model, span: Span) -> "DataFrame":
    """Return the entities to score now: active customers, or incidents not yet decided."""
    if model.entity == "incident":
        return undecided_incidents(gold, model.label, span)
    now = active_customers(gold, model, (present_moment(span),))
    return now.select(ENTITY, PERSON, AS_OF)


def _customers_by_column(gold: Gold, model: Model) -> "DataFrame":
    """Return each customer once: as-of is since when the current version holds."""
    from pyspark.sql import functions as fn

    current = gold["customer"].where(fn.col("is_current"))
    return current.select(
        fn.col(PERSON).alias(ENTITY),
        PERSON,
        fn.col("valid_from").alias(AS_OF),
        outcome(model).alias(LABEL),
    ).where(fn.col(LABEL).isNotNull())


def active_customers(gold: Gold, model: Model, moments: Sequence[datetime]) -> "DataFrame":
    """Return the customers with a version in effect at each moment who had not left by then."""
    from pyspark.sql import functions as fn

    at = fn.explode(fn.array(*[fn.lit(moment) for moment in moments])).alias(AS_OF)
    versions = gold["customer"].select("*", fn.col(PERSON).alias(ENTITY), at)
    return active(gold, model.label, versions, model.task)

"""Whether features say the same of a moment when everything after it is taken away."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cli.conformance.finding import Finding, broken, sound
from cli.conformance.trial import TRIED, Trial
from data_contracts.contract import Model, Table
from features.build import ENTITY, build, declared
from features.definition import EVENT_TIMES
from features.facts import AS_OF
from features.gold import Gold, read_gold, span_of

if TYPE_CHECKING:
    from datetime import datetime

    import pyarrow as pa
    from pyspark.sql import DataFrame

TABLES = {"customer": "customers", "incident": "incidents", "call": "calls", "offer": "offers"}


def check_point_in_time(trial: Trial) -> Iterator[Finding]:
    """Compute every model's features at half time, once with and once without what came later."""
    gold = read_gold(trial.lake, trial.tenant(TRIED))
    span = span_of(gold, {})
    assert span is not None, "generated rows are dated"
    half = span.first_at + (span.last_at - span.first_at) / 2
    before = _cut(trial, gold, half)
    for model in trial.contract.models:
        whole, past = (_features(trial, one, model, half) for one in (gold, before))
        differing = [n for n in whole.column_names if not whole[n].equals(past[n])]
        if differing:
            columns = ", ".join(_named(name, model, trial) for name in differing)
            yield broken("point_in_time", "sees_later", model=model.name, columns=columns)
        else:
            yield sound("point_in_time", model=model.name, rows=whole.num_rows)


def _named(column: str, model: Model, trial: Trial) -> str:
    """Return a feature's name, with the installed package that brings it."""
    brought = {f.name: f.plugin for f in declared(model, trial.contract)}
    plugin = brought.get(column)
    return column if plugin is None else f"{column} ({plugin.package} {plugin.version})"


def _features(trial: Trial, gold: Gold, model: Model, at: "datetime") -> "pa.Table":
    frame = build(gold, declared(model, trial.contract), _grid(gold, model, at), "UTC")
    return trial.lake.engine.arrow(frame).sort_by(ENTITY)


def _grid(gold: Gold, model: Model, at: "datetime") -> "DataFrame":
    """Return who is looked at: every customer at a moment, or the incidents opened before it."""
    from pyspark.sql import functions as fn

    if model.entity == "customer":
        persons = gold["customer"].where(fn.col("valid_from") <= fn.lit(at))
        return persons.select(
            fn.col("person_token").alias(ENTITY), "person_token", fn.lit(at).alias(AS_OF)
        ).distinct()
    opened = gold["incident"].where(fn.col("opened_at") < fn.lit(at))
    ids = fn.col("incident_id").alias(ENTITY)
    return opened.select("*", ids, fn.col("opened_at").alias(AS_OF))


def _cut(trial: Trial, gold: Gold, at: "datetime") -> Gold:
    """Return gold as it was: no later fact, and no outcome that came later."""
    frames = {
        name: _past(
            frame, trial.contract.table(TABLES[name]), EVENT_TIMES.get(name, "valid_from"), at
        )
        for name, frame in gold.frames.items()
    }
    return Gold(frames, gold.versions)


def _past(frame: "DataFrame", table: Table, time: str, at: "datetime") -> "DataFrame":
    from pyspark.sql import functions as fn

    moment = fn.lit(at)
    frame = frame.where(fn.col(time) <= moment)
    for column in (*table.by_role("outcome_time"), *table.by_role("outcome")):
        if column.name not in frame.columns:
            continue
        kept = fn.col(column.name)
        known = kept <= moment if column.role == "outcome_time" else fn.lit(False)
        frame = frame.withColumn(column.name, fn.when(known, kept))
    return frame

"""Features at a point in time: one join a source table, whatever the number of features.

*What a feature may see.* Of events (incidents, calls, offers) those with event time strictly before
the as-of time; of customers the version in effect at it (``valid_from`` ≤ as-of < ``valid_to``);
an outcome only by its own time. These are times at which things *happened*: a tenant that sends a
year at once records all of it today, so the time of recording cannot decide what was known in
March. It is kept (``recorded_at``, and the versions of the gold tables) to replay a decision.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from data_contracts.contract import MEASURES, Contract, Model
from features.catalogue import MONTHLY_VALUE, features
from features.definition import EVENT_TIMES, READ, Feature
from features.facts import AS_OF, Facts, Row
from features.gold import Gold
from features.installed import require_readable
from features.measures import measures
from foundation.errors import InvalidContract

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

ENTITY, PERSON = "entity_id", "person_token"
KEYS = (ENTITY, PERSON, AS_OF)
KEPT = ("label", "duration_days", "has_ended")
"""Columns of a grid that stay beside its features: what became of the entity."""

SAID = "said_"
"""A column of what an incident's words say, as ``gold.text`` would: no contract's column."""

_OTHER = "other_person_token"


def declared(model: Model, contract: Contract) -> tuple[Feature, ...]:
    """Return the features that a model declares, each once, ``…_measures`` spelled out.

    Raises
    ------
    InvalidContract
        The catalogue has no such feature, or not for the model's entity.
    """
    found: dict[str, Feature] = {}
    for name in model.features:
        several = measures(contract, name) if name in MEASURES else (_feature(name, model),)
        for feature in several:
            found.setdefault(feature.name, feature)
    return tuple(found.values())


def _feature(name: str, model: Model) -> Feature:
    feature = features().get(name)
    if feature is None or model.entity not in feature.entities:
        raise InvalidContract(
            "features.unknown_feature", feature=name, model=model.name, entity=model.entity
        )
    return feature


def available(feature: Feature, gold: Gold) -> bool:
    """Say whether the tenant has the table that a feature is computed from."""
    table = {"version": "customer", "self": "incident"}.get(feature.source, feature.source)
    return table in gold


def build(gold: Gold, chosen: Sequence[Feature], grid: "DataFrame", time_zone: str) -> "DataFrame":
    """Return the grid with its features, NULL where the tenant lacks the source.

    Parameters
    ----------
    grid
        One row an entity and as-of time: ``entity_id``, ``person_token``, ``as_of_at``, for
        incidents their own columns, what their words say where gold does not have them yet
        (``SAID``, a struct), and what is known of the outcome (``KEPT``).
    time_zone
        The tenant's, for the hour and weekday of an incident.

    Returns
    -------
    DataFrame
        Keys, ``KEPT`` where the grid has them, ``monthly_value``, then one column a feature:
        numbers as doubles, the others as strings. The columns do not depend on the tenant.
    """
    from pyspark.sql import functions as fn

    row = Row(time_zone)
    kept = [*KEYS, *(name for name in KEPT if name in grid.columns)]
    own = [f for f in chosen if f.source == "self"]
    frame = grid.select(*kept, *(f.compute(row).alias(f.name) for f in own))
    for read in READ:
        of_source = [f for f in chosen if f.source == read]
        frame = _with_read(frame, _read_rows(gold, grid, read), of_source, row)
    frame = _with_version(frame, gold, [f for f in chosen if f.source == "version"], row)
    for source in EVENT_TIMES:
        frame = _with_facts(frame, gold, source, [f for f in chosen if f.source == source])
    names = [feature.name for feature in chosen]
    frame = frame.select(*kept, fn.col(_aside(MONTHLY_VALUE)).alias(MONTHLY_VALUE), *names)
    require_readable(frame, chosen)
    return frame


def _aside(name: str) -> str:
    """Return a name that no feature has."""
    return f"_{name}"


def _read_rows(gold: Gold, grid: "DataFrame", source: str) -> "DataFrame | None":
    """Return what was read of incidents, from gold, or from the grid where it brings it."""
    from pyspark.sql import functions as fn
    from pyspark.sql.types import StructType

    if source == "text" and SAID in grid.columns:
        said = grid.schema[SAID].dataType
        assert isinstance(said, StructType)
        return grid.select(ENTITY, *(fn.col(SAID)[name].alias(name) for name in said.names))
    return gold[source].withColumnRenamed("incident_id", ENTITY) if source in gold else None


def _with_read(
    frame: "DataFrame", rows: "DataFrame | None", chosen: Sequence[Feature], row: Row
) -> "DataFrame":
    """Join what extractors read of the incidents themselves."""
    if not chosen or rows is None:
        return _absent(frame, chosen)
    known = rows.select(ENTITY, *(f.compute(row).alias(f.name) for f in chosen))
    return frame.join(known, ENTITY, "left")


def _with_version(
    frame: "DataFrame", gold: Gold, chosen: Sequence[Feature], row: Row
) -> "DataFrame":
    """Join the version of the customer in effect at the as-of time."""
    from pyspark.sql import functions as fn

    if "customer" not in gold:
        frame = frame.withColumn(_aside(MONTHLY_VALUE), fn.lit(None).cast("decimal(18,4)"))
        return _absent(frame, chosen)
    versions = gold["customer"].withColumnRenamed(PERSON, _OTHER)
    moments = frame.select(PERSON, AS_OF).distinct()
    known = moments.join(versions, _in_effect(), "inner").select(
        PERSON,
        AS_OF,
        fn.col(MONTHLY_VALUE).alias(_aside(MONTHLY_VALUE)),
        *(feature.compute(row).alias(feature.name) for feature in chosen),
    )
    return frame.join(known, [PERSON, AS_OF], "left")


def _in_effect() -> "Column":
    from pyspark.sql import functions as fn

    as_of, until = fn.col(AS_OF), fn.col("valid_to")
    same = fn.col(PERSON) == fn.col(_OTHER)
    return same & (fn.col("valid_from") <= as_of) & (until.isNull() | (as_of < until))


def _with_facts(
    frame: "DataFrame", gold: Gold, source: str, chosen: Sequence[Feature]
) -> "DataFrame":
    """Join what a person's earlier facts of one table amount to."""
    from pyspark.sql import functions as fn

    if not chosen or source not in gold:
        return _absent(frame, chosen)
    time = EVENT_TIMES[source]
    events = gold[source].withColumnRenamed(PERSON, _OTHER)
    earlier = (fn.col(PERSON) == fn.col(_OTHER)) & (fn.col(time) < fn.col(AS_OF))
    facts = frame.select(PERSON, AS_OF).distinct().join(events, earlier, "inner")
    totals = facts.groupBy(PERSON, AS_OF).agg(
        *(feature.compute(Facts(time)).alias(feature.name) for feature in chosen)
    )
    counts = [feature.name for feature in chosen if feature.none_counts]
    joined = frame.join(totals, [PERSON, AS_OF], "left")
    return joined.fillna(0.0, subset=counts) if counts else joined


def _absent(frame: "DataFrame", chosen: Iterable[Feature]) -> "DataFrame":
    from pyspark.sql import functions as fn

    for feature in chosen:
        type_ = "double" if feature.type == "numeric" else "string"
        frame = frame.withColumn(feature.name, fn.lit(None).cast(type_))
    return frame

"""What became of entities that were scored: their labels, once the horizon has elapsed.

The same rules as in training (``labels``), so a score is held against the outcome that a model
would learn from. What nobody can know yet is left out; so are customers whose outcome is a column
without a date: it does not say whether it happened before the horizon was over.
"""

from typing import TYPE_CHECKING

import pyarrow as pa

from data_contracts.contract import Contract, LabelKind, Model
from features.build import ENTITY, PERSON
from features.facts import AS_OF
from features.gold import Gold, Span
from features.label_kind import label_kind
from features.labels import training_rows
from features.outcomes import LABEL, horizon_of, with_events
from features.training_set import open_source
from foundation.errors import NotEnoughData

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

NONE = pa.table({ENTITY: [], AS_OF: [], LABEL: []})


def later_labels(
    lake: "Lake", tenant: "Tenant", contract: Contract, model_name: str, scored: pa.Table
) -> pa.Table:
    """Return the labels that are known by now of entities at given moments.

    A tenant without the tables that they are told from has none.

    Parameters
    ----------
    scored
        ``entity_id``, ``person_token`` and ``as_of_at`` (UTC); a pair of entity and moment once.

    Returns
    -------
    pyarrow.Table
        ``entity_id``, ``as_of_at``, ``label`` (double; string for multiclass), one row a label.
    """
    if scored.num_rows == 0:
        return NONE
    model = contract.model(model_name)
    try:
        source = open_source(lake, tenant, contract, model)
    except NotEnoughData:
        return NONE
    kind = label_kind(lake, tenant, model.label, source.gold)
    asked = lake.engine.frame(scored.select([ENTITY, PERSON, AS_OF]))
    found = _labels(source.gold, model, kind, source.span, asked)
    if found is None:
        return NONE
    return lake.engine.arrow(found.select(ENTITY, AS_OF, LABEL)).sort_by(
        [(ENTITY, "ascending"), (AS_OF, "ascending")]
    )


def _labels(
    gold: Gold, model: Model, kind: LabelKind, span: Span, asked: "DataFrame"
) -> "DataFrame | None":
    from pyspark.sql import functions as fn

    if model.entity == "incident":
        told = training_rows(gold, model, kind, span)
        return None if told is None else asked.join(told.select(ENTITY, LABEL), ENTITY, "inner")
    if kind == "column":
        return None
    elapsed = fn.unix_micros(AS_OF) + horizon_of(model.label) <= fn.unix_micros(
        fn.lit(span.last_at)
    )
    return with_events(gold, model.label, asked.where(elapsed))

"""The latest score of each customer, as batch scoring wrote it to ``gold.score``."""

import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from data_contracts.contract import Contract, Entity, Model
from features.online_store import online_of
from foundation.errors import NotFound
from operations.incidents.values import shown
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake

COLUMNS = (
    "score_id", "person_token", "as_of_at", "scored_at", "task", "probability", "predicted_value",
    "class_probabilities", "risk_class", "reasons", "money_at_risk", "currency", "model",
    "model_name", "model_version", "contract_version", "table_versions_json", "code_version",
)  # fmt: skip
Row = dict[str, Any]


def model_of(contract: Contract, entity: Entity, wanted: str | None = None) -> Model:
    """Return the contract's model of an entity: the wanted one, else the first.

    Raises
    ------
    NotFound
        The vertical predicts nothing of it, or has no such model of it.
    """
    models = {model.name: model for model in contract.models if model.entity == entity}
    if not models:
        raise NotFound("serving.no_model_of_entity", vertical=contract.vertical, entity=entity)
    name = next(iter(models)) if wanted is None else wanted
    if name not in models:
        raise NotFound("serving.no_such_model", model=shown(name), known=", ".join(models))
    return models[name]


def latest_scores(
    lake: "Lake", tenant: Tenant, model: Model, persons: Collection[str]
) -> dict[str, Row]:
    """Return person token → newest row of ``gold.score`` for those who have one.

    From the online store; where none was built yet, from the table.
    """
    if not persons:
        return {}
    facts = online_of(lake, tenant)
    if facts is not None:
        found = {one: facts.person(one).scores_of(model.name) for one in persons}
        return {person: plain(rows[0]) for person, rows in found.items() if rows}
    theirs = pc.field("person_token").isin(sorted(persons)) & (pc.field("model") == model.name)
    rows = lake.arrow(lake.ref(tenant, "gold", "score"), COLUMNS, where=theirs)
    newest = rows.sort_by([("scored_at", "ascending"), ("as_of_at", "ascending")])
    return {row["person_token"]: plain(row) for row in newest.to_pylist()}


def plain(row: Row) -> Row:
    """Return a row of ``gold.score`` with its versions and classes by name."""
    versions = json.loads(row["table_versions_json"])
    return row | {
        "tables": versions,
        "class_probabilities": dict(row["class_probabilities"] or ()),
    }

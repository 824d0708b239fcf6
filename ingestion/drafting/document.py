"""A draft as a contract of the standard that extends the contact centre's."""

from collections.abc import Iterator
from typing import cast

from data_contracts.columns import MONEY
from data_contracts.odcs import custom, read
from data_contracts.place import Node
from data_contracts.predictions import COUNTABLE
from foundation.texts import LANGUAGES, text
from ingestion.drafting.columns import Drafted
from ingestion.drafting.draft import BASE, LABELLED, Draft
from ingestion.drafting.label import task_of
from ingestion.drafting.nodes import base_node, label_of, own_node
from ingestion.drafting.tables import ENTITY_TABLE

METRICS = {"binary": "auc", "multiclass": "log_loss", "number": "mean_absolute_error"}
MEASURES = {"customer": "customer_measures", "incident": "incident_measures"}
MOST_METRICS = 4
DIMENSIONS, MOST_GROUPS = 3, 12
"""So many columns are drafted to group a page by, of at most so many values."""
OFFERS = {"discount_10": 0.3, "loyalty_benefit": 0.2, "priority_service": 0.1}
"""Offer → its cost in monthly values; a person will know better ones."""
VALUE_COLUMN = "monthly_margin"
HORIZON_DAYS = 30
"""Where no date says when an outcome came, its horizon decides nothing."""


def document_of(draft: Draft) -> Node:
    """Return the contract's document."""
    answers = draft.answers
    value = value_column(draft)
    properties = {
        "extends": draft.base.vertical,
        "label": dict(answers.title),
        "models": list(_models(draft, value)),
        "dashboard": {
            "metrics": [*draft.base.dashboard.metrics, *_metrics(draft)],
            "dimensions": _dimensions(draft),
        },
        "offers": [
            {"name": name, "label": _said(f"offer_{name}"), "costMonths": cost}
            for name, cost in OFFERS.items()
        ],
    }
    return {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": f"abcall.{answers.name}",
        "name": answers.name,
        "version": "1.0.0",
        "status": "active",
        "domain": answers.name,
        "description": {"purpose": text("verticals.purpose", "en", title=answers.title["en"])},
        "customProperties": [{"property": n, "value": v} for n, v in properties.items()],
        "schema": list(_schema(draft, value)),
    }


def value_column(draft: Draft) -> str:
    """Return the column that says what a customer is worth a month; one is added where none is."""
    for table in draft.tables:
        if table.name == ENTITY_TABLE:
            for one in table.columns:
                if one.guess.type == "money" and one.guess.role == "measure" and one.base is None:
                    return one.name
    return VALUE_COLUMN


def _said(key: str) -> dict[str, str]:
    return {lang: text(f"verticals.{key}", lang) for lang in LANGUAGES}


def _models(draft: Draft, value: str) -> Iterator[Node]:
    """Yield the base's models with the vertical's money, and the one of its own outcome."""
    base = {str(one["name"]): one for one in cast(list[Node], custom(read(BASE))["models"])}
    days = draft.answers.horizon_days
    for name, node in base.items():
        dated = {} if days is None or name not in draft.dated else _within(node, days)
        yield {"name": name, **dated, "money": _money(node, value)}
    if draft.labelled is None:
        return
    table, column = draft.labelled
    if column.base is not None and column.base.role == "outcome":
        return
    entity, task = LABELLED[table.name], task_of(column.seen)
    like = next(one for one in base.values() if one["entity"] == entity)
    label = label_of(column, draft.spoken)
    features = cast(list[str], like["features"])
    own = MEASURES[entity]
    yield {
        **like,
        "name": column.name,
        "title": {
            lang: text(f"verticals.title_{entity}", lang, label=label[lang]) for lang in LANGUAGES
        },
        "task": task,
        "label": {
            "table": table.name,
            "kinds": ["column"],
            "column": column.name,
            "horizonDays": days or HORIZON_DAYS,
        },
        "features": features if own in features else [own, *features],
        "metric": METRICS[task],
        "money": _money(like, value),
    }


def _within(node: Node, days: int) -> Node:
    return {"label": {**cast(Node, node["label"]), "horizonDays": days}}


def _money(like: Node, value: str) -> Node:
    return {"valueColumn": value, **cast(Node, like["money"])}


def _metrics(draft: Draft) -> list[str]:
    """Return the columns whose mean or share a page shows: the outcome, and the first measures."""
    own = [
        one
        for table in draft.tables
        if table.name == ENTITY_TABLE
        for one in table.columns
        if one.base is None and one.guess.type in COUNTABLE and one.seen.distinct > 1
    ]
    outcomes = [one.name for one in own if one.guess.role == "outcome"]
    measures = [one.name for one in own if one.guess.role == "measure"]
    return [*outcomes, *measures][:MOST_METRICS]


def _dimensions(draft: Draft) -> list[str]:
    """Return the columns of few, shared values by which a page may be grouped."""
    found = [
        one.name
        for table in draft.tables
        if table.name == ENTITY_TABLE
        for one in table.columns
        if one.guess.role == "measure"
        and one.base is None
        and one.guess.type == "string"
        and one.seen.distinct <= MOST_GROUPS
    ]
    usual = [name for name in draft.base.dashboard.dimensions if name != "gender"]
    return [*found[:DIMENSIONS], *usual]


def _schema(draft: Draft, value: str) -> Iterator[Node]:
    tables = {table.name: table for table in draft.tables}
    for name in dict.fromkeys([ENTITY_TABLE, *tables]):
        columns = tables[name].columns if name in tables else ()
        nodes = [node for one in columns if (node := _node(draft, one)) is not None]
        if name == ENTITY_TABLE and value == VALUE_COLUMN:
            nodes.append(_value_node())
        if nodes:
            yield {"name": name, "properties": nodes}


def _node(draft: Draft, one: Drafted) -> Node | None:
    if one.base is not None:
        return base_node(one, draft.spoken, draft.outcome)
    return own_node(one, draft.spoken, draft.outcome)


def _value_node() -> Node:
    """Return the column in which a tenant may say what each customer is worth a month."""
    said = _said("margin_label")
    return {
        "name": VALUE_COLUMN,
        "logicalType": "number",
        "physicalType": MONEY,
        "classification": "internal",
        "description": " / ".join(_said("margin")[lang] for lang in ("en", "es")),
        "logicalTypeOptions": {"minimum": -100_000_000, "maximum": 100_000_000},
        "synonyms": [
            {"synonym": "customer_margin", "locale": "en"},
            {"synonym": "margen_mensual", "locale": "es"},
        ],
        "customProperties": [
            {"property": "columnRole", "value": "measure"},
            {"property": "label", "value": said},
            {"property": "unit", "value": "currency"},
        ],
    }

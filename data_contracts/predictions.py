"""Models, offers and the dashboard of a resolved contract, every name checked."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import cast, get_args

from data_contracts.columns import once
from data_contracts.contract import (
    OPEN,
    Action,
    Dashboard,
    Entity,
    Label,
    LabelKind,
    Model,
    Money,
    OfferPolicy,
    OfferSpec,
    RiskClass,
    Table,
    Task,
)
from data_contracts.place import Node, Place, listed

MODEL = (
    "name",
    "title",
    "entity",
    "task",
    "label",
    "features",
    "estimators",
    "metric",
    "money",
    "classes",
)
LABEL = ("table", "kinds", "column", "timeColumn", "horizonDays")
MONEY = ("valueColumn", "contactCostMonths", "offerCostMonths", "acceptanceProbability")
METRICS = (
    *("churn_rate", "money_at_risk", "customers_at_risk", "incidents_per_thousand"),
    "service_level",
)
"""Figures of every contact centre; a vertical's own are columns of its customers."""
COUNTABLE = ("integer", "number", "money", "boolean")

RISK_CLASSES = ("low", "medium", "high", "critical")


def read_models(value: object, tables: Sequence[Table], place: Place) -> tuple[Model, ...]:
    """Return the models; every column they name must stand in the tables."""
    elements = [named(item, MODEL, place) for item in place.items(value)]
    once([name for name, _ in elements], place)
    return tuple(read_model(name, node, tables, place.at(name)) for name, node in elements)


def named(item: object, allowed: tuple[str, ...], place: Place) -> tuple[str, Node]:
    """Return a list's element with its name."""
    node = place.node(item)
    name = place.at("name").string(node.get("name"))
    return name, place.at(name).node(node, allowed)


def read_model(name: str, node: Node, tables: Sequence[Table], place: Place) -> Model:
    """Return one model."""
    entity = place.at("entity").choice(node.get("entity"), get_args(Entity))
    label = read_label(node.get("label"), tables, place.at("label"))
    check_entity(label, entity, place.at("label"))
    return Model(
        name=name,
        entity=cast(Entity, entity),
        task=cast(Task, place.at("task").choice(node.get("task"), get_args(Task))),
        label=label,
        features=names(node, "features", place),
        estimators=names(node, "estimators", place),
        metric=place.at("metric").string(node.get("metric")),
        money=read_money(node.get("money"), tables, place.at("money")),
        classes=read_classes(node.get("classes"), place.at("classes")),
        title=place.at("title").words(node.get("title")),
    )


def names(node: Node, name: str, place: Place) -> tuple[str, ...]:
    """Return a list of at least one name, none of them twice."""
    found = tuple(place.at(name).string(item) for item in place.at(name).items(node.get(name)))
    once(found, place.at(name))
    if not found:
        raise place.wrong("missing", name=name)
    return found


def read_label(value: object, tables: Sequence[Table], place: Place) -> Label:
    """Return what a model predicts; each kind has the column that it needs."""
    node = place.node(value, LABEL)
    table_name = place.at("table").choice(node.get("table"), [table.name for table in tables])
    table = next(table for table in tables if table.name == table_name)
    kinds = tuple(
        place.at("kinds").choice(kind, get_args(LabelKind)) for kind in names(node, "kinds", place)
    )
    days = node.get("horizonDays")
    if not isinstance(days, int) or isinstance(days, bool) or days < 1:
        raise place.at("horizonDays").wrong_value(days, "1, 2, 3 …")
    outcomes = [column.name for column in table.by_role("outcome")]
    times = [column.name for column in table.by_role("outcome_time")]
    if "late" in kinds and len(kinds) > 1:  # its time would mean two opposite things
        raise place.at("kinds").wrong_value(listed(kinds), "late | event, column")
    dated = kinds != ("column",)
    return Label(
        table=table_name,
        kinds=cast(tuple[LabelKind, ...], kinds),
        column=one_of(node.get("column"), outcomes, "column" in kinds, place.at("column")),
        time_column=one_of(node.get("timeColumn"), times, dated, place.at("timeColumn")),
        horizon_days=days,
    )


def check_entity(label: Label, entity: str, place: Place) -> None:
    """Check that what is predicted of an entity is dated where it stands in another's table.

    A column of the customers does not say whether it came about after the incident.
    """
    tables = (f"{entity}s", "customers")
    place.at("table").choice(label.table, tables)
    if label.table != tables[0] and label.kinds != ("event",):
        raise place.at("kinds").wrong_value(listed(label.kinds), "event")


def one_of(value: object, allowed: Sequence[str], needed: bool, place: Place) -> str | None:
    """Return a column's name, or nothing where none is needed."""
    return place.choice(value, allowed) if needed or value is not None else None


def read_money(value: object, tables: Sequence[Table], place: Place) -> Money:
    """Return what a decision is worth."""
    node = place.node(value, MONEY)
    customers = [t for t in tables if t.name == "customers"]
    columns = [c.name for t in customers for c in t.columns if c.type == "money"]
    probability = place.at("acceptanceProbability").number(node.get("acceptanceProbability"))
    if not 0 <= probability <= 1:
        raise place.at("acceptanceProbability").wrong_value(probability, "0 … 1")
    return Money(
        value_column=one_of(node.get("valueColumn"), columns, False, place.at("valueColumn")),
        contact_cost_months=months(node, "contactCostMonths", place),
        offer_cost_months=months(node, "offerCostMonths", place),
        acceptance_probability=float(probability),
    )


def months(node: Node, name: str, place: Place) -> Decimal:
    """Return a cost as a multiple of the customer's monthly value; it is not negative."""
    amount = place.at(name).number(node.get(name))
    if amount < 0:
        raise place.at(name).wrong_value(amount, "0 …")
    return Decimal(str(amount))


def read_classes(value: object, place: Place) -> tuple[RiskClass, ...]:
    """Return the classes of risk: all by odds ratio or all by cost, rising from zero."""
    items = place.items(value)
    by_cost = any(isinstance(item, dict) and "costMonths" in item for item in items)
    found = tuple((read_action if by_cost else read_ratio)(item, place) for item in items)
    if [risk.name for risk in found] != list(RISK_CLASSES):
        raise place.wrong_value([risk.name for risk in found], listed(RISK_CLASSES))
    ratios = [Decimal(str(risk.from_odds_ratio or 0)) for risk in found]
    starts = slopes(found, place) if by_cost else ratios
    if starts[0] != 0 or starts != sorted(set(starts)):
        raise place.wrong_value(starts, "0 < … < …")
    return found


def read_ratio(item: object, place: Place) -> RiskClass:
    """Return a class that holds from an odds ratio upwards."""
    node = place.node(item, ("name", "fromOddsRatio"))
    name = place.at("name").choice(node.get("name"), RISK_CLASSES)
    return RiskClass(name, float(place.at(name).number(node.get("fromOddsRatio"))))


def read_action(item: object, place: Place) -> RiskClass:
    """Return a class that holds where its action costs least."""
    node = place.node(item, ("name", "costMonths", "avertedShare"))
    name = place.at("name").choice(node.get("name"), RISK_CLASSES)
    share = place.at(name).at("avertedShare").number(node.get("avertedShare"))
    if not 0 <= share <= 1:
        raise place.at(name).at("avertedShare").wrong_value(share, "0 … 1")
    cost = months(node, "costMonths", place.at(name))
    return RiskClass(name, action=Action(cost, Decimal(str(share))))


def slopes(classes: Sequence[RiskClass], place: Place) -> list[Decimal]:
    """Return what each class costs above the one before for all that it averts above it.

    The first does nothing, at no cost. Where these do not rise, some class would never be the
    cheapest.
    """
    actions = [risk.action for risk in classes if risk.action]
    shares = [action.averted_share for action in actions]
    if shares[0] != 0 or shares != sorted(set(shares)):
        raise place.wrong_value(shares, "0 < … < …")
    dearer = [
        (after.cost_months - before.cost_months) / (after.averted_share - before.averted_share)
        for before, after in pairwise(actions)
    ]
    return [actions[0].cost_months, *dearer]


def read_dashboard(value: object, tables: Sequence[Table], place: Place) -> Dashboard:
    """Return the dashboard; dimensions are columns of the customers, and metrics may be."""
    node = place.node(value, ("metrics", "dimensions"))
    columns = [c for t in tables if t.name == "customers" for c in t.columns]
    countable = [c.name for c in columns if c.type in COUNTABLE and c.classification in OPEN]
    for name in names(node, "dimensions", place):
        place.at("dimensions").choice(name, [column.name for column in columns])
    for name in names(node, "metrics", place):
        place.at("metrics").choice(name, [*METRICS, *countable])
    return Dashboard(names(node, "metrics", place), names(node, "dimensions", place))


def read_offers(value: object, place: Place) -> tuple[OfferSpec, ...]:
    """Return the retention offers."""
    elements = [named(item, ("name", "label", "costMonths"), place) for item in place.items(value)]
    once([name for name, _ in elements], place)
    return tuple(
        OfferSpec(
            name=name,
            label=place.at(name).at("label").words(node.get("label")),
            cost_months=months(node, "costMonths", place.at(name)),
        )
        for name, node in elements
    )


def read_offer_policy(value: object, place: Place) -> OfferPolicy:
    """Return how offers are made; what is not said is as ``OfferPolicy`` has it."""
    if value is None:
        return OfferPolicy()
    node = place.node(value, ("holdOutShare",))
    share = place.at("holdOutShare").number(node.get("holdOutShare"))
    if not 0 <= share < 1:
        raise place.at("holdOutShare").wrong_value(share, "0 … < 1")
    return OfferPolicy(float(share))

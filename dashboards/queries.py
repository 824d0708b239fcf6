"""What the pages ask of gold: one function a question, each with its grain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dashboards.gold import Columns, Gold, Row

RISK_CLASSES = ("critical", "high", "medium", "low")
RISKY = ("critical", "high")
_SCORE = (
    "run_id", "model", "scored_at", "as_of_at", "person_token", "incident_id", "probability",
    "risk_class", "money_at_risk", "model_version", "contract_version",
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """The newest scoring of a model."""

    id: str
    model: str
    scored_at: datetime
    as_of_at: datetime
    model_version: str
    contract_version: str
    scored: int


@dataclass(frozen=True)
class ClassCount:
    """A class of risk: how many entities, of how many persons."""

    risk_class: str
    entities: int
    persons: int


@dataclass(frozen=True)
class Risk:
    """A run, or a part of it, added up.

    Attributes
    ----------
    expected
        Σ probability: how many outcomes to expect.
    variance
        Σ p (1 − p): of the Poisson-binomial distribution of their number.
    money, money_variance
        Σ p × value in the tenant's currency, and its variance Σ p (1 − p) value².
    persons, risky_persons
        Persons behind all entities, and behind those of the classes high and critical.
    """

    classes: tuple[ClassCount, ...]
    expected: float
    variance: float
    money: Decimal | None
    money_variance: float
    persons: int
    risky_persons: int

    @property
    def entities(self) -> int:
        """Everyone scored."""
        return sum(one.entities for one in self.classes)

    @property
    def risky(self) -> int:
        """Entities of the classes high and critical."""
        return sum(one.entities for one in self.classes if one.risk_class in RISKY)


@dataclass(frozen=True)
class Filters:
    """Which entities of a run; ``dimension`` is a column that the contract declares."""

    classes: tuple[str, ...] = ()
    dimension: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class Month:
    """A month's events and the persons they concern."""

    month: datetime
    events: int
    persons: int
    newest_at: datetime


def latest_run(gold: Gold, model: str) -> Run | None:
    """Return the newest scoring of a model; None before the first."""
    if not gold.has("score"):
        return None
    found = gold.rows(
        """
        select run_id as id, model, max(scored_at) as scored_at, max(as_of_at) as as_of_at,
               max(model_version) as model_version, max(contract_version) as contract_version,
               count(*) as scored
        from score where model = $model group by run_id, model
        order by scored_at desc, id limit 1
        """,
        {"score": _SCORE},
        {"model": model},
    )
    return Run(**found[0]) if found else None


def risk_of(gold: Gold, run: Run, filters: Filters | None = None) -> Risk:
    """Return a run, or what the filters leave of it, added up."""
    filters = filters or Filters()
    tables, parameters = _tables(filters, _SCORE), _parameters(run, filters)
    found = gold.rows(_RISK, tables, parameters)
    persons = gold.rows(_PERSONS, tables, parameters)[0]
    by_class = {row["risk_class"]: row for row in found}
    amounts = [row["money"] for row in found if row["money"] is not None]
    return Risk(
        classes=tuple(_class_count(name, by_class.get(name)) for name in RISK_CLASSES),
        expected=sum(row["expected"] or 0.0 for row in found),
        variance=sum(row["variance"] or 0.0 for row in found),
        money=sum(amounts, Decimal(0)) if amounts else None,
        money_variance=sum(row["money_variance"] or 0.0 for row in found),
        persons=persons["persons"],
        risky_persons=persons["risky_persons"],
    )


def scored(gold: Gold, run: Run, filters: Filters, *, limit: int, offset: int = 0) -> list[Row]:
    """Return a run's entities, most money at risk first, then the likeliest; one row an entity.

    Columns: person_token, incident_id, probability, risk_class, money_at_risk, reasons, total
    (rows that the filters leave).
    """
    parameters = {**_parameters(run, filters), "limit": limit, "offset": offset}
    return gold.rows(_SCORED, _tables(filters, (*_SCORE, "reasons")), parameters)


def incidents_by_id(gold: Gold, ids: Sequence[str]) -> dict[str, Row]:
    """Return incidents by id: opened_at, kind, channel, product, subject, text (masked)."""
    if not gold.has("incident"):
        return {}
    columns = ("incident_id", "opened_at", "kind", "channel", "product", "subject", "text")
    rows = gold.rows(
        "select * from incident where list_contains($ids, incident_id)",
        {"incident": columns},
        {"ids": list(ids)},
    )
    return {row["incident_id"]: row for row in rows}


def values_of(gold: Gold, dimension: str) -> list[str]:
    """Return the values of a customers' column among those in effect, the most frequent first."""
    if not gold.has("customer"):
        return []
    rows = gold.rows(
        """
        select cast(dimension as varchar) as value from customer
        where is_current and dimension is not null
        group by value order by count(*) desc, value limit 200
        """,
        {"customer": {"dimension": dimension, "is_current": "is_current"}},
    )
    return [row["value"] for row in rows]


def monthly(gold: Gold, table: str, time_column: str) -> list[Month]:
    """Return events a month, in the tenant's time zone, in order; the last 24 months.

    A customer has as many versions as changes: an event is a person's moment, counted once.
    """
    if not gold.has(table):
        return []
    event = "person_token" if table == "customer" else f"{table}_id"
    rows = gold.rows(
        """
        select date_trunc('month', happened_at) as month, count(distinct event) as events,
               count(distinct person) as persons, max(happened_at) as newest_at
        from events where happened_at is not null group by all order by month desc limit 24
        """,
        {table: {"event": event, "person": "person_token", "happened_at": time_column}},
        under="events",
        local=True,
    )
    return [Month(**row) for row in reversed(rows)]


def quality(gold: Gold, model: str) -> dict[str, Row]:
    """Return the champion's figures by metric: value, low, high, rows, positives, trained_at."""
    if not gold.has("model_quality"):
        return {}
    rows = gold.rows(
        """
        select * from model_quality where run_id = (
            select run_id from model_quality where model = $model and note = 'champion'
            order by trained_at desc limit 1)
        """,
        {"model_quality": ()},
        {"model": model},
    )
    return {row["metric"]: row for row in rows}


_FROM = """
from score s left join (
    select person_token, cast(dimension as varchar) as dimension from customer where is_current
) c on c.person_token = s.person_token
"""
_WHERE = """
where s.run_id = $run
  and ($every_class or list_contains($classes, s.risk_class))
  and ($value is null or c.dimension = $value)
"""
_RISK = " ".join(
    (
        """
        select risk_class, count(*) as entities,
               count(distinct coalesce(s.person_token, incident_id)) as persons,
               sum(probability) as expected, sum(probability * (1 - probability)) as variance,
               sum(money_at_risk) as money,
               sum(case when probability > 0 then
                   (1 - probability) / probability * cast(money_at_risk as double) ** 2 end
               ) as money_variance
        """,
        _FROM,
        _WHERE,
        "group by risk_class",
    )
)
_PERSONS = " ".join(
    (
        """
        select count(distinct coalesce(s.person_token, incident_id)) as persons,
               count(distinct case when risk_class in ('critical', 'high') then
                   coalesce(s.person_token, incident_id) end) as risky_persons
        """,
        _FROM,
        _WHERE,
    )
)
_SCORED = " ".join(
    (
        """
        select s.person_token, incident_id, probability, risk_class, money_at_risk, reasons,
               count(*) over () as total
        """,
        _FROM,
        _WHERE,
        """
        order by money_at_risk desc nulls last, probability desc, s.person_token, incident_id
        limit $limit offset $offset
        """,
    )
)


def _tables(filters: Filters, score: Sequence[str]) -> dict[str, Columns]:
    dimension = filters.dimension or "person_token"
    customer = {"person_token": "person_token", "is_current": "is_current", "dimension": dimension}
    return {"score": score, "customer": customer}


def _parameters(run: Run, filters: Filters) -> Row:
    return {
        "run": run.id,
        "every_class": not filters.classes,
        "classes": list(filters.classes) or [""],
        "value": filters.value,
    }


def _class_count(name: str, row: Row | None) -> ClassCount:
    return ClassCount(name, row["entities"], row["persons"]) if row else ClassCount(name, 0, 0)

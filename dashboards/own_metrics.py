"""A vertical's own figures: what the columns that its contract names come to among customers."""

from dataclasses import dataclass

from dashboards.figures import Figure, hidden
from dashboards.gold import Gold
from dashboards.small_groups import may_show
from dashboards.words import Words, capital
from data_contracts.contract import Column, Contract
from features.measures import unit_of


@dataclass(frozen=True)
class Measured:
    """A column among the customers in effect.

    Attributes
    ----------
    mean
        Of a yes or no the share of yes; None where nobody has a value.
    persons
        Customers who have a value.
    """

    column: Column
    mean: float | None
    persons: int


def measured(gold: Gold, contract: Contract) -> list[Measured]:
    """Return what each column among the dashboard's metrics comes to; none without customers."""
    own = {column.name: column for column in contract.table("customers").columns}
    if not gold.has("customer"):
        return []
    return [_measured(gold, own[name]) for name in contract.dashboard.metrics if name in own]


def _measured(gold: Gold, column: Column) -> Measured:
    (found,) = gold.rows(
        """
        select avg(cast(measure as double)) as mean, count(measure) as persons
        from customer where is_current
        """,
        {"customer": {"measure": column.name, "is_current": "is_current"}},
    )
    return Measured(column, found["mean"], found["persons"])


def figure_of(one: Measured, words: Words) -> Figure:
    """Return the figure as a card shows it: in the column's own words and unit."""
    title, meaning = words.label(one.column), capital(one.column.description[words.language])
    if one.mean is None:
        return Figure(title, "—", words.say("no_metric_known"), meaning)
    if not may_show(one.persons):
        return Figure(title, hidden(words), words.say("too_few_to_say"), meaning)
    key = "metric_share" if one.column.type == "boolean" else "metric_mean"
    detail = words.say(key, all=words.number(one.persons))
    return Figure(title, _value(one.column, one.mean, words), detail, meaning)


def _value(column: Column, mean: float, words: Words) -> str:
    if column.type == "boolean":
        return words.share(mean, 1)
    if column.type == "money":
        return words.short_money(mean)
    decimals = 0 if abs(mean) >= 100 else 1 if abs(mean) >= 1 else 2
    return f"{words.number(mean, decimals)} {unit_of(column, words.language)}".strip()

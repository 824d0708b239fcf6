"""What a company adds to the catalogues by a package of its own: a feature and an estimator."""

from typing import TYPE_CHECKING

from features.definition import over_facts
from features.facts import Facts
from models.catalogue import Family
from models.linear import Linear

if TYPE_CHECKING:
    from pyspark.sql import Column


@over_facts("call", told={"es": "{n} llamadas en 7 días", "en": "{n} calls in 7 days"})
def calls_last_7_days(calls: Facts) -> "Column":
    """Count the calls of the last 7 days."""
    return calls.count(days=7)


class Cautious(Linear):
    """A linear model that believes little of what it sees."""


cautious = Family("cautious", Cautious, ({"strength": 0.002}, {"strength": 0.01}))

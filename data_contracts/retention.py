"""How long data are kept: the contract's ``slaProperties``, in the standard's own words.

``{property: retention, value: 10, unit: y, element: calls}``: an element is a table (facts by their
own time, customers by their end) or a kind of copy (``landing``, ``bronze``, ``quarantine``,
``scores``, ``audio``, by when it was recorded). What has no period is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data_contracts.place import Node, Place

KINDS = ("landing", "bronze", "quarantine", "scores", "audio")
COMMON = ("customers", "incidents", "calls", "responses", "offers")
"""Tables for which a base may state a period that a vertical without them inherits."""

PROPERTIES = ("property", "value", "unit", "element", "driver", "description")
UNITS = {"d": "d", "day": "d", "days": "d", "y": "y", "yr": "y", "years": "y"}


@dataclass(frozen=True)
class Retention:
    """How long an element is kept; ``unit`` is ``d`` or ``y`` (calendar years)."""

    element: str
    value: int
    unit: str

    def cut(self, now: datetime) -> datetime:
        """Return the moment before which it is due.

        >>> from datetime import UTC
        >>> Retention("calls", 1, "y").cut(datetime(2028, 2, 29, tzinfo=UTC)).isoformat()
        '2027-02-28T00:00:00+00:00'
        """
        if self.unit == "d":
            return now - timedelta(days=self.value)
        day = 28 if (now.month, now.day) == (2, 29) else now.day
        return now.replace(year=now.year - self.value, day=day)


def cut_of(periods: Sequence[Retention], element: str, now: datetime) -> datetime | None:
    """Return the moment before which an element is due; None where it is kept."""
    return next((one.cut(now) for one in periods if one.element == element), None)


def read_retention(value: object, tables: Sequence[str], place: Place) -> tuple[Retention, ...]:
    """Return the periods; another promise than retention would be one that nobody keeps."""
    return tuple(_read(place.node(item, PROPERTIES), tables, place) for item in place.items(value))


def _read(node: Node, tables: Sequence[str], place: Place) -> Retention:
    place.at("property").choice(node.get("property"), ["retention"])
    element = place.at("element").choice(
        node.get("element"), [*dict.fromkeys((*tables, *COMMON)), *KINDS]
    )
    unit = UNITS[place.at(element).at("unit").choice(node.get("unit"), UNITS)]
    number = node.get("value")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise place.at(element).at("value").wrong_value(number, "1, 2, 3 …")
    return Retention(element, number, unit)

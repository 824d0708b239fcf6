"""A tenant's own columns on top of its vertical's contract: still a contract of the standard.

Where the vertical has since declared a column or a header itself, the vertical's holds: a column
never means two things.
"""

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from typing import Any, Self, cast

from data_contracts.columns import MONEY
from data_contracts.contract import Classification, ColumnType, Role
from data_contracts.place import Node
from data_contracts.tables import plain
from foundation.texts import Language

OWN_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""Names of own columns: engines tell no case apart, and the name becomes one in every table."""


@dataclass(frozen=True)
class OwnColumn:
    """One column that a tenant added.

    Attributes
    ----------
    headers
        How the tenant's files spell it.
    minimum, maximum
        Range of its values, where one is wanted: decimals as texts.
    """

    table: str
    name: str
    type: ColumnType
    role: Role
    classification: Classification
    label: dict[Language, str]
    headers: tuple[str, ...]
    unit: str | None = None
    minimum: str | None = None
    maximum: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the column as JSON can hold it."""
        return asdict(self) | {"headers": list(self.headers)}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Self:
        """Return the column that ``to_dict`` wrote."""
        return cls(**{**stored, "headers": tuple(stored["headers"])})

    def to_node(self) -> Node:
        """Return the column as the standard writes it."""
        money = self.type == "money"
        properties: list[Node] = [
            {"property": "columnRole", "value": self.role},
            {"property": "label", "value": dict(self.label)},
        ]
        if self.unit:
            properties.append({"property": "unit", "value": self.unit})
        node: Node = {
            "name": self.name,
            "logicalType": "number" if money else self.type,
            "classification": self.classification,
            "description": f"Own column: {self.label['en']}. / Columna propia: {self.label['es']}.",
            "synonyms": [{"synonym": header} for header in self.headers],
            "customProperties": properties,
        }
        limits = {"minimum": self.minimum, "maximum": self.maximum}
        options = {name: _number(limit) for name, limit in limits.items() if limit is not None}
        return (
            node
            | ({"physicalType": MONEY} if money else {})
            | ({"logicalTypeOptions": options} if options else {})
        )


def _number(limit: str) -> int | float:
    return float(limit) if "." in limit else int(limit)


def extended(document: Node, own: Sequence[OwnColumn], revision: int) -> Node:
    """Return a vertical's resolved contract with a tenant's own columns at the ends of its tables.

    Parameters
    ----------
    revision
        Number of the tenant's own version; it follows the vertical's after a plus sign.
    """
    whole = deepcopy(document)
    for table in cast(list[Node], whole.get("schema") or []):
        columns = cast(list[Node], table.get("properties") or [])
        mine = [column for column in own if column.table == table["name"]]
        table["properties"] = columns + _added(columns, mine)
    if revision:
        whole["version"] = f"{whole['version']}+{revision}"
    return whole


def collisions(document: Node, own: Sequence[OwnColumn]) -> tuple[OwnColumn, ...]:
    """Return the own columns whose name the vertical has taken: they are left out."""
    taken = {
        (table["name"], column["name"])
        for table in cast(list[Node], document.get("schema") or [])
        for column in cast(list[Node], table.get("properties") or [])
    }
    return tuple(column for column in own if (column.table, column.name) in taken)


def _added(columns: Sequence[Node], own: Sequence[OwnColumn]) -> list[Node]:
    names = {str(column["name"]) for column in columns}
    claimed = {plain(header) for column in columns for header in _headers(column)}
    added = []
    for column in own:
        if column.name in names:
            continue
        node = column.to_node()
        free = [
            s for s in cast(list[Node], node["synonyms"]) if plain(str(s["synonym"])) not in claimed
        ]
        added.append({**node, "synonyms": free})
    return added


def _headers(column: Node) -> list[str]:
    synonyms = cast(list[Node], column.get("synonyms") or [])
    return [str(column["name"]), *(str(one["synonym"]) for one in synonyms)]

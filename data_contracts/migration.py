"""Migrations: how what was sent under an older version of a contract is read under a newer one.

A contract declares them under ``customProperties``: from, to, and steps by name. A step says what
becomes of one thing; ``ingestion.migrate`` carries it out. Nothing is computed in YAML.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from data_contracts.evolution import Change
from data_contracts.place import Node, Place
from data_contracts.versions import Version, parse_version
from foundation.texts import Language

StepKind = Literal["rename", "cast", "map", "default", "drop", "accept"]
"""``rename``: the column is called otherwise; ``cast``: it has another type; ``map``: stored values
are others; ``default``: what older rows have in a column that is now demanded; ``drop``: it is no
longer kept; ``accept``: older rows are judged under the new rule, whatever becomes of them."""

PROPERTIES: dict[StepKind, tuple[str, ...]] = {
    "rename": ("to",),
    "cast": ("to",),
    "map": ("values",),
    "default": ("value",),
    "drop": ("reason",),
    "accept": ("reason",),
}

HANDLED: dict[str, tuple[StepKind, ...]] = {
    "column_removed": ("rename", "drop"),
    "column_demanded": ("rename", "default"),
    "required_now": ("default", "accept"),
    "type_changed": ("cast",),
    "values_narrowed": ("map", "accept"),
    "writings_lost": ("map", "accept"),
    "table_removed": ("drop",),
}
"""Which steps answer a breaking change; ``accept`` answers those that are not named here."""


@dataclass(frozen=True)
class Step:
    """One step. ``place`` is ``table.column``, a table, or the model, metric … of a change."""

    kind: StepKind
    place: str
    to: str = ""
    values: dict[str, str] = field(default_factory=dict, hash=False)
    reason: dict[Language, str] = field(default_factory=dict, hash=False)

    @property
    def table(self) -> str:
        """Table of the place."""
        return self.place.partition(".")[0]

    @property
    def column(self) -> str:
        """Column of the place; empty for a whole table."""
        return self.place.partition(".")[2]

    def answers(self, change: Change) -> bool:
        """Say whether the step is what a breaking change asks for."""
        if self.kind == "rename" and change.place == f"{self.table}.{self.to}":
            return True
        return self.place == change.place and self.kind in HANDLED.get(change.kind, ("accept",))


@dataclass(frozen=True)
class Migration:
    """The way from one version to another, for all that is not older than ``source``."""

    source: Version
    target: Version
    steps: tuple[Step, ...]


def read_migrations(value: object, version: str, place: Place) -> tuple[Migration, ...]:
    """Return the migrations that a contract declares, none of them beyond its own version."""
    found = tuple(
        _read(place.node(item, ("from", "to", "steps")), place.at(str(number)))
        for number, item in enumerate(place.items(value))
    )
    for migration in found:
        if not migration.source < migration.target <= parse_version(version):
            told = f"{migration.source} … {migration.target}"
            raise place.wrong_value(told, f"from < to ≤ {version}")
    return found


def _read(node: Node, place: Place) -> Migration:
    source, target = (read_version(node.get(end), place.at(end)) for end in ("from", "to"))
    at = place.at("steps")
    steps = tuple(
        _step(at.node(item), at.at(str(number)))
        for number, item in enumerate(at.items(node.get("steps")))
    )
    return Migration(source, target, steps)


def read_version(value: object, place: Place) -> Version:
    """Return a version ``major.minor.patch``."""
    written = place.string(value)
    try:
        return parse_version(written)
    except ValueError as error:
        raise place.wrong_value(written, "1.0.0") from error


def _step(node: Node, place: Place) -> Step:
    kind = next((kind for kind in get_args(StepKind) if kind in node), None)
    if kind is None:
        raise place.wrong_value(", ".join(node), ", ".join(get_args(StepKind)))
    place.node(node, (kind, *PROPERTIES[kind]))
    at = place.at(kind)
    values = place.at("values").node(node.get("values") or {})
    told = node.get("to", node.get("value", ""))
    reasoned = "reason" in PROPERTIES[kind]
    return Step(
        kind=cast(StepKind, kind),
        place=at.string(node[kind]),
        to=place.at("to").string(told) if kind in ("rename", "cast", "default") else "",
        values={str(old): place.at("values").string(new) for old, new in values.items()},
        reason=place.at("reason").words(node.get("reason")) if reasoned else {},
    )


def path_between(
    migrations: Iterable[Migration], source: Version, target: Version
) -> tuple[Migration, ...]:
    """Return the migrations that lead from one version to another, in order.

    Versions between which nothing breaks need none; so the path may be empty.
    """
    here, path = source.base, []
    for migration in sorted(migrations, key=lambda one: (one.target, one.source)):
        if migration.source <= here < migration.target <= target.base:
            path.append(migration)
            here = migration.target
    return tuple(path)


def unanswered(changes: Sequence[Change], path: Sequence[Migration]) -> tuple[Change, ...]:
    """Return the breaking changes for which no migration of the path has a step."""
    steps = [step for migration in path for step in migration.steps]
    return tuple(
        change
        for change in changes
        if change.level == "major" and not any(step.answers(change) for step in steps)
    )

"""How a feature is declared: the decorator that turns a function into a `Feature`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from data_contracts.contract import Contract, Entity
from features.facts import Facts, Row
from features.spec import UNKNOWN, FeatureSpec, FeatureType, Words
from foundation.plugins import Plugin
from foundation.texts import LANGUAGES, catalogue

if TYPE_CHECKING:
    from pyspark.sql import Column

EventSource = Literal["incident", "call", "offer"]
RowSource = Literal["version", "self", "text", "sound"]
"""``version``: the customer's version in effect; ``self``: the incident that is scored; ``text``:
what the incident's words say; ``sound``: what the recording that came with it sounds like."""

READ: tuple[RowSource, ...] = ("text", "sound")
"""Sources that extractors made of an incident's own text and files: gold tables of these names, a
row an incident."""

EVERY_ENTITY: tuple[Entity, ...] = ("customer", "incident")
EVENT_TIMES: dict[str, str] = {
    "incident": "opened_at",
    "call": "started_at",
    "offer": "offered_at",
}
"""Gold event table → the column that says when a fact happened."""

ENDINGS = {"1": "one", "0": "none", UNKNOWN: "unknown"}
"""Value → ending of the key of its own sentence: ``features.calls_last_30_days_none``."""


@dataclass(frozen=True)
class Feature:
    """One feature of the catalogue.

    Attributes
    ----------
    source
        Where its data come from.
    none_counts
        A person without any fact has 0 (a count), not «unknown».
    column
        Contract column of the incident that gives words to its values.
    told
        Its sentence, where it is not in our catalogue of texts: a package's own.
    plugin
        The installed package that brings it; None for ours.
    """

    name: str
    source: str
    type: FeatureType
    entities: tuple[Entity, ...]
    compute: "Callable[[Any], Column]"
    none_counts: bool = False
    column: str | None = None
    told: Words | None = None
    plugin: Plugin | None = None

    def spec(self, contract: Contract) -> FeatureSpec:
        """Return the feature as a reader sees it, its words from the catalogue of texts."""
        said = self.told or words(self.name)
        phrases = {
            value: {lang: said[lang].format(n=label[lang]) for lang in LANGUAGES}
            for value, label in self._labels(contract).items()
        }
        special = {value: words(f"{self.name}_{ending}") for value, ending in ENDINGS.items()}
        phrases |= {value: found for value, found in special.items() if found}
        return FeatureSpec(self.name, self.type, said, phrases)

    def _labels(self, contract: Contract) -> dict[str, Words]:
        """Return the words of single values."""
        if self.name == "incident_weekday":
            return {str(day): words(f"weekday_{day}") for day in range(7)}
        if self.column is None:
            return {}
        return contract.table("incidents").column(self.column).value_labels


def over_facts(
    source: EventSource, *, none_counts: bool = True, told: Words | None = None
) -> "Callable[[Callable[[Facts], Column]], Feature]":
    """Declare a numeric feature over a person's earlier rows of an event table."""

    def declare(compute: "Callable[[Facts], Column]") -> Feature:
        return Feature(
            compute.__name__, source, "numeric", EVERY_ENTITY, compute, none_counts, told=told
        )

    return declare


def of_row(
    source: RowSource,
    type_: FeatureType = "numeric",
    *,
    column: str | None = None,
    told: Words | None = None,
) -> "Callable[[Callable[[Row], Column]], Feature]":
    """Declare a feature of the customer's version in effect, or of the incident itself."""
    entities: tuple[Entity, ...] = EVERY_ENTITY if source == "version" else ("incident",)

    def declare(compute: "Callable[[Row], Column]") -> Feature:
        return Feature(compute.__name__, source, type_, entities, compute, False, column, told)

    return declare


def words(name: str) -> Words:
    """Return the sentences under ``features.<name>``; empty where there are none."""
    key = f"features.{name}"
    return {lang: catalogue(lang)[key] for lang in LANGUAGES if key in catalogue(lang)}

"""How a feature is declared: the decorator that turns a function into a `Feature`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from data_contracts.contract import Column, Contract, Entity
from features.facts import Facts, Row
from features.spec import FeatureSpec, FeatureType, Words
from foundation.texts import LANGUAGES, catalogue

if TYPE_CHECKING:
    from pyspark.sql import Column as Expression

EventSource = Literal["incident", "call", "offer"]
RowSource = Literal["version", "self"]
"""``version``: the customer's version in effect; ``self``: the incident that is scored."""

EVERY_ENTITY: tuple[Entity, ...] = ("customer", "incident")
EVENT_TIMES: dict[str, str] = {
    "incident": "opened_at",
    "call": "started_at",
    "offer": "offered_at",
}
"""Gold event table → the column that says when a fact happened."""

BRACES = str.maketrans({"{": "{{", "}": "}}"})
"""A label is put into a pattern, so its own braces must stay braces."""


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
    """

    name: str
    source: str
    type: FeatureType
    entities: tuple[Entity, ...]
    compute: "Callable[[Any], Expression]"
    none_counts: bool = False
    column: str | None = None

    def spec(self, contract: Contract) -> FeatureSpec:
        """Return the feature as a reader sees it, its words from the catalogue of texts."""
        return FeatureSpec(
            name=self.name,
            type=self.type,
            words=words(self.name),
            words_one=words(f"{self.name}_one"),
            words_none=words(f"{self.name}_none"),
            value_labels=self._value_labels(contract),
        )

    def _value_labels(self, contract: Contract) -> dict[str, Words]:
        if self.name == "incident_weekday":
            return {str(day): words(f"weekday_{day}") for day in range(7)}
        if self.column is None:
            return {}
        return dict(contract.table("incidents").column(self.column).value_labels)


@dataclass(frozen=True)
class Measure(Feature):
    """A measure column of the customers, as of the version in effect."""

    label: Words = field(default_factory=dict)
    values: dict[str, Words] = field(default_factory=dict)

    def spec(self, contract: Contract) -> FeatureSpec:
        """Return the column as a reader sees it: «contrato mensual», «cargo mensual: 70,35»."""
        pattern = words("measure_category" if self.type == "category" else "measure_number")
        said = {
            lang: pattern[lang].replace("{label}", self.label[lang].translate(BRACES))
            for lang in LANGUAGES
        }
        return FeatureSpec(self.name, self.type, said, value_labels=self.values)


def measures(contract: Contract) -> tuple[Measure, ...]:
    """Return what ``customer_measures`` stands for: neither dates, nor ids, nor the vault's."""
    columns = contract.table("customers").by_role("measure")
    return tuple(
        _measure(column)
        for column in columns
        if column.type not in {"date", "timestamp"}
        and column.classification not in {"identifier", "personal"}
    )


def _measure(column: Column) -> Measure:
    name = column.name
    if column.type != "string":
        labels = column.value_labels
        if column.type == "boolean":
            labels = {"1": words("yes_word"), "0": words("no_word")}
        return Measure(
            name, "version", "numeric", EVERY_ENTITY, lambda row: row.number(name),
            label=column.label, values=labels,
        )
    type_: FeatureType = "text" if column.classification == "free_text" else "category"
    return Measure(
        name, "version", type_, EVERY_ENTITY, lambda row: row.value(name),
        label=column.label, values=column.value_labels,
    )


def over_facts(
    source: EventSource, *, none_counts: bool = True
) -> "Callable[[Callable[[Facts], Expression]], Feature]":
    """Declare a numeric feature over a person's earlier rows of an event table."""

    def declare(compute: "Callable[[Facts], Expression]") -> Feature:
        return Feature(compute.__name__, source, "numeric", EVERY_ENTITY, compute, none_counts)

    return declare


def of_row(
    source: RowSource, type_: FeatureType = "numeric", *, column: str | None = None
) -> "Callable[[Callable[[Row], Expression]], Feature]":
    """Declare a feature of the customer's version in effect, or of the incident itself."""
    entities: tuple[Entity, ...] = EVERY_ENTITY if source == "version" else ("incident",)

    def declare(compute: "Callable[[Row], Expression]") -> Feature:
        return Feature(compute.__name__, source, type_, entities, compute, False, column)

    return declare


def words(name: str) -> Words:
    """Return the sentences under ``features.<name>``; empty where there are none."""
    key = f"features.{name}"
    return {lang: catalogue(lang)[key] for lang in LANGUAGES if key in catalogue(lang)}

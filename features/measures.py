"""What ``customer_measures`` and ``incident_measures`` stand for: a table's measure columns."""

from dataclasses import dataclass

from data_contracts.contract import (
    CUSTOMER_MEASURES,
    INCIDENT_MEASURES,
    MEASURES,
    Column,
    Contract,
    Entity,
)
from features.definition import EVERY_ENTITY, Feature, RowSource, words
from features.spec import FeatureSpec, FeatureType, Words
from foundation.texts import LANGUAGES, Language, catalogue

SOURCES: dict[str, tuple[RowSource, tuple[Entity, ...]]] = {
    CUSTOMER_MEASURES: ("version", EVERY_ENTITY),
    INCIDENT_MEASURES: ("self", ("incident",)),
}
"""Name in a contract → where a row's value is found, and the entities of its models."""

BRACES = str.maketrans({"{": "{{", "}": "}}"})
"""A label becomes part of a pattern, so its own braces must stay braces."""


@dataclass(frozen=True)
class Measure(Feature):
    """A measure column: of the customer's version in effect, or of the incident itself."""

    table: str = "customers"

    def spec(self, contract: Contract) -> FeatureSpec:
        """Return the column as a reader sees it: «contrato mensual», «cargo mensual: 70,35»."""
        column = contract.table(self.table).column(self.name)
        labels = column.value_labels
        if column.type == "boolean":
            labels = {"1": words("yes_word"), "0": words("no_word")}
        said: Words = {
            lang: f"{column.label[lang].translate(BRACES)}: {{n}}{_unit(column, lang)}"
            for lang in LANGUAGES
        }
        phrases = {
            value: {lang: phrase(column.label[lang], label[lang]) for lang in LANGUAGES}
            for value, label in labels.items()
        }
        return FeatureSpec(self.name, self.type, said, phrases)


def unit_of(column: Column, language: Language) -> str:
    """Return the word of a column's unit, the empty text where it has none: «meses»."""
    return catalogue(language).get(f"features.unit_{column.unit}", "")


def _unit(column: Column, language: Language) -> str:
    """Return a unit's word where the label does not say it itself: « meses»."""
    word = unit_of(column, language)
    return f" {word}" if word and word not in column.label[language] else ""


def phrase(column: str, value: str) -> str:
    """Return a value with its column, said once: «contrato mensual», «internet: fibra óptica»."""
    named = value.split(maxsplit=1)[0] in column.split() or column in value
    return value if named else f"{column}: {value}"


def measures(contract: Contract, name: str = CUSTOMER_MEASURES) -> tuple[Measure, ...]:
    """Return the measures that may be learned from: neither dates, nor ids, nor the vault's."""
    return tuple(
        _measure(column, name)
        for column in contract.table(MEASURES[name]).by_role("measure")
        if column.type not in {"date", "timestamp"}
        and column.classification not in {"identifier", "personal"}
    )


def _measure(column: Column, stands_for: str) -> Measure:
    table, (source, entities) = MEASURES[stands_for], SOURCES[stands_for]
    name, kind = column.name, _kind(column)
    if kind == "numeric":
        return Measure(name, source, kind, entities, lambda row: row.number(name), table=table)
    return Measure(name, source, kind, entities, lambda row: row.value(name), table=table)


def _kind(column: Column) -> FeatureType:
    if column.type != "string":
        return "numeric"
    return "text" if column.classification == "free_text" else "category"

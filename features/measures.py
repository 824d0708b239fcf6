"""What ``customer_measures`` stands for: the measure columns of a contract's customers."""

from dataclasses import dataclass

from data_contracts.contract import Column, Contract
from features.definition import EVERY_ENTITY, Feature, words
from features.spec import FeatureSpec, FeatureType, Words
from foundation.texts import LANGUAGES, Language, catalogue

BRACES = str.maketrans({"{": "{{", "}": "}}"})
"""A label becomes part of a pattern, so its own braces must stay braces."""


@dataclass(frozen=True)
class Measure(Feature):
    """A measure column of the customers, as of the version in effect."""

    def spec(self, contract: Contract) -> FeatureSpec:
        """Return the column as a reader sees it: «contrato mensual», «cargo mensual: 70,35»."""
        column = contract.table("customers").column(self.name)
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


def _unit(column: Column, language: Language) -> str:
    """Return a unit's word where the label does not say it itself: « meses»."""
    key = f"features.unit_{column.unit}"
    word = catalogue(language).get(key, "")
    return f" {word}" if word and word not in column.label[language] else ""


def phrase(column: str, value: str) -> str:
    """Return a value with its column, said once: «contrato mensual», «internet: fibra óptica»."""
    named = value.split(maxsplit=1)[0] in column.split() or column in value
    return value if named else f"{column}: {value}"


def measures(contract: Contract) -> tuple[Measure, ...]:
    """Return the measures that may be learned from: neither dates, nor ids, nor the vault's."""
    return tuple(
        _measure(column)
        for column in contract.table("customers").by_role("measure")
        if column.type not in {"date", "timestamp"}
        and column.classification not in {"identifier", "personal"}
    )


def _measure(column: Column) -> Measure:
    name = column.name
    if column.type != "string":
        return Measure(name, "version", "numeric", EVERY_ENTITY, lambda row: row.number(name))
    kind: FeatureType = "text" if column.classification == "free_text" else "category"
    return Measure(name, "version", kind, EVERY_ENTITY, lambda row: row.value(name))

"""What the notebooks show of catalogues, drafts and checks, as frames a person reads."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from features.catalogue import features
from features.definition import Feature
from features.shapes import TrainingSet
from foundation.texts import Language, text, written_number
from models.curves import Rate, rates_by_rank, rates_by_value
from notebooks.drawing import interval_told
from notebooks.frames import Told, told

if TYPE_CHECKING:
    from cli.conformance.finding import Finding
    from data_contracts.contract import Contract
    from ingestion.drafting.draft import Draft
    from models.compare import Comparison
    from models.evaluate import Interval
    from models.leaks import Suspect


@dataclass(frozen=True)
class Code:
    """Source text that a notebook shows as code."""

    source: str

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.source.rstrip()}\n```"


def source_of(feature: Feature) -> Code:
    """Return the function of a feature, as it is written."""
    return Code(inspect.getsource(feature.compute))


def catalogue_of(contract: "Contract", language: Language = "es") -> Told:
    """Return every feature of the catalogue: name, source, type, and its sentence."""
    rows = [
        (name, one.source, one.type, one.spec(contract).words[language].replace("{n}", "…"))
        for name, one in features().items()
    ]
    return told("catalogue", rows, language)


def drafted(made: "Draft", language: Language = "es") -> Told:
    """Return what a draft took each column of the samples for; one row a column."""
    rows = [
        (table.name, one.header, one.name, one.guess.type, one.guess.classification,
         one.seen.distinct)
        for table in made.tables
        for one in table.columns
    ]  # fmt: skip
    return told("drafted", rows, language)


def findings(found: "Iterable[Finding]", language: Language = "es") -> Told:
    """Return what trying a vertical found; one row a finding."""
    rows = [
        (
            text(f"conformance.aspect_{one.aspect}", language),
            text(f"conformance.state_{one.state}", language),
            one.say(language),
        )
        for one in found
    ]
    return told("findings", rows, language)


def suspicions(found: "Sequence[Suspect]", language: Language = "es") -> Told:
    """Return which features a person should be asked about, and why; it may be empty."""
    rows = [(one.feature, one.say(one.feature, language)) for one in found]
    return told("suspicions", rows, language)


def figures_told(
    found: "Mapping[str, Interval]", metrics: Sequence[str], language: Language = "es"
) -> Told:
    """Return figures with their intervals, in words; one row a metric."""
    rows = [
        (
            text(f"card.metric_{name}", language),
            interval_told(found[name].value, found[name].low, found[name].high, language, 3),
        )
        for name in metrics
        if name in found
    ]
    return told("figures", rows, language)


def compared(found: "Comparison", language: Language = "es") -> Told:
    """Return every aspect of a comparison, whether it passed, and a sentence."""
    passed = {True: text("notebooks.passed", language), False: text("notebooks.failed", language)}
    rows = [(passed[one.passed], one.say(language)) for one in found.findings]
    return told("compared", rows, language)


def values_of(training: TrainingSet, feature: str) -> "pd.Series[float]":
    """Return a feature's values, one a row of a training set."""
    return pd.Series([record[feature] for record in training.records], name=feature)


def rates_of(
    training: TrainingSet, feature: str, language: Language = "es", groups: int = 8
) -> tuple[Rate, ...]:
    """Return how often a yes-or-no outcome comes by the values of a feature, in words."""
    codes = np.asarray(training.y, dtype=np.float64)
    (spec,) = (one for one in training.features if one.name == feature)
    values = [record[feature] for record in training.records]
    if spec.type == "numeric":
        return rates_by_rank(codes, np.array(values, dtype=np.float64), groups)
    said = np.array([spec.say(value, language) for value in values])
    return rates_by_value(codes, said)


def outcomes_told(training: TrainingSet, language: Language = "es") -> Told:
    """Return what a training set is made of: rows, persons, moments, share of yes."""
    share = float(np.asarray(training.y, dtype=np.float64).mean())
    counts = [
        ("rows", written_number(len(training.y), language)),
        ("persons", written_number(len(np.unique(training.groups)), language)),
        ("moments", written_number(len(np.unique(training.as_of)), language)),
        ("features", written_number(len(training.features), language)),
        ("share_of_yes", f"{written_number(100 * share, language, 2)} %"),
    ]
    rows = [(text(f"notebooks.count_{name}", language), value) for name, value in counts]
    return told("figures", rows, language)

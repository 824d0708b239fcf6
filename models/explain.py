"""Why a record got its score: what each feature adds to the margin, in words.

A linear model's share is weight × (value − mean); a boosted one's XGBoost's own Shapley values
(``pred_contribs``, Lundberg et al., 2020). Both add up to the margin, and so does a blend.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from features.shapes import Record
from features.spec import FeatureSpec, is_missing
from foundation.texts import LANGUAGES, Language
from models.arrays import Floats, Ints, Matrix

if TYPE_CHECKING:
    from models.pipeline import RecordPipeline

MOST_REASONS = 5
LEAST_CONTRIBUTION = 1e-6
WORDS_SHOWN = 3
SHORTEST_WORD = 4
"""Shorter words are mostly articles and prepositions: they push, and explain nothing."""
EDGES = ".,;:!?¡¿()«»\"'…"


@dataclass(frozen=True)
class Reason:
    """One feature's part in a score.

    Attributes
    ----------
    value
        As it was seen; for a text the words that push most; None where unknown.
    contribution
        What it adds to the margin (log-odds, or the value itself): above zero raises it.
    """

    feature: str
    value: str | None
    contribution: float
    text_es: str
    text_en: str

    def say(self, language: Language) -> str:
        """Return the reason in words: «contrato mensual»."""
        return self.text_es if language == "es" else self.text_en


class Explainer:
    """Turns contributions into reasons; remembers the sentences it has already made."""

    def __init__(self, pipeline: "RecordPipeline", features: Sequence[FeatureSpec]) -> None:
        self._pipeline = pipeline
        by_name = {feature.name: feature for feature in features}
        self._features = [by_name[name] for name in pipeline.encoder_.features_]
        self._said: dict[tuple[int, object], tuple[str | None, dict[Language, str]]] = {}

    def reasons(
        self, records: Sequence[Record], matrix: Matrix, outputs: Ints
    ) -> list[tuple[Reason, ...]]:
        """Return each record's strongest reasons, strongest first.

        Parameters
        ----------
        matrix
            The same records, encoded.
        outputs
            The margin to explain of each record: its likeliest class; 0 for one output.
        """
        whole = self._pipeline.contributions_of(matrix)
        shares = whole[np.arange(len(records)), outputs, :-1]
        order = np.argsort(-np.abs(shares), axis=1, kind="stable")[:, :MOST_REASONS]
        words = self._words(records, matrix, shares, order, outputs)
        return [
            tuple(
                self._reason(place, record, float(share[place]), words.get((row, place)))
                for place in places
                if abs(share[place]) > LEAST_CONTRIBUTION
            )
            for row, (record, share, places) in enumerate(
                zip(records, shares, order.tolist(), strict=True)
            )
        ]

    def _reason(self, place: int, record: Record, share: float, words: str | None) -> Reason:
        feature = self._features[place]
        value = record.get(feature.name)
        if feature.type == "text" and not is_missing(value):
            value = words or ""
        shown, said = self._sentence(place, value)
        return Reason(feature.name, shown, share, said["es"], said["en"])

    def _sentence(self, place: int, value: object) -> tuple[str | None, dict[Language, str]]:
        value = None if is_missing(value) else value
        if (place, value) not in self._said:
            if len(self._said) > 100_000:
                self._said.clear()
            said = {language: self._features[place].say(value, language) for language in LANGUAGES}
            self._said[place, value] = (None if value is None else _plain(value), said)
        return self._said[place, value]

    def _words(
        self, records: Sequence[Record], matrix: Matrix, shares: Floats, order: Ints, outputs: Ints
    ) -> dict[tuple[int, int], str]:
        """Return (row, feature) → the words of a text that push the way its share does."""
        found: dict[tuple[int, int], str] = {}
        for place, feature in enumerate(self._features):
            if feature.type != "text":
                continue
            rows = np.flatnonzero((order == place).any(axis=1))
            for output in np.unique(outputs[rows]):
                mine = rows[outputs[rows] == output]
                texts = [records[row].get(feature.name) for row in mine]
                pushes = self._pipeline.words_that_push(
                    matrix[mine], texts, feature.name, int(output)
                )
                for row, push in zip(mine.tolist(), pushes, strict=True):
                    found[row, place] = strongest_words(push, float(shares[row, place]))
        return found


def strongest_words(pushes: dict[str, float], direction: float) -> str:
    """Return the few words that push most in a direction, for people to read."""
    sign = 1.0 if direction >= 0 else -1.0
    ranked = sorted(pushes.items(), key=lambda item: -sign * item[1])
    shown = [word.strip(EDGES) for word, push in ranked if sign * push > 0]
    return ", ".join([word for word in shown if len(word) >= SHORTEST_WORD][:WORDS_SHOWN])


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

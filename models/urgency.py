"""How urgent a text is: ordered levels over the same text model as intents."""

from collections.abc import Sequence
from typing import Self

import numpy as np

from models.arrays import Floats, Ints, Matrix, Persons, Tags
from models.base import BaseEstimator, ClassifierMixin, of_texts
from models.intents import Answer, Heard, IntentClassifier


class UrgencyClassifier(ClassifierMixin, BaseEstimator):
    """Texts → levels of urgency, from the least to the most urgent; two levels make it yes or no.

    Parameters
    ----------
    levels
        Names of the levels in their order.
    classifier
        The text model; None: ``IntentClassifier()``.

    Attributes
    ----------
    classes_ : ndarray of str, shape (levels,)
        The levels in their order, also those that no text of the training had.
    """

    def __init__(
        self,
        levels: Sequence[str] = ("low", "medium", "high", "critical"),
        classifier: IntentClassifier | None = None,
    ) -> None:
        self.levels = levels
        self.classifier = classifier

    def fit(self, texts: Sequence[object], y: Matrix, persons: Persons | None = None) -> Self:
        """Learn from texts, their levels and whose each text is.

        Raises
        ------
        ValueError
            An outcome is no level.
        """
        from sklearn.base import clone

        self.classes_ = np.array(self.levels, dtype=np.str_)
        self.classifier_: IntentClassifier = clone(self.classifier or IntentClassifier())
        self.classifier_.fit(texts, self._ranks(y), persons)
        return self

    def calibrate(self, texts: Sequence[object], y: Matrix) -> Self:
        """Find temperature and threshold on texts that ``fit`` has not seen."""
        self.classifier_.calibrate(texts, self._ranks(y))
        return self

    def predict_proba(self, texts: Sequence[object]) -> Floats:
        """Return the probability of each level, in their order, shape (n, levels)."""
        return self.hear(texts).probabilities

    def hear(self, texts: Sequence[object]) -> Heard:
        """Return the probability of each level, and the evidence for the likeliest."""
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        heard = self.classifier_.hear(texts)
        found = np.zeros((len(texts), len(self.classes_)))
        found[:, self.classifier_.classes_] = heard.probabilities
        return Heard(found, heard.evidence)

    def predict(self, texts: Sequence[object]) -> Matrix:
        """Return the median level of each text: the least expected distance from the true one."""
        return self.choose(self.predict_proba(texts))

    def choose(self, probabilities: Floats) -> Matrix:
        """Return the median level by each row of probabilities, shape (n,)."""
        codes = _medians(probabilities)
        return self.classes_[codes]

    def at_least(self, texts: Sequence[object], level: str) -> Floats:
        """Return the probability that each text is of this level or a more urgent one, (n,)."""
        first = list(self.levels).index(level)
        return np.asarray(self.predict_proba(texts)[:, first:].sum(axis=1))

    def decide(self, texts: Sequence[object]) -> list[Answer]:
        """Return each text's median level, or "I don't know", with the probability of each."""
        return self.told(self.hear(texts)) if len(texts) else []

    def told(self, heard: Heard) -> list[Answer]:
        """Return the same of texts that were heard."""
        levels, sure = _medians(heard.probabilities), self.classifier_.is_sure(heard)
        rows = zip(heard.probabilities, levels, sure, strict=True)
        return [self._decided(row, int(level), bool(known)) for row, level, known in rows]

    def _decided(self, probability: Floats, level: int, sure: bool) -> Answer:
        pairs = [(str(n), float(p)) for n, p in zip(self.classes_, probability, strict=True)]
        name, confidence = pairs[level]
        likeliest = sorted(pairs, key=lambda pair: -pair[1])
        return Answer(name if sure else None, confidence, tuple(likeliest))

    def _ranks(self, y: Matrix) -> Matrix:
        levels = list(self.levels)
        return np.array([levels.index(str(level)) for level in y], dtype=np.int64)

    def __sklearn_tags__(self) -> Tags:
        """Say that a row is a text, not numbers."""
        return of_texts(super().__sklearn_tags__())


def _medians(probabilities: Floats) -> Ints:
    """Return the number of each row's median level."""
    return np.asarray((np.cumsum(probabilities, axis=1) >= 0.5).argmax(axis=1))

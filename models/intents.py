"""What a person wants: intent of a text, with confidence, and "I don't know" where it is unsure.

Words, word pairs and character n-grams of the tenant's own texts feed a small network; nothing is
downloaded, and an n-gram that too few persons wrote is not in the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse
from scipy.special import log_softmax

from models.arrays import Floats, Matrix, Persons, Tags
from models.base import BaseEstimator, ClassifierMixin, of_texts
from models.calibration import Sigmoid
from models.network import Network
from models.text import CharTfidf
from models.threads import bounded
from models.words import WordTfidf


@dataclass(frozen=True)
class Answer:
    """A text's intent, or level of urgency; ``name`` is None for "I don't know".

    Attributes
    ----------
    confidence
        Calibrated probability of the likeliest intent, whether or not it is told.
    likeliest
        The likeliest intents with their probabilities, for a person to choose from.
    """

    name: str | None
    confidence: float
    likeliest: tuple[tuple[str, float], ...]


class IntentClassifier(ClassifierMixin, BaseEstimator):
    """Texts → intents, in any language that has letters.

    Parameters
    ----------
    min_persons
        An n-gram in the texts of fewer persons is left out of the model.
    terms
        At most so many n-grams of words, and as many of characters.
    members, epochs
        See ``Network``.
    threshold
        Below this confidence the answer is "I don't know", until ``calibrate`` finds a better one.
    refused
        Share of the right answers that ``calibrate`` gives up to refuse what is of no intent.
    random_state
        Seed; the same gives the same model.

    Attributes
    ----------
    classes_ : ndarray of str, shape (k,)
    temperature_ : float
        Margins are multiplied by it; 1 until ``calibrate``.
    threshold_ : float
    """

    def __init__(
        self,
        *,
        min_persons: int = 2,
        terms: int = 40_000,
        members: int = 2,
        epochs: int = 20,
        threshold: float = 0.3,
        refused: float = 0.02,
        random_state: int = 0,
    ) -> None:
        self.min_persons = min_persons
        self.terms = terms
        self.members = members
        self.epochs = epochs
        self.threshold = threshold
        self.refused = refused
        self.random_state = random_state

    def fit(self, texts: Sequence[object], y: Matrix, persons: Persons | None = None) -> Self:
        """Learn from texts, their intents and whose each text is (None: each somebody else's)."""
        self.words_ = WordTfidf(min_persons=self.min_persons, terms=self.terms)
        self.characters_ = CharTfidf(2, 5, min_persons=self.min_persons, terms=self.terms)
        parts = [view.fit_transform(texts, persons=persons) for view in self._views()]
        self.network_ = Network(
            members=self.members, epochs=self.epochs, random_state=self.random_state
        )
        with bounded():
            self.network_.fit(sparse.hstack(parts, format="csr"), y)
        self.classes_ = self.network_.classes_
        self.temperature_, self.threshold_ = 1.0, self.threshold
        return self

    def calibrate(self, texts: Sequence[object], y: Matrix) -> Self:
        """Find temperature and threshold on texts that ``fit`` has not seen.

        The temperature makes confidence honest (Guo et al., 2017). The threshold gives up the
        least sure ``refused`` share of the right answers; that needs no example of what is outside.
        """
        margins, y = self._margins(self._rows(texts)), np.asarray(y)
        codes = np.asarray(np.searchsorted(self.classes_, y), dtype=np.float64)
        self.temperature_ = Sigmoid.learn(margins, codes).slope
        self.threshold_ = threshold_of(self._probabilities(margins), codes, self.refused)
        return self

    def predict_proba(self, texts: Sequence[object]) -> Floats:
        """Return the calibrated probability of each intent, shape (n, k)."""
        return self._probabilities(self._margins(self._rows(texts)))

    def predict(self, texts: Sequence[object]) -> Matrix:
        """Return the likeliest intent of each text, shape (n,), however unsure."""
        codes = self.predict_proba(texts).argmax(axis=1)
        return self.classes_[codes]

    def decide(self, texts: Sequence[object], most: int = 3) -> list[Answer]:
        """Return what each text is about, or "I don't know", with the likeliest intents.

        A text without any n-gram that the model knows is never answered.
        """
        if len(texts) == 0:
            return []
        rows = self._rows(texts)
        informed = np.diff(rows.indptr) > 0
        pairs = zip(self._probabilities(self._margins(rows)), informed, strict=True)
        return [self._decided(row, bool(known), most) for row, known in pairs]

    def _decided(self, probability: Floats, informed: bool, most: int) -> Answer:
        order = np.argsort(-probability, kind="stable")[:most]
        likeliest = tuple((str(self.classes_[i]), float(probability[i])) for i in order)
        name, confidence = likeliest[0]
        sure = informed and confidence >= self.threshold_
        return Answer(name if sure else None, confidence, likeliest)

    def _probabilities(self, margins: Floats) -> Floats:
        return np.asarray(np.exp(log_softmax(self.temperature_ * margins, axis=1)))

    def _margins(self, rows: Matrix) -> Floats:
        with bounded():
            return self.network_.log_probabilities(rows)

    def _rows(self, texts: Sequence[object]) -> Matrix:
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        return sparse.hstack([view.transform(texts) for view in self._views()], format="csr")

    def _views(self) -> tuple[WordTfidf, CharTfidf]:
        return self.words_, self.characters_

    def __sklearn_tags__(self) -> Tags:
        """Say that a row is a text, not numbers."""
        return of_texts(super().__sklearn_tags__())


def threshold_of(scores: Floats, codes: Floats, refused: float) -> float:
    """Return the best class's score below which this share of the right answers lies.

    Parameters
    ----------
    scores, codes
        Of each text and class, shape (n, k), and the true class's number, shape (n,).
    """
    right = scores.argmax(axis=1) == codes
    return float(np.quantile(scores.max(axis=1)[right], refused)) if right.any() else np.inf

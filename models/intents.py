"""What a person wants: intent of a text, with confidence, and "I don't know" where it is unsure.

Three small networks see different n-grams of the tenant's own texts: words and word pairs,
characters, both. Their mean is steadier than any of them, and where they speak for different
intents it says little, as it should of a text that is about none (ADR 16). Nothing is downloaded,
and an n-gram that too few persons wrote is not in the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import softmax

from models.arrays import Floats, Matrix, Persons, Tags
from models.base import BaseEstimator, ClassifierMixin, of_texts
from models.calibration import Sigmoid
from models.estimator import FEW_ROWS
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
        Calibrated probability of the likeliest intent, given that it is about one of them.
    likeliest
        The likeliest intents with their probabilities, for a person to choose from.
    """

    name: str | None
    confidence: float
    likeliest: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Heard:
    """What the networks make of texts.

    Attributes
    ----------
    probabilities
        Calibrated, of each intent, shape (n, k).
    evidence
        How much speaks for the likeliest one: its log-odds against the mean intent, before
        normalising, shape (n,); −∞ where a text has nothing that the model knows. Probabilities
        always add up to one, so that a text about something else is sure of the nearest intent;
        evidence may be weak for all of them.
    """

    probabilities: Floats
    evidence: Floats


class IntentClassifier(ClassifierMixin, BaseEstimator):
    """Texts → intents, in any language that has letters.

    Parameters
    ----------
    min_persons
        An n-gram in the texts of fewer persons is left out of the model.
    terms
        At most so many n-grams of words, and as many of characters.
    epochs
        See ``Network``.
    threshold
        With less evidence the answer is "I don't know", until ``calibrate`` finds a better bound.
    refused
        Share of the right answers that ``calibrate`` gives up to refuse what is of no intent.
    random_state
        Seed; the same gives the same model.

    Attributes
    ----------
    classes_ : ndarray of str, shape (k,)
    networks_ : list of Network
        None where no n-gram was written by enough persons; then every answer is "I don't know".
    temperature_ : float
        Logits are multiplied by it; 1 until ``calibrate``.
    threshold_ : float
    """

    def __init__(
        self,
        *,
        min_persons: int = 10,
        terms: int = 40_000,
        epochs: int = 20,
        threshold: float = 0.0,
        refused: float = 0.02,
        random_state: int = 0,
    ) -> None:
        self.min_persons = min_persons
        self.terms = terms
        self.epochs = epochs
        self.threshold = threshold
        self.refused = refused
        self.random_state = random_state

    def fit(self, texts: Sequence[object], y: Matrix, persons: Persons | None = None) -> Self:
        """Learn from texts, their intents and whose each text is (None: each somebody else's)."""
        self.words_ = WordTfidf(2, self.min_persons, self.terms, unknown_counts=True)
        self.characters_ = CharTfidf(2, 5, self.min_persons, self.terms, unknown_counts=True)
        words, characters = (view.fit_transform(texts, persons=persons) for view in self._views())
        with bounded():
            self.networks_ = [
                Network(epochs=self.epochs, random_state=self.random_state + seed).fit(rows, y)
                for seed, rows in enumerate(_members(words, characters))
            ]
        self.classes_ = np.unique(np.asarray(y))
        self.temperature_, self.threshold_ = 1.0, self.threshold
        return self

    def calibrate(self, texts: Sequence[object], y: Matrix) -> Self:
        """Find temperature and threshold on texts that ``fit`` has not seen.

        The temperature makes confidence honest (Guo et al., 2017). The threshold gives up the
        ``refused`` share of the right answers that has the least evidence; that needs no example of
        what is outside.
        """
        logits, evidence = self._logits(texts)
        codes = np.asarray(np.searchsorted(self.classes_, np.asarray(y)), dtype=np.float64)
        self.temperature_ = Sigmoid.learn(logits, codes).slope
        self.threshold_ = threshold_of(evidence, logits.argmax(axis=1) == codes, self.refused)
        return self

    def hear(self, texts: Sequence[object]) -> Heard:
        """Return the probability of each intent, and the evidence for the likeliest."""
        logits, evidence = self._logits(texts)
        return Heard(np.asarray(softmax(self.temperature_ * logits, axis=1)), evidence)

    def predict_proba(self, texts: Sequence[object]) -> Floats:
        """Return the calibrated probability of each intent, shape (n, k)."""
        return self.hear(texts).probabilities

    def predict(self, texts: Sequence[object]) -> Matrix:
        """Return the likeliest intent of each text, shape (n,), however unsure."""
        return self.choose(self.predict_proba(texts))

    def choose(self, probabilities: Floats) -> Matrix:
        """Return the likeliest intent by each row of probabilities, shape (n,)."""
        codes = probabilities.argmax(axis=1)
        return self.classes_[codes]

    def decide(self, texts: Sequence[object], most: int = 3) -> list[Answer]:
        """Return what each text is about, or "I don't know", with the likeliest intents.

        A text without any n-gram that the model knows is never answered.
        """
        return self.told(self.hear(texts), most) if len(texts) else []

    def told(self, heard: Heard, most: int = 3) -> list[Answer]:
        """Return the same of texts that were heard."""
        pairs = zip(heard.probabilities, self.is_sure(heard), strict=True)
        return [self._decided(row, bool(sure), most) for row, sure in pairs]

    def is_sure(self, heard: Heard) -> npt.NDArray[np.bool_]:
        """Return whether each text has the evidence that an answer takes, shape (n,)."""
        return np.isfinite(heard.evidence) & (heard.evidence >= self.threshold_)

    def _decided(self, probability: Floats, sure: bool, most: int) -> Answer:
        order = np.argsort(-probability, kind="stable")[:most]
        likeliest = tuple((str(self.classes_[i]), float(probability[i])) for i in order)
        name, confidence = likeliest[0]
        return Answer(name if sure else None, confidence, likeliest)

    def _logits(self, texts: Sequence[object]) -> tuple[Floats, Floats]:
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self, "networks_")
        if len(texts) <= FEW_ROWS:
            return self._few_logits(texts)
        words, characters = (view.transform(texts) for view in self._views())
        parts = zip(self.networks_, _members(words, characters), strict=True)
        with bounded():
            said = [network.logits(rows) for network, rows in parts]
        logits = np.mean(said or [np.zeros((len(texts), len(self.classes_)))], axis=0)
        informed = (np.diff(words.indptr) > 0) | (np.diff(characters.indptr) > 0)
        return logits, np.where(informed, logits.max(axis=1), -np.inf)

    def _few_logits(self, texts: Sequence[object]) -> tuple[Floats, Floats]:
        """Return the same of few texts, one after the other, without a sparse matrix."""
        logits = np.zeros((len(texts), len(self.classes_)))
        informed = np.zeros(len(texts), dtype=np.bool_)
        wide, narrow = (len(view.terms_) for view in self._views())
        for row, text in enumerate(texts):
            (words, ours), (characters, theirs) = (view.row(text) for view in self._views())
            both = np.concatenate([words, characters + wide]), np.concatenate([ours, theirs])
            seen = ((wide, (words, ours)), (narrow, (characters, theirs)), (wide + narrow, both))
            parts = zip(self.networks_, [one for width, one in seen if width], strict=True)
            said = [network.logits_of(*entries) for network, entries in parts]
            logits[row] = np.mean(said, axis=0) if said else 0.0
            informed[row] = len(both[0]) > 0
        return logits, np.where(informed, logits.max(axis=1), -np.inf)

    def _views(self) -> tuple[WordTfidf, CharTfidf]:
        return self.words_, self.characters_

    def __sklearn_tags__(self) -> Tags:
        """Say that a row is a text, not numbers."""
        return of_texts(super().__sklearn_tags__())


def _members(words: Matrix, characters: Matrix) -> list[Matrix]:
    """Return what each network sees; none is made for n-grams that too few persons wrote."""
    seen = (words, characters, sparse.hstack([words, characters], format="csr"))
    return [rows for rows in seen if rows.shape[1]]


def threshold_of(evidence: Floats, right: npt.NDArray[np.bool_], refused: float) -> float:
    """Return the evidence below which this share of the right answers lies.

    Parameters
    ----------
    evidence, right
        Of each text, and whether its answer is right, shape (n,).
    """
    # A text of which nothing is known (−∞) is never answered, however right the guess is.
    answered = evidence[right & np.isfinite(evidence)]
    return float(np.quantile(answered, refused)) if len(answered) else np.inf

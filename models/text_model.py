"""A classifier of texts as the registry keeps it: records with the words in, probabilities out."""

from collections.abc import Sequence
from typing import Self

import numpy as np

from data_contracts.contract import Task
from features.shapes import Record
from features.text_set import SAID
from models.arrays import Data, Floats, Matrix, Persons
from models.base import BaseEstimator
from models.columns import columns_of
from models.intents import Answer, Heard, IntentClassifier
from models.signals import Correction, earned
from models.urgency import UrgencyClassifier

Classifier = IntentClassifier | UrgencyClassifier


class TextModel(BaseEstimator):
    """What a text is about, or how urgent it is.

    Parameters
    ----------
    levels
        Names of ordered levels, from the least; None: intents, in no order.
    seed
        Of the networks.
    signals
        Features of the text that may enter beside its words, where they earn it.

    Attributes
    ----------
    classifier_ : IntentClassifier or UrgencyClassifier
    classes_ : ndarray of str, shape (k,)
    correction_ : Correction or None
        By the signals; None where they add nothing to the words.
    """

    task: Task = "multiclass"
    correction_: Correction | None = None

    def __init__(
        self, levels: Sequence[str] | None = None, seed: int = 0, signals: Sequence[str] = ()
    ) -> None:
        self.levels = levels
        self.seed = seed
        self.signals = signals

    def fit(self, records: Data, y: Matrix, persons: Persons | None = None) -> Self:
        """Learn from records, their classes and whose each is."""
        self.classifier_ = self._new().fit(texts_in(records), y, persons)
        self.classes_ = self.classifier_.classes_
        self.correction_ = None
        return self

    def calibrate(self, records: Data, y: Matrix, persons: Persons | None = None) -> Self:
        """Find temperature, threshold and correction on records that ``fit`` has not seen."""
        self.classifier_.calibrate(texts_in(records), y)
        places = {name: place for place, name in enumerate(self.classes_.tolist())}
        codes = np.array([places[str(one)] for one in y], dtype=np.int64)
        whose = np.arange(len(codes)).astype(np.str_) if persons is None else persons
        told = self.classifier_.predict_proba(texts_in(records))
        self.correction_ = earned(self.signals, records, told, codes, whose)
        return self

    def as_sure_as(self, other: Self) -> Self:
        """Take over what another found in ``calibrate``: it was learned from part of the rows.

        Its classes are ours: where one of them is missing there, its correction says nothing of it
        and is not taken.
        """
        ours, theirs = self._heart(), other._heart()
        ours.temperature_, ours.threshold_ = theirs.temperature_, theirs.threshold_
        same = np.array_equal(self.classes_, other.classes_)
        self.correction_ = other.correction_ if same else None
        return self

    @property
    def taken(self) -> tuple[str, ...]:
        """The signals that it takes."""
        return () if self.correction_ is None else tuple(self.correction_.names)

    @property
    def outputs(self) -> int:
        """Columns that are served: one a class."""
        return len(self.classes_)

    def predict_proba(self, records: Data) -> Floats:
        """Return the calibrated probability of each class, shape (n, k)."""
        return self.hear(records).probabilities

    def predict(self, records: Data) -> Matrix:
        """Return the class of each record, however unsure, shape (n,)."""
        return self.classifier_.choose(self.predict_proba(records))

    def decide(self, records: Data) -> list[Answer]:
        """Return the class of each record, or "I don't know": whether it does, the words decide."""
        return self.classifier_.told(self.hear(records)) if len(records) else []

    def hear(self, records: Data) -> Heard:
        """Return the probability of each class, and the evidence of the words."""
        heard = self.classifier_.hear(texts_in(records))
        if self.correction_ is None:
            return heard
        return Heard(self.correction_.apply(records, heard.probabilities), heard.evidence)

    def _new(self) -> Classifier:
        intents = IntentClassifier(random_state=self.seed)
        return intents if self.levels is None else UrgencyClassifier(self.levels, intents)

    def _heart(self) -> IntentClassifier:
        found: Classifier = self.classifier_
        return found if isinstance(found, IntentClassifier) else found.classifier_


def records_of(texts: Sequence[str]) -> list[Record]:
    """Return the records of texts of which nothing else is known."""
    return [{SAID: text} for text in texts]


def texts_in(records: Data) -> Sequence[object]:
    """Return the words of records or of a DataFrame."""
    return columns_of(records, [SAID])[SAID]

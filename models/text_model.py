"""A classifier of texts as the registry keeps it: records with the words in, probabilities out."""

from collections.abc import Sequence
from typing import Self

from data_contracts.contract import Task
from features.shapes import Record
from features.text_set import SAID
from models.arrays import Data, Floats, Matrix, Persons
from models.base import BaseEstimator
from models.columns import columns_of
from models.intents import Answer, IntentClassifier
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

    Attributes
    ----------
    classifier_ : IntentClassifier or UrgencyClassifier
    classes_ : ndarray of str, shape (k,)
    """

    task: Task = "multiclass"

    def __init__(self, levels: Sequence[str] | None = None, seed: int = 0) -> None:
        self.levels = levels
        self.seed = seed

    def fit(self, records: Data, y: Matrix, persons: Persons | None = None) -> Self:
        """Learn from records, their classes and whose each is."""
        self.classifier_ = self._new().fit(texts_in(records), y, persons)
        self.classes_ = self.classifier_.classes_
        return self

    def calibrate(self, records: Data, y: Matrix) -> Self:
        """Find temperature and threshold on records that ``fit`` has not seen."""
        self.classifier_.calibrate(texts_in(records), y)
        return self

    def as_sure_as(self, other: Self) -> Self:
        """Take over another's temperature and threshold: it was learned from part of the rows."""
        ours, theirs = self._heart(), other._heart()
        ours.temperature_, ours.threshold_ = theirs.temperature_, theirs.threshold_
        return self

    @property
    def outputs(self) -> int:
        """Columns that are served: one a class."""
        return len(self.classes_)

    def predict_proba(self, records: Data) -> Floats:
        """Return the calibrated probability of each class, shape (n, k)."""
        return self.classifier_.predict_proba(texts_in(records))

    def predict(self, records: Data) -> Matrix:
        """Return the class of each record, however unsure, shape (n,)."""
        return self.classifier_.predict(texts_in(records))

    def decide(self, records: Data) -> list[Answer]:
        """Return the class of each record, or "I don't know"."""
        return self.classifier_.decide(texts_in(records))

    def _new(self) -> Classifier:
        intents = IntentClassifier(random_state=self.seed)
        return intents if self.levels is None else UrgencyClassifier(self.levels, intents)

    def _heart(self) -> IntentClassifier:
        found: Classifier = self.classifier_
        return found if isinstance(found, IntentClassifier) else found.classifier_


def records_of(texts: Sequence[str]) -> list[Record]:
    """Return the records that the model takes."""
    return [{SAID: text} for text in texts]


def texts_in(records: Data) -> Sequence[object]:
    """Return the words of records or of a DataFrame."""
    return columns_of(records, [SAID])[SAID]

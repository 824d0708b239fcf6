"""The model as it is kept and served: encoder → estimators → calibration, over plain records."""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
from scipy.special import expit, softmax

from data_contracts.contract import Task
from models.arrays import Data, Floats, Ints, Matrix, Persons, Tags
from models.base import BaseEstimator
from models.boosted import Boosted
from models.calibration import Sigmoid
from models.catalogue import families
from models.encoder import RecordEncoder
from models.estimator import Estimator, Layout
from models.linear import Linear
from models.recipe import Recipe


class RecordPipeline(BaseEstimator):
    """A recipe, fitted: records in, probabilities or values and their reasons out.

    Parameters
    ----------
    recipe
        What the inner folds chose: members with weights, and the calibration.
    kinds
        Feature → ``numeric``, ``category`` or ``text``.
    task
        ``binary``, ``multiclass`` or ``number``.

    Attributes
    ----------
    classes_ : ndarray, shape (k,)
        Outcomes in the order of the probabilities; empty for numbers.
    encoder_ : RecordEncoder
    members_ : list of Estimator
    """

    def __init__(
        self,
        recipe: Recipe | None = None,
        kinds: Mapping[str, str] | None = None,
        task: Task = "binary",
    ) -> None:
        self.recipe = recipe
        self.kinds = kinds
        self.task = task

    def fit(self, records: Data, y: Matrix, persons: Persons | None = None) -> Self:
        """Learn encoder and members from records, their outcomes, and whose each record is."""
        recipe = self.recipe or Recipe.plain()
        self.classes_, codes = coded(np.asarray(y), self.task)
        self.encoder_ = RecordEncoder(
            self.kinds, text_components=recipe.components, with_terms=recipe.wants_terms
        )
        matrix = self.encoder_.fit_transform(records, persons=persons)
        layout = layout_of(self.encoder_)
        self.members_: list[Estimator] = [
            make(member.family, self.task, dict(member.settings)).fit(matrix, codes, layout)
            for member in recipe.members
        ]
        self.weights_ = [member.weight for member in recipe.members]
        self.calibration_: Sigmoid | None = recipe.calibration
        return self

    def margins(self, records: Data) -> Floats:
        """Return calibrated margins, shape (n, outputs)."""
        return self.margins_of(self.encoder_.transform(records))

    def margins_of(self, matrix: Matrix) -> Floats:
        """Return calibrated margins of rows that are encoded already."""
        members = zip(self.weights_, self.members_, strict=True)
        blended = np.sum([weight * m.margins(matrix) for weight, m in members], axis=0)
        return np.asarray(self.calibration_.apply(blended) if self.calibration_ else blended)

    def predict_proba(self, records: Data) -> Floats:
        """Return the probability of each class, shape (n, k).

        Raises
        ------
        AttributeError
            The task is a number: there are no classes.
        """
        if self.task == "number":
            raise AttributeError("a model of numbers has no probabilities")
        return probabilities_of(self.margins(records))

    def predict(self, records: Data) -> Matrix:
        """Return the likeliest class, or the value, shape (n,)."""
        if self.task == "number":
            return self.margins(records)[:, 0]
        return self.classes_[self.predict_proba(records).argmax(axis=1)]

    def contributions_of(self, matrix: Matrix) -> Floats:
        """Return what each feature adds to the calibrated margin.

        Returns
        -------
        ndarray, shape (n, outputs, features + 1)
            The last place is the base; a row's sum is its margin.
        """
        members = zip(self.weights_, self.members_, strict=True)
        blended = np.sum([weight * m.contributions(matrix) for weight, m in members], axis=0)
        return np.asarray(self.calibration_.share(blended) if self.calibration_ else blended)

    def words_that_push(
        self, matrix: Matrix, texts: Sequence[object], feature: str, output: int
    ) -> list[dict[str, float]]:
        """Return, for each row, every word of a text and how much it pushes the margin."""
        tfidf, basis = self.encoder_.texts_[feature], self.encoder_.bases_[feature]
        place = self.encoder_.features_.index(feature)
        pushes = sum(
            weight * member.term_weights(matrix, place, basis, output)
            for weight, member in zip(self.weights_, self.members_, strict=True)
        )
        return [tfidf.word_weights(t, p) for t, p in zip(texts, np.asarray(pushes), strict=True)]

    @property
    def outputs(self) -> int | None:
        """Columns that are served: one a class; None for numbers, which are one a row."""
        return None if self.task == "number" else len(self.classes_)

    def __sklearn_tags__(self) -> Tags:
        """Say whether it classifies or regresses."""
        from sklearn.utils import ClassifierTags, RegressorTags

        tags = super().__sklearn_tags__()
        tags.estimator_type = "regressor" if self.task == "number" else "classifier"
        tags.classifier_tags = None if self.task == "number" else ClassifierTags()
        tags.regressor_tags = RegressorTags() if self.task == "number" else None
        tags.target_tags.required = True
        return tags


def make(family: str, task: Task, settings: dict[str, float]) -> Estimator:
    """Return an unfitted estimator of a family: one of ours, or an installed package's."""
    if family in families():
        return families()[family].estimator(task=task, **settings)
    if family == "linear":
        return Linear(task, strength=settings["strength"])
    whole = {k: int(v) if k in ("rounds", "depth", "seed") else v for k, v in settings.items()}
    return Boosted(task).set_params(**whole)


def coded(y: Matrix, task: Task) -> tuple[Matrix, Floats]:
    """Return the classes in order, and each outcome's place among them (numbers stay)."""
    if task == "number":
        return np.array([]), np.asarray(y, dtype=np.float64)
    classes, codes = np.unique(y, return_inverse=True)
    return classes, codes.astype(np.float64)


def layout_of(encoder: RecordEncoder) -> Layout:
    """Return which columns of an encoder belong to which feature."""
    return Layout(encoder.owners_, encoder.column_kinds_, len(encoder.features_))


def probabilities_of(margins: Floats) -> Floats:
    """Return probabilities of every class from margins: logistic for one output, else softmax."""
    if margins.shape[1] == 1:
        positive = expit(margins[:, 0])
        return np.column_stack([1.0 - positive, positive])
    return np.asarray(softmax(margins, axis=1))


__all__ = ["Ints", "RecordPipeline", "coded", "layout_of", "make", "probabilities_of"]

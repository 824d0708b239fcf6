"""A classifier of photos that a tenant trains from its own labelled images.

Logistic regression or extremely randomised trees (Geurts, Ernst and Wehenkel, 2006), whichever has
the smaller log loss by cross-validation, on the numbers of ``features``.
"""

from collections import Counter
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, StandardScaler
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ingestion.extractors.images.features import Numbers

FOLDS = 3
"""To choose by: each is fitted so often, and again for every part that the card judges."""
LEAST_A_CLASS = 2
"""Rows of a class, under which no choice can be tried and the simpler model is taken."""


class PhotoClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped bases
    """Chooses between a linear model and trees by cross-validation, then fits the better.

    Parameters
    ----------
    regularisation
        Inverse strength of the linear model's penalty.
    trees
        How many trees the other model has.
    random_state
        Seed of the folds and the trees.

    Attributes
    ----------
    classes_
        Labels, shape (classes,).
    chosen_
        ``linear`` or ``trees``.
    losses_
        Mean log loss of each candidate; empty where no choice could be tried.
    """

    def __init__(
        self, regularisation: float = 0.05, trees: int = 40, random_state: int = 0
    ) -> None:
        self.regularisation = regularisation
        self.trees = trees
        self.random_state = random_state

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:  # noqa: N803 – scikit-learn's name
        """Learn from numbers of shape (photos, features) and labels of shape (photos,)."""
        numbers, labels = validate_data(self, X, y)
        check_classification_targets(labels)
        self._encoder = LabelEncoder().fit(labels)
        self.classes_ = self._encoder.classes_
        codes = self._encoder.transform(labels)
        if len(self.classes_) < 2:
            raise ValueError("Classifier can't train when only one class is present.")
        self.losses_ = self._losses(numbers, codes)
        self.chosen_ = min(self.losses_, key=self.losses_.__getitem__, default="linear")
        self.model_ = self._candidates()[self.chosen_].fit(numbers, codes)
        return self

    def predict_proba(self, X: npt.ArrayLike) -> Numbers:  # noqa: N803
        """Return a probability of each class, shape (photos, classes)."""
        check_is_fitted(self)
        numbers = validate_data(self, X, reset=False)
        return np.asarray(self.model_.predict_proba(numbers), float)

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:  # noqa: N803
        """Return the likeliest label, shape (photos,)."""
        check_is_fitted(self)
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])

    def _candidates(self) -> dict[str, Any]:
        linear = LogisticRegression(C=self.regularisation, max_iter=2000)
        trees = ExtraTreesClassifier(self.trees, min_samples_leaf=2, random_state=self.random_state)
        return {"linear": make_pipeline(StandardScaler(), linear), "trees": trees}

    def _losses(self, numbers: Numbers, codes: npt.NDArray[np.int64]) -> dict[str, float]:
        smallest = min(Counter(codes.tolist()).values())
        if smallest < LEAST_A_CLASS:
            return {}
        folds = StratifiedKFold(min(FOLDS, smallest), shuffle=True, random_state=self.random_state)
        return {
            name: -float(
                cross_val_score(
                    clone(model), numbers, codes, cv=folds, scoring="neg_log_loss"
                ).mean()
            )
            for name, model in self._candidates().items()
        }

"""The model as it is kept and served: encoder → estimators → calibration, over plain records."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy import sparse
from scipy.special import expit, softmax

from data_contracts.contract import Task
from models.adapted import Adapted
from models.arrays import Data, Floats, Ints, Matrix, Persons, Tags
from models.base import BaseEstimator, available_if
from models.boosted import Boosted
from models.calibration import Sigmoid
from models.catalogue import families
from models.encoder import TERM, RecordEncoder
from models.estimator import Estimator, Layout
from models.installed import learned, made
from models.linear import Linear
from models.recipe import Recipe

if TYPE_CHECKING:
    from models.prior import Prior

LINEAR = {"linear": Linear, "adapted": Adapted}


def has_classes(pipeline: "RecordPipeline") -> bool:
    """Say whether a pipeline predicts classes, not numbers."""
    return pipeline.task != "number"


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

    def fit(
        self,
        records: Data,
        y: Matrix,
        persons: Persons | None = None,
        prior: "Prior | None" = None,
    ) -> Self:
        """Learn encoder and members from records, their outcomes, and whose each record is.

        Parameters
        ----------
        prior
            Where members of the family ``adapted`` begin; it is not kept.
        """
        recipe = self.recipe or Recipe.plain()
        self.encoder_ = RecordEncoder(
            self.kinds, text_components=recipe.components, with_terms=recipe.wants_terms
        )
        matrix = self.encoder_.fit_transform(records, persons=persons)
        self.classes_, codes = coded(require_outcomes(y, matrix.shape[0], self.task), self.task)
        layout = layout_of(self.encoder_, prior)
        self.members_: list[Estimator] = [
            learned(make(member.family, self.task, dict(member.settings)), matrix, codes, layout)
            for member in recipe.members
        ]
        self.weights_ = [member.weight for member in recipe.members]
        self.calibration_: Sigmoid | None = recipe.calibration
        return self

    def margins(self, records: Data) -> Floats:
        """Return calibrated margins, shape (n, outputs)."""
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self, "members_")
        return self.margins_of(self.encoder_.transform(records))

    def margins_of(self, matrix: Matrix) -> Floats:
        """Return calibrated margins of rows that are encoded already."""
        members = zip(self.weights_, self.members_, strict=True)
        parts = [weight * m.margins(self._for(m, matrix)) for weight, m in members]
        blended = reduce(np.add, parts)
        return np.asarray(self.calibration_.apply(blended) if self.calibration_ else blended)

    @available_if(has_classes)
    def predict_proba(self, records: Data) -> Floats:
        """Return the probability of each class, shape (n, k); a model of numbers has none."""
        return probabilities_of(self.margins(records))

    def predict(self, records: Data) -> Matrix:
        """Return the likeliest class, or the value, shape (n,)."""
        if self.task == "number":
            return self.margins(records)[:, 0]
        codes = self.predict_proba(records).argmax(axis=1)
        return self.classes_[codes]

    def score(self, records: Data, y: Matrix) -> float:
        """Return the accuracy of classes, or R² of numbers."""
        from sklearn.metrics import accuracy_score, r2_score

        judge = accuracy_score if has_classes(self) else r2_score
        return float(judge(y, self.predict(records)))

    def contributions_of(self, matrix: Matrix) -> Floats:
        """Return what each feature adds to the calibrated margin.

        Returns
        -------
        ndarray, shape (n, outputs, features + 1)
            The last place is the base; a row's sum is its margin.
        """
        members = zip(self.weights_, self.members_, strict=True)
        parts = [weight * m.contributions(self._for(m, matrix)) for weight, m in members]
        blended = np.sum(parts, axis=0)
        return np.asarray(self.calibration_.share(blended) if self.calibration_ else blended)

    def words_that_push(
        self, matrix: Matrix, texts: Sequence[object], feature: str, output: int
    ) -> list[dict[str, float]]:
        """Return, for each row, every word of a text and how much it pushes the margin."""
        tfidf, basis = self.encoder_.texts_[feature], self.encoder_.bases_[feature]
        place = self.encoder_.features_.index(feature)
        pushes = sum(
            weight * member.term_weights(self._for(member, matrix), place, basis, output)
            for weight, member in zip(self.weights_, self.members_, strict=True)
        )
        return [tfidf.word_weights(t, p) for t, p in zip(texts, np.asarray(pushes), strict=True)]

    def _for(self, member: Estimator, matrix: Matrix) -> Matrix:
        """Return rows as a member learned from: a package's may rely on sparse n-grams."""
        if isinstance(member, Linear | Boosted) or TERM not in self.encoder_.column_kinds_[-1:]:
            return matrix
        return sparse.csr_matrix(matrix)

    @property
    def outputs(self) -> int | None:
        """Columns that are served: one a class; None for numbers, which are one a row."""
        return None if self.task == "number" else len(self.classes_)

    def __sklearn_tags__(self) -> Tags:
        """Say whether it classifies or regresses."""
        from sklearn.utils import ClassifierTags, RegressorTags

        tags = super().__sklearn_tags__()
        tags.estimator_type = "regressor" if self.task == "number" else "classifier"
        several = self.task == "multiclass"
        tags.classifier_tags = (
            None if self.task == "number" else ClassifierTags(multi_class=several)
        )
        tags.regressor_tags = RegressorTags() if self.task == "number" else None
        tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        return tags

    @property
    def n_features_in_(self) -> int:
        """How many features there are; unknown of records that name theirs."""
        return int(self.encoder_.n_features_in_)


def require_outcomes(y: Matrix, rows: int, task: Task) -> Matrix:
    """Return outcomes that can be learned from, shape (rows,).

    Raises
    ------
    ValueError
        There are none, not one a row, unknown ones, or all of one class.
    """
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import assert_all_finite, column_or_1d

    if y is None:
        raise ValueError("requires y to be passed, but the target y is None")
    outcomes = column_or_1d(y, warn=True)
    if len(outcomes) != rows:
        raise ValueError(f"inconsistent numbers of rows: {rows} and of outcomes: {len(outcomes)}")
    assert_all_finite(outcomes, input_name="y")
    if task != "number":
        check_classification_targets(outcomes)
        classes = len(np.unique(outcomes))
        if classes == 1:
            raise ValueError("a classifier cannot learn from one class alone")
        if task == "binary" and classes > 2:
            raise ValueError(f"Only binary classification is supported. There are {classes}")
    return outcomes


def make(family: str, task: Task, settings: dict[str, float]) -> Estimator:
    """Return an unfitted estimator of a family: one of ours, or an installed package's."""
    if family in families():
        return made(family, task, settings)
    if family in LINEAR:
        return LINEAR[family](task, strength=settings["strength"])
    whole = {k: int(v) if k in ("rounds", "depth", "seed") else v for k, v in settings.items()}
    return Boosted(task).set_params(**whole)


def coded(y: Matrix, task: Task) -> tuple[Matrix, Floats]:
    """Return the classes in order, and each outcome's place among them (numbers stay)."""
    if task == "number":
        return np.array([]), np.asarray(y, dtype=np.float64)
    classes, codes = np.unique(y, return_inverse=True)
    return classes, codes.astype(np.float64)


def layout_of(encoder: RecordEncoder, prior: "Prior | None" = None) -> Layout:
    """Return which columns of an encoder belong to which feature, and what a prior says of them."""
    known = prior.on(encoder.get_feature_names_out()) if prior is not None else None
    return Layout(encoder.owners_, encoder.column_kinds_, len(encoder.features_), known)


def probabilities_of(margins: Floats) -> Floats:
    """Return probabilities of every class from margins: logistic for one output, else softmax."""
    if margins.shape[1] == 1:
        both = np.empty((len(margins), 2))
        expit(margins[:, 0], out=both[:, 1])
        np.subtract(1.0, both[:, 1], out=both[:, 0])
        return both
    return np.asarray(softmax(margins, axis=1))


__all__ = ["Ints", "RecordPipeline", "coded", "layout_of", "make", "probabilities_of"]

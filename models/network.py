"""A small neural network over sparse rows, in NumPy: one hidden layer, made for short texts.

On n-grams one hidden layer sees which of them come *together*, which a linear model cannot; dropout
of inputs and hidden units (Srivastava et al., 2014) and smoothed labels (Szegedy et al., 2016) keep
it honest with few rows. A step moves only the rows of the first layer that its batch touches: that
is what makes tens of thousands of n-grams affordable.
"""

from collections.abc import Iterator
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import softmax

from models.arrays import Floats, Ints, Matrix, Tags
from models.base import BaseEstimator, ClassifierMixin

Weights = npt.NDArray[np.float32]
MOMENTUM, SPREAD = np.float32(0.9), np.float32(0.99)
"""How much of the running mean of gradients, and of their squares, a step keeps."""
TINY = np.float32(1e-8)
FIRST_LAYER_RATE = 0.6
"""Of the first layer, to the others' rate: without momentum it is given less."""
WARM_UP = 0.05
"""Share of the steps in which the rate rises; after it, it falls to nothing in a straight line."""


class Adam:
    """A parameter that each step moves as a whole (Kingma, Ba, 2015).

    Both running means begin at zero and are not corrected for it: the first step is as long as
    ``(1 − 0.9) ÷ √(1 − 0.99) = 1`` times the rate all the same.
    """

    def __init__(self, values: Weights) -> None:
        self.values = values
        self._mean, self._square = np.zeros_like(values), np.zeros_like(values)

    def step(self, gradient: Weights, rate: float) -> None:
        """Move against the gradient."""
        self._mean += (1 - MOMENTUM) * (gradient - self._mean)
        self._square += (1 - SPREAD) * (gradient**2 - self._square)
        self.values -= np.float32(rate) * self._mean / (np.sqrt(self._square) + TINY)


class RowWise:
    """A matrix of which each step moves some rows, each by the size of its own gradients.

    One running mean square a row, as embeddings are often learned (row-wise Adagrad, here with
    RMSprop's fading mean), and no momentum: a step took half of Adam's time, and the model was as
    accurate on held-out parts of Banking77's training texts.
    """

    def __init__(self, values: Weights) -> None:
        self.values = values
        self._square = np.zeros(len(values), np.float32)

    def step(self, gradient: Weights, rate: float, rows: Ints) -> None:
        """Move these rows against their gradient."""
        size = np.einsum("ij,ij->i", gradient, gradient) / np.float32(gradient.shape[1])
        square = SPREAD * self._square[rows] + (1 - SPREAD) * size
        self._square[rows] = square
        self.values[rows] -= (np.float32(rate) / (np.sqrt(square) + TINY))[:, None] * gradient


class Network(ClassifierMixin, BaseEstimator):
    """Classifier of sparse or dense rows: a network with one hidden layer.

    Parameters
    ----------
    hidden
        Hidden units.
    epochs, least_steps
        It sees all rows so often, and takes at least so many steps.
    batch
        Rows of a step.
    rate
        Adam's greatest rate.
    dropout, input_dropout
        Share of hidden units, and of a row's entries, that a step leaves out.
    smoothing
        Share of a label that is spread evenly over all classes.
    random_state
        Seed; the same gives the same model.

    Attributes
    ----------
    classes_ : ndarray, shape (k,)
    n_features_in_ : int
    layers_ : list of ndarray
        Weights (features, hidden), bias, weights (hidden, k), bias.
    """

    def __init__(
        self,
        *,
        hidden: int = 256,
        epochs: int = 20,
        least_steps: int = 500,
        batch: int = 64,
        rate: float = 2e-3,
        dropout: float = 0.5,
        input_dropout: float = 0.3,
        smoothing: float = 0.1,
        random_state: int = 0,
    ) -> None:
        self.hidden = hidden
        self.epochs = epochs
        self.least_steps = least_steps
        self.batch = batch
        self.rate = rate
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.smoothing = smoothing
        self.random_state = random_state

    def fit(self, X: Matrix, y: Matrix) -> Self:  # noqa: N803 - scikit-learn's name
        """Learn from rows, shape (n, features), and their classes, shape (n,)."""
        from sklearn.utils.multiclass import check_classification_targets
        from sklearn.utils.validation import validate_data

        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float32)  # noqa: N806
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.layers_ = self._learned(sparse.csr_matrix(X), codes)
        return self

    def logits(self, X: Matrix) -> Floats:  # noqa: N803
        """Return the log-odds of each class against the mean class, shape (n, k).

        Their softmax are the probabilities; their size, which the softmax hides, says how much of
        what the network knows speaks for a class.
        """
        from sklearn.utils.validation import check_is_fitted, validate_data

        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=np.float32, reset=False)  # noqa: N806
        first, bias, second, shift = self.layers_
        found = np.maximum(sparse.csr_matrix(X) @ first + bias, 0) @ second + shift
        found = np.asarray(found, dtype=np.float64)
        return np.asarray(found - found.mean(axis=1, keepdims=True))

    def logits_of(self, places: Ints, weights: Floats) -> Floats:
        """Return the logits of one row that is given by its entries, shape (k,)."""
        first, bias, second, shift = self.layers_
        units = np.maximum(weights.astype(np.float32) @ first[places] + bias, 0)
        found = np.asarray(units @ second + shift, dtype=np.float64)
        return np.asarray(found - found.mean())

    def predict_proba(self, X: Matrix) -> Floats:  # noqa: N803
        """Return the probability of each class, shape (n, k)."""
        return np.asarray(softmax(self.logits(X), axis=1))

    def predict(self, X: Matrix) -> Matrix:  # noqa: N803
        """Return the likeliest class of each row, shape (n,)."""
        codes = self.logits(X).argmax(axis=1)
        return self.classes_[codes]

    def _learned(self, rows: Matrix, codes: Ints) -> list[Weights]:
        generator = np.random.default_rng(self.random_state)
        first, *rest = self._start(rows.shape[1], generator)
        embedding, bias, second, shift = (RowWise(first), *map(Adam, rest))
        targets = self._targets(codes)
        for chosen, rate in self._steps(rows.shape[0], generator):
            touched, batch = self._thinned(rows[chosen], generator)
            active = batch @ embedding.values[touched] + bias.values
            kept = (active > 0) * _mask(active.shape, self.dropout, generator)
            units = active * kept
            error = softmax(units @ second.values + shift.values, axis=1) - targets[chosen]
            error = (error / len(chosen)).astype(np.float32)
            back = (error @ second.values.T) * kept
            embedding.step(np.asarray(batch.T @ back), FIRST_LAYER_RATE * rate, touched)
            bias.step(back.sum(axis=0), rate)
            second.step(units.T @ error, rate)
            shift.step(error.sum(axis=0), rate)
        return [embedding.values, bias.values, second.values, shift.values]

    def _start(self, features: int, generator: np.random.Generator) -> list[Weights]:
        """Return where it begins; rows have length one, so a hidden unit needs no fan-in."""
        spread = np.float32(np.sqrt(0.5 / self.hidden))
        first = spread * generator.standard_normal((features, self.hidden), dtype=np.float32)
        shapes = ((self.hidden,), (self.hidden, len(self.classes_)), (len(self.classes_),))
        return [first, *(np.zeros(shape, np.float32) for shape in shapes)]

    def _targets(self, codes: Ints) -> Weights:
        classes = len(self.classes_)
        spread = np.float32(self.smoothing / classes)
        return np.eye(classes, dtype=np.float32)[codes] * np.float32(1 - self.smoothing) + spread

    def _steps(self, rows: int, generator: np.random.Generator) -> Iterator[tuple[Ints, float]]:
        """Yield the rows of each step, and its rate."""
        an_epoch = -(-rows // self.batch)
        steps = max(self.epochs * an_epoch, self.least_steps)
        for step in range(steps):
            at = step % an_epoch
            if at == 0:
                order = generator.permutation(rows)
            rising = min(1.0, (step + 1) / (WARM_UP * steps))
            yield order[at * self.batch :][: self.batch], self.rate * rising * (1 - step / steps)

    def _thinned(self, rows: Matrix, generator: np.random.Generator) -> tuple[Ints, Matrix]:
        """Return the columns that a batch touches, and the batch on them, some entries left out."""
        touched, places = np.unique(rows.indices, return_inverse=True)
        entries = rows.data * _mask(rows.data.shape, self.input_dropout, generator)
        shape = (rows.shape[0], len(touched))
        return touched, sparse.csr_matrix((entries, places, rows.indptr), shape=shape)

    def __sklearn_tags__(self) -> Tags:
        """Say that sparse rows are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _mask(shape: tuple[int, ...], share: float, generator: np.random.Generator) -> Weights:
    """Return zeros for a share of the places, elsewhere what keeps the sum (inverted dropout)."""
    kept = generator.random(shape, dtype=np.float32) >= share
    return kept.astype(np.float32) / np.float32(1 - share)

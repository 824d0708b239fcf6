"""How good a model is, each figure with its interval.

Intervals are percentiles (2.5 and 97.5) of bootstrap draws (Efron, 1979). Where rows belong to
groups (several of one person), whole groups are drawn. A draw is a vector of weights, so every
metric is a weighted one and works on many draws at once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import expit, logit

from models.arrays import Floats, Ints, Matrix
from models.ranking import auc_of_draws, average_precision_of_draws

DRAWS = 1000
CHUNK = 64
"""Draws that are worked on at once: bounds the memory."""
SMALLEST_PROBABILITY = 1e-12

Metric = Callable[[Floats], Floats]
"""Weights of draws, shape (draws, n) → the metric in each draw."""


@dataclass(frozen=True)
class Interval:
    """A figure and where it lies with 95 % confidence."""

    value: float
    low: float
    high: float

    def covers(self, value: float) -> bool:
        """Tell whether a value lies within."""
        return self.low <= value <= self.high


def draws_of(
    rows: int, groups: Matrix | None = None, draws: int = DRAWS, seed: int = 0
) -> Iterator[Floats]:
    """Yield bootstrap weights, in chunks of shape (draws, rows)."""
    generator = np.random.default_rng(seed)
    member = np.arange(rows) if groups is None else np.unique(groups, return_inverse=True)[1]
    units = int(member.max()) + 1
    for start in range(0, draws, CHUNK):
        size = min(CHUNK, draws - start)
        drawn = generator.integers(0, units, size=(size, units))
        places = drawn + np.arange(size)[:, None] * units
        counts = np.bincount(places.ravel(), minlength=size * units).reshape(size, units)
        yield (counts if groups is None else counts[:, member]).astype(np.float64)


def with_intervals(
    metrics: dict[str, Metric],
    rows: int,
    groups: Matrix | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, Interval]:
    """Return each metric over all rows, with its interval from the same draws."""
    whole = np.ones((1, rows))
    found: dict[str, list[Floats]] = {name: [] for name in metrics}
    for weights in draws_of(rows, groups, draws, seed):
        for name, metric in metrics.items():
            found[name].append(metric(weights))
    return {
        name: _interval(float(metric(whole)[0]), np.concatenate(found[name]))
        for name, metric in metrics.items()
    }


def binary_metrics(y: Matrix, probability: Floats) -> dict[str, Metric]:
    """Return the metrics of probabilities of a yes-or-no outcome.

    ``auc``
        Probability that a positive ranks above a negative, ties half (Hanley, McNeil, 1982).
    ``average_precision``
        Σ (recallₙ − recallₙ₋₁) × precisionₙ, as scikit-learn.
    ``brier``
        Mean squared difference of probability and outcome (Brier, 1950).
    ``log_loss``
        Mean negative log-likelihood.
    ``base_rate``, ``base_rate_brier``
        Share of positives, and the Brier score of predicting just that.
    ``calibration_slope``, ``calibration_intercept``
        Logistic regression of the outcome on the log-odds (Cox, 1958): 1 and 0 are ideal.
    """
    y = np.asarray(y, dtype=np.float64)
    safe = np.clip(probability, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    losses = -(y * np.log(safe) + (1 - y) * np.log1p(-safe))

    @cache
    def calibration() -> Metric:
        return _calibration_of_draws(y, np.asarray(logit(safe)))

    def base_rate_brier(weights: Floats) -> Floats:
        share = mean_of(y)(weights)
        return share * (1 - share)

    return {
        "auc": auc_of_draws(y, probability),
        "average_precision": average_precision_of_draws(y, probability),
        "brier": mean_of((probability - y) ** 2),
        "log_loss": mean_of(losses),
        "base_rate": mean_of(y),
        "base_rate_brier": base_rate_brier,
        "calibration_slope": lambda weights: calibration()(weights)[:, 0],
        "calibration_intercept": lambda weights: calibration()(weights)[:, 1],
    }


def multiclass_metrics(codes: Matrix, probabilities: Floats) -> dict[str, Metric]:
    """Return accuracy, macro-F1, log loss, and the mean AUC of each class against the rest."""
    codes = np.asarray(codes, dtype=np.int64)
    likeliest = probabilities.argmax(axis=1)
    chosen = np.clip(probabilities[np.arange(len(codes)), codes], SMALLEST_PROBABILITY, 1.0)
    against_rest = [
        auc_of_draws((codes == k).astype(float), probabilities[:, k])
        for k in range(probabilities.shape[1])
    ]
    return {
        "accuracy": mean_of((likeliest == codes).astype(np.float64)),
        "macro_f1": _macro_f1(codes, likeliest, probabilities.shape[1]),
        "log_loss": mean_of(-np.log(chosen)),
        "auc": lambda weights: np.mean([auc(weights) for auc in against_rest], axis=0),
    }


def _macro_f1(codes: Ints, said: Ints, classes: int) -> Metric:
    """Return the mean over classes of 2 tp ÷ (2 tp + fp + fn), of those that a draw has."""
    pairs = [((codes == k).astype(float), (said == k).astype(float)) for k in range(classes)]

    def of_draws(weights: Floats) -> Floats:
        hits = np.stack([weights @ (true * told) for true, told in pairs])
        sums = np.stack([weights @ (true + told) for true, told in pairs])
        return np.asarray(np.nanmean(2 * hits / np.where(sums > 0, sums, np.nan), axis=0))

    return of_draws


def number_metrics(y: Matrix, predicted: Floats) -> dict[str, Metric]:
    """Return mean absolute error, root mean squared error, and R² (1 − residual ÷ total)."""
    y = np.asarray(y, dtype=np.float64)
    squared = mean_of((y - predicted) ** 2)

    def r2(weights: Floats) -> Floats:
        total = mean_of(y**2)(weights) - mean_of(y)(weights) ** 2
        return np.asarray(1 - squared(weights) / np.where(total > 0, total, np.nan))

    return {
        "mean_absolute_error": mean_of(np.abs(y - predicted)),
        "root_mean_squared_error": lambda weights: np.sqrt(squared(weights)),
        "r2": r2,
    }


def auc_with_interval(
    y: Matrix,
    probability: Floats,
    groups: Matrix | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Interval:
    """Return the AUC of scores with its bootstrap interval."""
    metric = auc_of_draws(np.asarray(y, dtype=np.float64), np.asarray(probability))
    return with_intervals({"auc": metric}, len(y), groups, draws, seed)["auc"]


def difference_with_interval(
    ours: Metric, theirs: Metric, rows: int, groups: Matrix | None = None, seed: int = 0
) -> Interval:
    """Return ours − theirs over the same rows, with its paired interval."""
    return with_intervals({"d": lambda w: ours(w) - theirs(w)}, rows, groups, seed=seed)["d"]


def with_ends(metrics: Mapping[str, Interval]) -> dict[str, float]:
    """Return each figure and the ends of its interval, under MLflow's flat names.

    A figure or end that nobody knows is left out.
    """
    flat: dict[str, float] = {}
    for name, found in metrics.items():
        flat |= {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
    return {name: value for name, value in flat.items() if np.isfinite(value)}


def _interval(value: float, drawn: Floats) -> Interval:
    usable = drawn[np.isfinite(drawn)]
    if len(usable) == 0:
        return Interval(value, float("nan"), float("nan"))
    low, high = np.percentile(usable, [2.5, 97.5])
    return Interval(value, float(low), float(high))


def mean_of(values: Floats) -> Metric:
    """Return the mean of a value a row, as a metric."""
    return lambda weights: np.asarray(weights @ values / weights.sum(axis=1))


def _calibration_of_draws(y: Floats, log_odds: Floats) -> Metric:
    """Return slope and intercept of each draw, shape (draws, 2).

    One Newton step from the estimate on all rows, the usual one-step bootstrap (Moulton and
    Zeger, 1991): for all rows the step is zero, so the figure itself is exact.
    """
    start = _calibration(y, log_odds)
    fitted = expit(start[0] * log_odds + start[1])
    residual, spread = y - fitted, fitted * (1 - fitted)
    gradient = np.column_stack([residual * log_odds, residual])
    bends = np.column_stack([spread * log_odds**2, spread * log_odds, spread])

    def of_draws(weights: Floats) -> Floats:
        slopes, (a, b, c) = weights @ gradient, (weights @ bends).T
        determinant = a * c - b * b
        determinant = np.where(determinant > 0, determinant, np.nan)
        step = np.column_stack(
            [
                (c * slopes[:, 0] - b * slopes[:, 1]) / determinant,
                (a * slopes[:, 1] - b * slopes[:, 0]) / determinant,
            ]
        )
        return np.asarray(start + np.nan_to_num(step))

    return of_draws


def _calibration(y: Floats, log_odds: Floats) -> Floats:
    """Return slope and intercept of the logistic regression of outcomes on log-odds."""
    from scipy.optimize import minimize

    signs = 2 * y - 1

    def loss(found: Floats) -> tuple[float, Floats]:
        margin = found[0] * log_odds + found[1]
        pull = -signs * expit(-signs * margin)
        gradient = np.array([(pull * log_odds).mean(), pull.mean()])
        return float(np.logaddexp(0.0, -signs * margin).mean()), gradient

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS", options={"gtol": 1e-9})
    return np.asarray(found.x)


__all__ = [
    "DRAWS",
    "Interval",
    "auc_with_interval",
    "binary_metrics",
    "difference_with_interval",
    "draws_of",
    "mean_of",
    "multiclass_metrics",
    "number_metrics",
    "with_ends",
    "with_intervals",
]

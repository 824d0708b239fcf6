"""The score by which the inner folds choose, higher is better, by the contract's metric."""

import numpy as np

from data_contracts.contract import Task
from foundation.errors import InvalidContract
from models.arrays import Floats
from models.evaluate import Metric, binary_metrics, multiclass_metrics, number_metrics
from models.pipeline import probabilities_of
from models.profit import maximum_profit, payoff_of
from models.rows import Rows

LOWER_IS_BETTER = ("brier", "log_loss", "mean_absolute_error", "root_mean_squared_error")
USUAL: dict[Task, str] = {
    "binary": "auc",
    "multiclass": "log_loss",
    "number": "mean_absolute_error",
}
"""The metric of a task where the contract's is ``profit`` and nobody's value is known."""


def metrics_of(task: Task, codes: Floats, margins: Floats) -> dict[str, Metric]:
    """Return every metric of a task for margins, shape (n, outputs)."""
    if task == "number":
        return number_metrics(codes, margins[:, 0])
    probabilities = probabilities_of(margins)
    if task == "binary":
        return binary_metrics(codes, probabilities[:, 1])
    return multiclass_metrics(codes, probabilities)


def score_of(metric: str, rows: Rows, margins: Floats) -> float:
    """Return how good margins are by a metric; higher is better.

    ``profit`` is the most that contacting from some margin upwards brings (see ``profit``), in
    costs of one vain contact: in two currencies the same.

    Raises
    ------
    InvalidContract
        The task has no such metric.
    """
    payoff = payoff_of(rows) if metric == "profit" else None
    if payoff is not None:
        return maximum_profit(rows.codes, margins[:, 0], payoff) / payoff.unit
    name = USUAL[rows.task] if metric == "profit" else metric
    found = metrics_of(rows.task, rows.codes, margins)
    if name not in found:
        known = ", ".join([*found, "profit"])
        raise InvalidContract("models.unknown_metric", name=metric, known=known)
    score = float(found[name](np.ones((1, len(rows))))[0])
    return -score if name in LOWER_IS_BETTER else score

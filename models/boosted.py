"""The boosted candidate: XGBoost's histogram trees, kept as XGBoost's own JSON."""

from typing import Any, Self

import numpy as np

from data_contracts.contract import Task
from models.arrays import Floats, Ints, Matrix
from models.base import BaseEstimator
from models.encoder import COMPONENT, TABULAR
from models.estimator import FEW_ROWS, Layout, summed_by_feature, taken
from models.forest import Forest

OBJECTIVES: dict[Task, tuple[str, str]] = {
    "binary": ("binary:logistic", "logloss"),
    "multiclass": ("multi:softprob", "mlogloss"),
    "number": ("reg:squarederror", "rmse"),
}
PATIENCE = 30
"""Rounds without a better validation loss after which boosting stops."""


class Boosted(BaseEstimator):
    """Gradient-boosted trees over numbers, categories and the components of texts.

    Parameters
    ----------
    task
        ``binary``, ``multiclass`` or ``number``.
    rounds
        Trees (a class); with a validation set the most that are tried.
    depth, rate, rows_share, columns_share, leaf_weight
        XGBoost's ``max_depth``, ``eta``, ``subsample``, ``colsample_bytree``, ``min_child_weight``.
    threads
        While learning; a score takes one. More than one pays on an idle machine alone: where others
        compute too, OpenMP threads wait for each other at every tree level (see ``threads``).
    seed
        Of the rows and columns drawn.

    Attributes
    ----------
    best_rounds_ : int
        Rounds with the lowest validation loss, or ``rounds``.
    booster_ : bytearray
        XGBoost's own JSON: readable by any later version, safe to load.
    """

    def __init__(
        self,
        task: Task = "binary",
        *,
        rounds: int = 500,
        depth: int = 3,
        rate: float = 0.05,
        rows_share: float = 0.8,
        columns_share: float = 0.6,
        leaf_weight: float = 5.0,
        threads: int = 1,
        seed: int = 0,
    ) -> None:
        self.task = task
        self.rounds = rounds
        self.depth = depth
        self.rate = rate
        self.rows_share = rows_share
        self.columns_share = columns_share
        self.leaf_weight = leaf_weight
        self.threads = threads
        self.seed = seed

    def fit(
        self,
        matrix: Matrix,
        y: Floats,
        layout: Layout,
        validation: tuple[Matrix, Floats] | None = None,
    ) -> Self:
        """Learn from encoded rows; stop early where a validation set is given."""
        import xgboost

        self.columns_: Ints = layout.only((TABULAR, COMPONENT))
        self.owners_: Ints = layout.owners[self.columns_]
        self.features_ = layout.features
        self.outputs_ = int(y.max()) + 1 if self.task == "multiclass" else 1
        rows = xgboost.QuantileDMatrix(self._chosen(matrix), y, max_bin=64, nthread=self.threads)
        watched, stop = [], None
        if validation is not None:
            held_out = self._chosen(validation[0])
            watched = [(xgboost.DMatrix(held_out, validation[1], nthread=self.threads), "held_out")]
            stop = PATIENCE
        booster = xgboost.train(
            self._parameters(),
            rows,
            self.rounds,
            evals=watched,
            early_stopping_rounds=stop,
            verbose_eval=False,
        )
        self.best_rounds_ = booster.best_iteration + 1 if stop else self.rounds
        self._keep(booster)
        return self

    def margins(self, matrix: Matrix, rounds: int | None = None) -> Floats:
        """Return the raw sums of leaves, shape (n, outputs), after ``rounds`` trees."""
        chosen = self._chosen(matrix)
        if rounds is None and len(chosen) <= FEW_ROWS:
            # Walking the trees here is sooner than asking XGBoost, and says the same.
            return self._forest().margins(chosen)
        booster = self._booster()
        found = booster.inplace_predict(
            chosen,
            iteration_range=(0, min(rounds or 0, booster.num_boosted_rounds())),
            predict_type="margin",
        )
        return np.asarray(found, dtype=np.float64).reshape(matrix.shape[0], self.outputs_)

    def contributions(self, matrix: Matrix) -> Floats:
        """Return Shapley values (XGBoost's ``pred_contribs``), summed by feature."""
        parts = self._column_contributions(matrix)
        shares = []
        for part in np.moveaxis(parts, 1, 0):
            pushes = summed_by_feature(part[:, :-1], self.owners_, self.features_)
            shares.append(np.hstack([pushes, part[:, -1:]]))
        return np.stack(shares, axis=1)

    def term_weights(self, matrix: Matrix, feature: int, basis: Floats, output: int) -> Floats:
        """Return the terms' shares in the contributions of their components.

        A component's value is Σ term × basis; its contribution is shared in that proportion, held
        back where the component's value is near zero.
        """
        mine = np.flatnonzero(self.owners_ == feature)
        values = self._chosen(matrix)[:, mine]
        pushes = self._column_contributions(matrix)[:, output, mine]
        return np.asarray((pushes * values / (values**2 + 1e-3)) @ basis.T)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the live booster and its trees: its JSON is what is kept."""
        state = dict(super().__getstate__())
        for name in ("_live", "_trees", "_explained"):
            state.pop(name, None)
        return state

    def _column_contributions(self, matrix: Matrix) -> Floats:
        """Return each column's; those of the record asked for last, for its words, once."""
        import xgboost

        chosen = self._chosen(matrix)
        asked = chosen.tobytes() if len(chosen) == 1 else None
        before: tuple[bytes, Floats] | None = self.__dict__.get("_explained")
        if before is not None and before[0] == asked:
            return before[1]
        rows = xgboost.DMatrix(chosen, nthread=self.threads)
        found = self._booster().predict(rows, pred_contribs=True, strict_shape=True)
        told: Floats = np.asarray(found, dtype=np.float64)
        if asked is not None:
            self._explained = asked, told
        return told

    def _parameters(self) -> dict[str, object]:
        objective, metric = OBJECTIVES[self.task]
        classes = {"num_class": self.outputs_} if self.task == "multiclass" else {}
        return classes | {
            "objective": objective,
            "eval_metric": metric,
            "tree_method": "hist",
            "max_depth": self.depth,
            "eta": self.rate,
            "subsample": self.rows_share,
            "colsample_bytree": self.columns_share,
            "min_child_weight": self.leaf_weight,
            "max_bin": 64,
            "nthread": self.threads,
            "seed": self.seed,
        }

    def _chosen(self, matrix: Matrix) -> Floats:
        chosen = taken(matrix, self.columns_)
        return np.asarray(chosen.toarray() if hasattr(chosen, "toarray") else chosen)

    def _keep(self, booster: Matrix) -> None:
        self.booster_ = bytearray(booster.save_raw("json"))
        self._live = booster
        for name in ("_trees", "_explained"):
            self.__dict__.pop(name, None)
        booster.set_param({"nthread": 1})

    def _forest(self) -> Forest:
        if "_trees" not in self.__dict__:
            self._trees = Forest.read(self.booster_)
        return self._trees

    def _booster(self) -> Matrix:
        if "_live" not in self.__dict__:
            import xgboost

            live = xgboost.Booster({"nthread": 1})
            live.load_model(self.booster_)
            self._live = live
        return self._live

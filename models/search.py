"""Choosing a recipe in inner folds: the rows it is judged on elsewhere are never seen here.

First the catalogue's few candidates. Where the budget allows, Optuna (Akiba et al., 2019) goes on
from there by the tree-structured Parzen estimator (Bergstra et al., 2011). The same seed and
number of trials give the same recipe, however long they took; both are kept with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from models.arrays import Floats, Ints
from models.blend import blended
from models.calibration import worthwhile
from models.catalogue import ADAPTED, MOST_ROUNDS, SPACES, Range, candidates
from models.profit import payoff_of, worthwhile_threshold
from models.recipe import Recipe
from models.rows import Rows
from models.trials import Bench, Trial

if TYPE_CHECKING:
    import optuna

FEW_ROWS = 400
"""With a prior and fewer rows than these, trees are not tried, and the log loss chooses: of a few
dozen rows it says more than their order does."""
STARTING_TRIALS = 6
"""Trials drawn at random before the estimator says anything; the catalogue's count among them."""


@dataclass(frozen=True)
class Budget:
    """How far a choice may look beyond the catalogue's candidates.

    Attributes
    ----------
    seconds
        No trial begins later than so many seconds after the first one began.
    trials
        At most so many; with ``seconds`` without bounds exactly so many, which repeats a choice.
    """

    seconds: float = 0.0
    trials: int = 60

    def share(self, parts: int) -> "Budget":
        """Return what each of several choices may take."""
        return Budget(self.seconds / parts, self.trials)


CATALOGUE_ONLY = Budget()


@dataclass(frozen=True)
class Chosen:
    """A recipe, and its calibrated margins out of the inner folds, shape (n, outputs)."""

    recipe: Recipe
    margins: Floats


def choose(
    rows: Rows,
    names: tuple[str, ...],
    metric: str,
    seed: int,
    budget: Budget = CATALOGUE_ONLY,
) -> Chosen:
    """Return the recipe that does best out of fold within these rows.

    Parameters
    ----------
    names
        The contract's estimators; blends of what was tried are weighed too.
    metric
        The contract's metric (see ``selection.score_of``).
    """
    tried = candidates(names)
    if rows.prior is not None:
        few = len(rows) < FEW_ROWS
        tried = [*ADAPTED, *(one for one in tried if one.family != "boosted" or not few)]
        metric = "log_loss" if few else metric
    bench = Bench.of(rows, {one.family for one in tried}, metric, seed)
    trials = [bench.attempt(one) for one in tried]
    further = list(explore(bench, trials, seed, budget))
    members, margins = blended(rows, [*trials, *further], metric)
    calibration = None
    if rows.task != "number":
        calibration = worthwhile(margins, rows.codes, bench.fold_of)
    margins = calibration.apply(margins) if calibration else margins
    threshold = _contact_threshold(rows, margins, bench.fold_of)
    recipe = Recipe(members, calibration, rows.has_text, threshold, len(further), seed)
    return Chosen(recipe, margins)


def _contact_threshold(rows: Rows, margins: Floats, folds: Ints) -> float | None:
    payoff = payoff_of(rows)
    if payoff is None:
        return None
    probability = np.asarray(expit(margins[:, 0]))
    return worthwhile_threshold(rows.codes, probability, payoff, folds, rows.groups)


def explore(bench: Bench, known: list[Trial], seed: int, budget: Budget) -> Iterator[Trial]:
    """Yield trials of settings that earlier ones make promising, as long as the budget lasts."""
    names = [name for name in dict.fromkeys(t.candidate.name for t in known) if name in SPACES]
    if not names or budget.seconds <= 0:
        return
    studies = [_Study(name, known, seed) for name in names]
    ends = perf_counter() + budget.seconds
    for number in range(budget.trials):
        if perf_counter() >= ends:
            return
        yield studies[number % len(studies)].attempt(bench, number + 1)


class _Study:
    """What is known of one estimator's space, and where to look next."""

    def __init__(self, name: str, known: list[Trial], seed: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        mine = [trial for trial in known if trial.candidate.name == name]
        self._first = mine[0].candidate
        self._spans = {key: _distribution(span) for key, span in SPACES[name].items()}
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=STARTING_TRIALS)
        self._study = optuna.create_study(direction="maximize", sampler=sampler)
        for trial in mine:
            self._study.add_trial(self._told(trial))

    def attempt(self, bench: Bench, number: int) -> Trial:
        """Try the settings that look most promising, with random draws of their own."""
        asked = self._study.ask(self._spans)
        drawn = {"rounds": MOST_ROUNDS, "seed": number} if self._first.family == "boosted" else {}
        trial = bench.attempt(replace(self._first, settings={**asked.params, **drawn}))
        self._study.tell(asked, trial.score)
        return trial

    def _told(self, trial: Trial) -> "optuna.trial.FrozenTrial":
        import optuna

        spans = {key: span for key, span in self._spans.items() if key in trial.candidate.settings}
        settings = {key: trial.candidate.settings[key] for key in spans}
        return optuna.trial.create_trial(params=settings, distributions=spans, value=trial.score)


def _distribution(span: Range) -> "optuna.distributions.BaseDistribution":
    from optuna.distributions import FloatDistribution, IntDistribution

    if span.whole:
        return IntDistribution(int(span.low), int(span.high), log=span.log)
    return FloatDistribution(span.low, span.high, log=span.log)

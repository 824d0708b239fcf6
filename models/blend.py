"""A blend of trials: a stagewise mean of margins, after ensemble selection (Caruana et al., 2004).

Begun with the best trial, each stage mixes in the one that betters the score most, at the share at
which it does, until none does by enough. Members are few: each costs time in every score.
"""

from collections.abc import Sequence

import numpy as np

from models.arrays import Floats
from models.recipe import Member
from models.rows import Rows
from models.selection import score_of
from models.trials import Trial

SHARES = (0.15, 0.3, 0.5)
"""What a stage may give to the newcomer."""
STAGES = 4
POOL = 8
"""The best trials that may come in, besides the best of each family."""
LEAST_BETTER = 0.0002
"""A stage must better the score by so much; else the simpler model is taken."""


def blended(rows: Rows, trials: Sequence[Trial], metric: str) -> tuple[list[Member], Floats]:
    """Return members with their weights (Σ = 1), and the blend's margins, shape (n, outputs)."""
    pool = _pool(trials)
    weights = np.zeros(len(pool))
    weights[0] = 1.0
    margins, score = pool[0].margins, pool[0].score
    for _ in range(STAGES):
        better, place, share = _best_stage(rows, pool, margins, metric)
        if better < score + LEAST_BETTER:
            break
        weights *= 1.0 - share
        weights[place] += share
        margins, score = _mixed(margins, pool[place], share), better
    chosen = np.flatnonzero(weights)
    return [pool[i].member(float(weights[i])) for i in chosen], margins


def _pool(trials: Sequence[Trial]) -> list[Trial]:
    """Return the best trials, the best first, with the best of each family among them."""
    ranked = sorted(trials, key=lambda trial: -trial.score)
    first: dict[str, Trial] = {}
    for trial in ranked:
        first.setdefault(trial.candidate.family, trial)
    return ranked[:POOL] + [trial for trial in first.values() if trial not in ranked[:POOL]]


def _best_stage(
    rows: Rows, pool: Sequence[Trial], margins: Floats, metric: str
) -> tuple[float, int, float]:
    stages = [(place, share) for place in range(len(pool)) for share in SHARES]
    scores = [score_of(metric, rows, _mixed(margins, pool[i], share)) for i, share in stages]
    best = int(np.argmax(scores))
    return scores[best], *stages[best]


def _mixed(margins: Floats, trial: Trial, share: float) -> Floats:
    return np.asarray((1.0 - share) * margins + share * trial.margins)

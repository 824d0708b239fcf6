"""Whether texts of now are other texts than those of then: a classifier tries to tell them apart.

A *domain classifier* (Rabanser, Günnemann and Lipton, 2019): character n-grams, logistic
regression, judged on persons that it has not seen. An AUC of 0.5 says that nobody can.
"""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from models.arrays import Floats, Ints
from models.drift import FALSE_ALARMS, FLOORS, Compared, Sides
from models.folds import group_folds
from models.ranking import auc_of_draws
from models.threads import bounded

FOLDS = 3
MOST_TEXTS = 4000
"""Of both sides together: more tell little more, and take seconds."""
TERMS = 2**16


def compare_texts(
    feature: str, texts: Sequence[object], sides: Sides, critical: float, *, seed: int = 0
) -> Compared:
    """Compare the texts of both sides.

    Parameters
    ----------
    critical
        See ``compare_bins``; at least that of this one test is taken.
    """
    drawn = np.random.default_rng(seed).permutation(len(texts))[:MOST_TEXTS]
    now, persons = sides.now[drawn], sides.persons[drawn]
    scores = _held_out([str(texts[i] or "") for i in drawn], now, persons, seed)
    auc = float(auc_of_draws(now.astype(np.float64), scores)(np.ones((1, len(now))))[0])
    level = 0.5 + max(critical, float(stats.norm.isf(FALSE_ALARMS))) * _spread(now, persons)
    level = max(FLOORS["classifier_auc"], level)
    return Compared("", feature, "classifier_auc", auc, level)


def _held_out(texts: Sequence[str], now: np.ndarray, persons: Ints, seed: int) -> Floats:
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import LogisticRegression

    terms = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 4), n_features=TERMS)
    rows = terms.transform(texts)
    scores = np.zeros(len(texts))
    with bounded():
        for learn, held_out in group_folds(now.astype(int), persons, "binary", FOLDS, seed):
            model = LogisticRegression(max_iter=200).fit(rows[learn], now[learn])
            scores[held_out] = model.decision_function(rows[held_out])
    return scores


def _spread(now: np.ndarray, persons: Ints) -> float:
    """Return the standard error of an AUC without any difference (Mann and Whitney, 1947)."""
    # Texts of one person are alike: as many texts of fewer persons tell less.
    late, early = (len(np.unique(persons[side])) for side in (now, ~now))
    return float(np.sqrt((late + early + 1) / (12 * late * early)))

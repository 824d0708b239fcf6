"""How good a classifier is on photos that it has not seen, and when it had better not say.

A label is told from a probability on at which, of the photos that were judged, four of five were
right. Of each fold the card says what would have been told at the threshold of the others.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingestion.extractors.images.grouping import shares

SIGMAS = 1.96
"""Of a normal distribution, for an interval of 95 %."""
RIGHT_SHARE = 0.8
"""Of the labels that are told: fewer right ones would mislead who sorts by them."""


@dataclass(frozen=True)
class Judged:
    """What was said of photos by classifiers that had not seen them; arrays of shape (photos,).

    Attributes
    ----------
    sure
        Probability of the label that was guessed.
    group
        Photos that prove the same thing.
    fold
        Which photos were judged together.
    """

    told: npt.NDArray[np.str_]
    guessed: npt.NDArray[np.str_]
    sure: npt.NDArray[np.float64]
    group: npt.NDArray[np.int64]
    fold: npt.NDArray[np.int64]

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Which guesses are right."""
        return np.asarray(self.told == self.guessed)

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Judged":
        """Return some of the photos."""
        told, guessed = self.told[chosen], self.guessed[chosen]
        return Judged(told, guessed, self.sure[chosen], self.group[chosen], self.fold[chosen])


@dataclass(frozen=True)
class Card:
    """How good a classifier is on images that it has not seen, by cross-validation.

    Attributes
    ----------
    accuracy, low, high
        Share of right labels, and its interval of 95 % (Wilson, 1927).
    majority
        Accuracy of always saying the most frequent label.
    answered, accuracy_answered
        Share of the images whose label is told, and of right ones among them.
    counts, recalls
        Images of each label, and the share of them that is found.
    images, distinct
        How many there were, and how many that prove something of their own.
    chosen
        ``linear`` or ``trees``.
    """

    accuracy: float
    low: float
    high: float
    majority: float
    answered: float
    accuracy_answered: float | None
    counts: dict[str, int]
    recalls: dict[str, float]
    images: int
    distinct: int
    chosen: str


def card_of(judged: Judged, chosen: str) -> Card:
    """Return the card of what was judged; each group of images counts once."""
    weight, right = shares(judged.group), judged.right
    labels, distinct = np.unique(judged.told).tolist(), len(np.unique(judged.group))
    accuracy = float(weight @ right / weight.sum())
    answered = _answered(judged)
    low, high = wilson(accuracy, distinct)
    of = {label: judged.told == label for label in labels}
    return Card(
        accuracy=accuracy,
        low=low,
        high=high,
        majority=max(float(weight[mine].sum()) for mine in of.values()) / distinct,
        answered=float(weight @ answered / weight.sum()),
        accuracy_answered=_share(weight[answered], right[answered]),
        counts={label: int(mine.sum()) for label, mine in of.items()},
        recalls={label: _share(weight[mine], right[mine]) or 0.0 for label, mine in of.items()},
        images=len(judged.told),
        distinct=distinct,
        chosen=chosen,
    )


def threshold_of(judged: Judged) -> float | None:
    """Return the probability from which on enough labels are right; None where none is.

    It lies half way from the least sure label that is told to the next that is not, or to chance.
    """
    order = np.argsort(-judged.sure, kind="stable")
    weight, sure = shares(judged.group)[order], judged.sure[order]
    right = np.cumsum(weight * judged.right[order]) / np.cumsum(weight)
    enough = np.flatnonzero(right >= RIGHT_SHARE)
    if not len(enough):
        return None
    chance = 1 / len(np.union1d(judged.told, judged.guessed))
    below = [*sure[enough[-1] + 1 :], chance]
    return float(sure[enough[-1]] + below[0]) / 2


def wilson(share: float, count: int) -> tuple[float, float]:
    """Return the interval of 95 % of a share of so many (Wilson, 1927)."""
    z2 = SIGMAS**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = SIGMAS * (share * (1 - share) / count + z2 / (4 * count**2)) ** 0.5 / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def _answered(judged: Judged) -> npt.NDArray[np.bool_]:
    """Return which labels would be told at a threshold that was chosen without them."""
    answered = np.zeros(len(judged.told), bool)
    for number in np.unique(judged.fold):
        mine = judged.fold == number
        threshold = threshold_of(judged.only(~mine))
        if threshold is not None:
            answered[mine] = judged.sure[mine] >= threshold
    return answered


def _share(weight: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float | None:
    return float(weight @ right / weight.sum()) if len(weight) else None

"""How good chances over time are where times are cut short: the seen count for the unseen.

An entity whose end was seen stands for those like it whose end was not: it counts one over the
chance of having been followed so long (inverse probability of censoring), which is Kaplan and
Meier's (1958) estimate with the two kinds of ending exchanged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from models.arrays import Bools, Floats

LEAST_FOLLOWED = 0.05
"""Days that fewer are followed for are not judged: single entities would decide."""
MOST_PAIRED = 3000
"""Entities of whom pairs are made; drawn by chance where there are more."""


@dataclass(frozen=True)
class Curve:
    """The chance that something has not come, as it falls over days (Kaplan and Meier, 1958)."""

    days: Floats
    left: Floats

    @classmethod
    def of(cls, days: Floats, happened: Bools) -> Self:
        """Return the curve of entities followed for some days, those without the end censored."""
        moments, came = np.unique(days[happened], return_counts=True)
        at_risk = len(days) - np.searchsorted(np.sort(days), moments, side="left")
        return cls(moments, np.asarray(np.cumprod(1.0 - came / at_risk), dtype=np.float64))

    def at(self, days: Floats, *, before: bool = False) -> Floats:
        """Return the chance left at some days, or just before them."""
        place = np.searchsorted(self.days, days, side="left" if before else "right")
        return np.concatenate([[1.0], self.left])[place]


@dataclass(frozen=True)
class Followed:
    """Entities with how long each was followed, and whether it ended with the outcome."""

    days: Floats
    happened: Bools

    @property
    def curve(self) -> Curve:
        """The chance that the outcome has not come."""
        return Curve.of(self.days, self.happened)

    @property
    def following(self) -> Curve:
        """The chance of being followed for so long."""
        return Curve.of(self.days, ~self.happened)

    def judged(self, edges: Sequence[int]) -> list[int]:
        """Return the edges up to which enough are followed, as places."""
        followed = self.following.at(np.array(edges, dtype=np.float64))
        return [place for place, share in enumerate(followed) if share > LEAST_FOLLOWED]


def brier_losses(followed: Followed, survival: Floats, edges: Sequence[int]) -> Floats:
    """Return each entity's part in the Brier score at each edge, shape (n, edges).

    (1(T > t) − S(t))², weighted by 1/G(T−) where the end was seen by t, by 1/G(t) where it lasted
    longer, and 0 where it was cut short before (Graf, Schmoor, Sauerbrei and Schumacher, 1999).
    """
    ends = np.array(edges, dtype=np.float64)
    long, ended = followed.days[:, None], followed.happened[:, None]
    following = followed.following
    seen = np.maximum(following.at(followed.days, before=True), LEAST_FOLLOWED)[:, None]
    came, lasted = ended & (long <= ends), long > ends
    weights = came / seen + lasted / np.maximum(following.at(ends), LEAST_FOLLOWED)
    return np.asarray(weights * (lasted - survival) ** 2)


def integrated(losses: Floats, edges: Sequence[int]) -> Floats:
    """Return each entity's mean loss over the time from the first edge to the last, shape (n,)."""
    if len(edges) == 1:
        return losses[:, 0]
    days = np.array(edges, dtype=np.float64)
    return np.asarray(np.trapezoid(losses, days, axis=1) / (days[-1] - days[0]))


def concordance(followed: Followed, sooner: Floats, until: float, seed: int = 0) -> float:
    """Return how often of two entities the one whose outcome came first was expected sooner.

    Uno, Cai, Pencina, D'Agostino and Wei (2011): pairs whose earlier outcome came before ``until``,
    weighted by 1/G(T)²; ties count half. 0.5 is chance.

    Parameters
    ----------
    sooner
        The higher, the sooner, shape (n,).
    """
    chosen = np.arange(len(sooner))
    if len(chosen) > MOST_PAIRED:
        chosen = np.random.default_rng(seed).choice(len(chosen), MOST_PAIRED, replace=False)
    days, expected = followed.days[chosen], sooner[chosen]
    first = followed.happened[chosen] & (days < until)
    seen = np.maximum(followed.following.at(days, before=True), LEAST_FOLLOWED)
    later = days[None, :] > days[first, None]
    right = np.sign(expected[first, None] - expected[None, :]) / 2 + 0.5
    weights = (1.0 / seen[first] ** 2)[:, None] * later
    return float((weights * right).sum() / weights.sum()) if weights.any() else float("nan")

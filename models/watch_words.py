"""What changed, in a sentence of each language: from what to what, in the feature's own words."""

from dataclasses import dataclass

import numpy as np

from features.spec import FeatureSpec
from foundation.texts import Language, text, written_number
from models.arrays import Floats, Ints
from models.card_forms import share
from models.drift import Compared
from models.drift_cuts import OTHER, Cut
from models.evaluate import Interval

FEWEST_TOLD = 5
"""A value of fewer persons is not named."""
MUCH_MISSING = 0.1
"""From this change of the share without a value on, that is what the sentence tells."""
TIE = 1e-9
"""Of two shares that changed as much, the one that grew is told."""


@dataclass(frozen=True)
class Change:
    """One feature then and now, as sentences need it.

    Attributes
    ----------
    then, now
        Rows in each bin of ``cut``, shape (width,).
    means
        Of the known numbers, then and now; NaN for categories.
    persons
        Whose the rows of each bin are: how many, on the side that has more, shape (width,).
    """

    spec: FeatureSpec
    cut: Cut
    then: Floats
    now: Floats
    means: tuple[float, float]
    persons: Ints

    @property
    def told(self) -> tuple[float, float]:
        """What the table keeps: the means, or the shares of the category that changed most."""
        if self._missing or self.cut.kind == "category":
            return self._shares(self.moved)
        return self.means

    @property
    def moved(self) -> int:
        """Place of the bin whose share changed most, among those of persons enough to be named."""
        if self._missing:
            return 0
        rise = _shares(self.now) - _shares(self.then)
        apart = np.abs(rise) + TIE * (rise > 0)
        return int(np.where(self.persons >= FEWEST_TOLD, apart, -1.0).argmax())

    def say(self, language: Language) -> str:
        """Return the change in words."""
        before, after = self.told
        if self._missing or self.cut.kind == "category":
            shares = {"before": share(before, language), "after": share(after, language)}
            if self.moved == 0:
                named = self.spec.words[language].format(n="…")
                return text("watch.missing", language, what=named, **shares)
            return text("watch.share", language, what=self._value(language), **shares)
        said = {
            "before": self.spec.say(_rounded(before), language),
            "after": self.spec.say(_rounded(after), language),
        }
        if said["before"] == said["after"]:
            return text("watch.spread", language, what=said["after"])
        return text("watch.rose" if after > before else "watch.fell", language, **said)

    @property
    def _missing(self) -> bool:
        before, after = self._shares(0)
        return abs(after - before) >= MUCH_MISSING

    def _shares(self, place: int) -> tuple[float, float]:
        return float(_shares(self.then)[place]), float(_shares(self.now)[place])

    def _value(self, language: Language) -> str:
        level = self.cut.levels[self.moved - 1]
        if level == OTHER:
            other = text("watch.other_values", language)
            return self.spec.words[language].format(n=other)
        return self.spec.say(level, language)


def say_texts(found: Compared, spec: FeatureSpec, language: Language) -> str:
    """Return what a domain classifier found, in words."""
    named = spec.words[language].format(n="…")
    return text("watch.texts", language, what=named, pairs=round(100 * found.value))


def say_scores(before: float, after: float, task: str, language: Language) -> str:
    """Return how the scores moved, in words."""
    if task == "number":
        said = [written_number(value, language, 2) for value in (before, after)]
        return text("watch.predictions", language, before=said[0], after=said[1])
    said = [share(value, language) for value in (before, after)]
    key = "watch.scores_rose" if after > before else "watch.scores_fell"
    return text(key, language, before=said[0], after=said[1])


def say_discrimination(metric: str, before: float, now: Interval, language: Language) -> str:
    """Return how well the scores told cases apart once, and how well they do now."""
    if metric == "auc":
        pairs = [str(round(100 * v)) for v in (before, now.value, now.low, now.high)]
        words = dict(zip(("before", "after", "low", "high"), pairs, strict=True))
        return text("watch.auc", language, **words)
    said = [written_number(value, language, 3) for value in (before, now.value)]
    return text("watch.loss", language, metric=metric, before=said[0], after=said[1])


def say_calibration(expected: float, happened: float, language: Language) -> str:
    """Return how often it was said to happen, and how often it did."""
    said, done = (share(value, language) for value in (expected, happened))
    return text("watch.calibration", language, expected=said, happened=done)


def _shares(counts: Floats) -> Floats:
    return np.asarray(counts / max(float(counts.sum()), 1.0))


def _rounded(mean: float) -> float:
    """Return a mean as people say it: one decimal from ten on."""
    return round(mean, 1 if abs(mean) >= 10 else 2)

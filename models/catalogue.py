"""The estimators a contract may name: the few settings that are always tried, and where to search.

The candidates are few on purpose: a tenant's models are trained while the tenant waits. A search
(``search.explore``) goes on from them where the installation gives it time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from foundation.errors import InvalidContract
from foundation.plugins import ESTIMATORS as ESTIMATOR_PLUGINS
from foundation.plugins import plugins

if TYPE_CHECKING:
    from models.estimator import Estimator


@dataclass(frozen=True)
class Candidate:
    """An estimator of a family with one choice of settings; ``rounds`` is found by stopping."""

    name: str
    family: str
    settings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Range:
    """Where a setting may lie: by equal ratios (``log``), in whole numbers (``whole``)."""

    low: float
    high: float
    log: bool = False
    whole: bool = False


def _linear(name: str, *strengths: float) -> tuple[Candidate, ...]:
    return tuple(Candidate(name, "linear", {"strength": s}) for s in strengths)


def _boosted(name: str, *shapes: tuple[int, float, int]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(name, "boosted", {"depth": depth, "rate": rate, "rounds": rounds})
        for depth, rate, rounds in shapes
    )


_DEEP = Candidate(
    "boosted",
    "boosted",
    {"depth": 6, "rate": 0.05, "rounds": 500, "leaf_weight": 1.0, "columns_share": 0.8},
)
"""For outcomes that follow from several things together, in few rows."""
ESTIMATORS: dict[str, tuple[Candidate, ...]] = {
    "linear": _linear("linear", 0.002, 0.02, 0.2, 2.0),
    # Depth 6 at most: Shapley values cost a tree's leaves times its depth squared.
    "boosted": (*_boosted("boosted", (3, 0.05, 400), (4, 0.1, 500)), _DEEP),
    "text_linear": _linear("text_linear", 0.03, 0.1, 0.3),
    "text_boosted": _boosted("text_boosted", (3, 0.1, 200)),
}
ADAPTED = tuple(
    Candidate("adapted", "adapted", {"strength": s}) for s in (0.0003, 0.003, 0.03, 0.3)
)
"""Tried where a vertical's prior is known: from hardly leaving it to forgetting it."""
_TREES = {
    "rate": Range(0.02, 0.2, log=True),
    "rows_share": Range(0.5, 1.0),
    "columns_share": Range(0.3, 1.0),
    "leaf_weight": Range(1.0, 30.0, log=True),
}
SPACES: dict[str, dict[str, Range]] = {
    "boosted": {"depth": Range(2, 6, whole=True)} | _TREES,
    "text_boosted": {"depth": Range(2, 4, whole=True)} | _TREES,
}
"""What a search varies of an estimator; linear ones have one setting, which the candidates span."""
MOST_ROUNDS = 600
"""Trees that a searched candidate may have; stopping finds how many it needs."""


@dataclass(frozen=True)
class Family:
    """An estimator that an installed package brings.

    Attributes
    ----------
    name
        In contracts; also the name of its entry point.
    estimator
        The class, an ``estimator.Estimator``: made from the task and one choice of settings. It
        keeps what it learned in plain attributes, so that skops can store it.
    settings
        The few choices that the inner folds try.
    """

    name: str
    estimator: "Callable[..., Estimator]"
    settings: tuple[dict[str, float], ...] = ({},)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """One candidate for each choice of settings."""
        return tuple(Candidate(self.name, self.name, chosen) for chosen in self.settings)


@cache
def families() -> dict[str, Family]:
    """Return the estimators of installed packages by name.

    Raises
    ------
    OperatorError
        A package brings something else, or a name that is taken.
    """
    found = {}
    for plugin in plugins(ESTIMATOR_PLUGINS):
        family = plugin.value
        if not isinstance(family, Family) or family.name != plugin.name:
            raise plugin.wrong("wrong_kind")
        if family.name in {*ESTIMATORS, *(one.family for c in ESTIMATORS.values() for one in c)}:
            raise plugin.wrong("taken")
        found[family.name] = family
    return found


def candidates(names: tuple[str, ...]) -> list[Candidate]:
    """Return the candidates of a contract's estimators.

    Raises
    ------
    InvalidContract
        The contract names an estimator that does not exist.
    """
    known = ESTIMATORS | {name: family.candidates for name, family in families().items()}
    unknown = [name for name in names if name not in known]
    if unknown:
        listed = ", ".join(known)
        raise InvalidContract("models.unknown_estimator", name=unknown[0], known=listed)
    return [candidate for name in names for candidate in known[name]]

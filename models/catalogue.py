"""The candidates a contract may name, and the few settings that the inner folds try of each.

The grids are small on purpose: a tenant's models are trained while the tenant waits.
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


def _linear(name: str, *strengths: float) -> tuple[Candidate, ...]:
    return tuple(Candidate(name, "linear", {"strength": s}) for s in strengths)


def _boosted(name: str, *shapes: tuple[int, float, int]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(name, "boosted", {"depth": depth, "rate": rate, "rounds": rounds})
        for depth, rate, rounds in shapes
    )


ESTIMATORS: dict[str, tuple[Candidate, ...]] = {
    "linear": _linear("linear", 0.02, 0.2, 2.0),
    # Depth 4 at most: Shapley values cost a tree's leaves times its depth squared.
    "boosted": _boosted("boosted", (3, 0.05, 400), (4, 0.1, 500)),
    "text_linear": _linear("text_linear", 0.03, 0.1, 0.3),
    "text_boosted": _boosted("text_boosted", (3, 0.1, 200)),
}
BLEND_WEIGHTS = (0.25, 0.5, 0.75)
"""Weights of the linear member that a blend of the best of both families tries."""


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

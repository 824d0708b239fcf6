"""The estimators a contract may name: the few settings that are always tried, and where to search.

The candidates are few on purpose: a tenant's models are trained while the tenant waits. A search
(``search.explore``) goes on from them where the installation gives it time.
"""

from dataclasses import dataclass, field

from foundation.errors import InvalidContract


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


def candidates(names: tuple[str, ...]) -> list[Candidate]:
    """Return the candidates of a contract's estimators.

    Raises
    ------
    InvalidContract
        The contract names an estimator that does not exist.
    """
    unknown = [name for name in names if name not in ESTIMATORS]
    if unknown:
        known = ", ".join(ESTIMATORS)
        raise InvalidContract("models.unknown_estimator", name=unknown[0], known=known)
    return [candidate for name in names for candidate in ESTIMATORS[name]]

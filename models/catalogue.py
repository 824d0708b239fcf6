"""The candidates a contract may name, and the few settings that the inner folds try of each.

The grids are small on purpose: a tenant's models are trained while the tenant waits.
"""

from dataclasses import dataclass, field

from foundation.errors import InvalidContract


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

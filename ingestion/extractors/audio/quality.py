"""One figure for how a call sounds: 100, less what each finding costs; the findings are reasons.

The costs are this project's convention, not a standard: each says how many points a finding costs
and how many all of its kind may cost together. A fault that makes a call useless outweighs many
that only disturb it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ingestion.extractors.audio.faults import Fault

FULL = 100.0
COSTS: dict[str, tuple[float, float]] = {
    "one_way": (50.0, 60.0),
    "long_silence": (8.0, 24.0),
    "dropout": (3.0, 30.0),
    "clipping": (4.0, 24.0),
    "talking_over": (4.0, 20.0),
}
"""Points of one fault, and of all of its kind at most."""
NOISY_DECIBELS, NOISE_COST, MOST_NOISE_COST = 20.0, 1.5, 25.0
"""Each dB of speech over noise that is missing to the first."""
LOUDNESS_LUFS = (-33.0, -13.0)
LOUDNESS_COST, MOST_LOUDNESS_COST = 1.5, 15.0
UNEVEN_LU = 9.0
"""Sides that differ by more are uncomfortable to listen to."""


@dataclass(frozen=True)
class Reason:
    """Why points were lost: ``kind`` of finding, how often (or by how much), and the points."""

    kind: str
    amount: float
    points: float


def reasons(
    faults: Iterable[Fault], over_noise: list[float], loudness: list[float]
) -> tuple[Reason, ...]:
    """Return what was lost, the dearest first."""
    kinds = [fault.kind for fault in faults]
    lost = [
        Reason(k, float(kinds.count(k)), min(most, each * kinds.count(k)))
        for k, (each, most) in COSTS.items()
    ]
    worst = max((NOISY_DECIBELS - ratio for ratio in over_noise), default=0.0)
    lost.append(_priced("noise", worst, NOISE_COST, MOST_NOISE_COST))
    low, high = LOUDNESS_LUFS
    quiet = max((low - value for value in loudness), default=0.0)
    loud = max((value - high for value in loudness), default=0.0)
    uneven = max(loudness, default=0.0) - min(loudness, default=0.0) - UNEVEN_LU
    for kind, amount in (("too_quiet", quiet), ("too_loud", loud), ("uneven", uneven)):
        lost.append(_priced(kind, amount, LOUDNESS_COST, MOST_LOUDNESS_COST))
    return tuple(sorted((r for r in lost if r.points > 0), key=lambda r: -r.points))


def score(lost: Iterable[Reason]) -> float:
    """Return the figure, 0 to 100."""
    return round(max(0.0, FULL - sum(reason.points for reason in lost)), 1)


def _priced(kind: str, amount: float, cost: float, most: float) -> Reason:
    return Reason(kind, round(amount, 1), round(min(most, max(0.0, amount) * cost), 1))

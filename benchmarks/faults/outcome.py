"""What became of one fault."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """One fault that was tried.

    Attributes
    ----------
    kind
        What broke: ``kill at a boundary``, ``full disk`` …
    where
        What was being done, and at which point.
    wrong
        What was not as it should be during the fault or after it; empty where all was exact.
    """

    kind: str
    where: str
    wrong: list[str]

    @property
    def exact(self) -> bool:
        """Whether the account was exact after it."""
        return not self.wrong


def tally(outcomes: Iterable[Outcome]) -> dict[str, tuple[int, int]]:
    """Return how many faults of each kind were tried, and after how many the account was exact."""
    counts: dict[str, tuple[int, int]] = {}
    for outcome in outcomes:
        tried, exact = counts.get(outcome.kind, (0, 0))
        counts[outcome.kind] = (tried + 1, exact + outcome.exact)
    return counts

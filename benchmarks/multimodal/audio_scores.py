"""How well spans are found: by their borders, and by the hundredths of a second they cover."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.multimodal.audio_truth import Span

TOLERANCE = 0.1


@dataclass
class Score:
    """What was there, what was found, and what of either is right."""

    true: int = 0
    found: int = 0
    recalled: int = 0
    right: int = 0

    def add(self, true: Sequence[Span], found: Sequence[Span], least: float = 0.0) -> None:
        """Count the borders of a call, each border at most once.

        A true span under ``least`` is not asked for, and no error either where it is found.
        """
        for side in (0, 1):
            wanted = sorted(s[side] for s in true if s[1] - s[0] >= least)
            every = sorted(s[side] for s in true)
            seen = sorted(s[side] for s in found)
            self.true += len(wanted)
            self.found += len(seen)
            self.recalled += matched(wanted, seen)
            self.right += matched(every, seen)

    @property
    def recall(self) -> float:
        """Share of the true borders that were found within the tolerance."""
        return self.recalled / max(1, self.true)

    @property
    def precision(self) -> float:
        """Share of the found borders that are true."""
        return self.right / max(1, self.found)

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.recall * self.precision / max(1e-9, self.recall + self.precision)


def matched(wanted: Sequence[float], seen: Sequence[float], tolerance: float = TOLERANCE) -> int:
    """Return how many pairs of borders lie within the tolerance, each border in one pair."""
    pairs, at = 0, 0
    for border in wanted:
        while at < len(seen) and seen[at] < border - tolerance - 1e-9:
            at += 1
        if at < len(seen) and seen[at] <= border + tolerance + 1e-9:
            pairs, at = pairs + 1, at + 1
    return pairs

"""One text of several readings of it: a vote on every letter, each reading as sure as it was.

The readings are aligned with the one that is nearest to all (after Fiscus, 1997, "A post-processing
system to yield reduced word error rates: ROVER", on letters in place of words).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

LEAST_WEIGHT = 0.05
LEAST_ALIKE = 0.6
"""A reading less like the middle one read something else, and has no vote."""


@dataclass(frozen=True)
class Reading:
    """What was read, and how sure the reader was, 0 to 1."""

    text: str
    confidence: float


def consensus(readings: Sequence[Reading]) -> Reading | None:
    """Return the text that the readings agree on most, and their agreement; None without any.

    Where most of them read something else, there is nothing to vote on: the surest is believed.
    """
    if not readings:
        return None
    middle = max(readings, key=lambda reading: _nearness(reading, readings))
    near = [r for r in readings if _alike(r, middle) >= LEAST_ALIKE]
    if 2 * len(near) < len(readings):
        surest = max(readings, key=lambda reading: reading.confidence)
        return replace(surest, confidence=surest.confidence * len(near) / len(readings))
    slots: list[dict[str, float]] = [{} for _ in range(2 * len(middle.text) + 1)]
    for reading in near:
        _vote(slots, middle.text, reading)
    winners = [max(slot.items(), key=lambda vote: vote[1]) for slot in slots if slot]
    text = " ".join("".join(letters for letters, _ in winners).split())
    whole = sum(_weight(reading) for reading in near)
    agreed = sum(weight for _, weight in winners) / (whole * max(1, len(winners)))
    return Reading(text, agreed * len(near) / len(readings)) if text else None


def _vote(slots: list[dict[str, float]], middle: str, reading: Reading) -> None:
    """Add a reading's letters: odd slots are the middle's letters, even ones lie between them."""
    weight, said = _weight(reading), [""] * len(slots)
    for step in Levenshtein.opcodes(middle, reading.text):
        there = reading.text[step.dest_start : step.dest_end]
        if step.tag == "insert":
            said[2 * step.src_start] += there
        elif step.tag != "delete":
            for offset, letter in enumerate(there):
                said[2 * (step.src_start + offset) + 1] = letter
    for slot, letters in zip(slots, said, strict=True):
        slot[letters] = slot.get(letters, 0.0) + weight


def _nearness(reading: Reading, readings: Sequence[Reading]) -> float:
    return sum(_weight(other) * _alike(reading, other) for other in readings)


def _alike(one: Reading, other: Reading) -> float:
    return float(Levenshtein.normalized_similarity(one.text, other.text))


def _weight(reading: Reading) -> float:
    return max(LEAST_WEIGHT, reading.confidence)

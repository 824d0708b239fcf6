"""How well a header's words fit a column's: its name, synonyms, labels and descriptions."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from data_contracts.contract import Column
from ingestion.proposal.profile import Floats
from ingestion.proposal.words import concepts, is_anonymous, plain

_DESCRIPTION_WEIGHT = 0.55
_NO_EVIDENCE_BELOW = 0.3
_LETTERS_ALIKE = 0.72
"""Words below this likeness of their letter pairs count as different."""


@dataclass(frozen=True)
class NameFit:
    """Name evidence for every header (row) and column.

    Attributes
    ----------
    strength
        0..1.
    exact
        2: the header is the column's name, 1: one of its synonyms or labels, 0: neither.
    anonymous
        For each header, whether it says nothing at all.
    """

    strength: Floats
    exact: npt.NDArray[np.int64]
    anonymous: npt.NDArray[np.bool_]


def fit_names(headers: Sequence[str], columns: Sequence[Column]) -> NameFit:
    """Compare every header with every column."""
    weights = _weights(columns)
    names = [[(plain(name), concepts(name)) for name in _names(column)] for column in columns]
    words = [_description(column) for column in columns]
    shape = (len(headers), len(columns))
    strength, exact = np.zeros(shape), np.zeros(shape, dtype=np.int64)
    anonymous = np.array([is_anonymous(header) for header in headers], dtype=bool)
    for i, header in enumerate(headers):
        if anonymous[i]:
            continue
        said, meant = plain(header), concepts(header)
        for j, column in enumerate(columns):
            if said == plain(column.name):
                exact[i, j], strength[i, j] = 2, 1.0
            elif any(_same(said, name) for name, _ in names[j]):
                exact[i, j], strength[i, j] = 1, 0.99
            else:
                strength[i, j] = _likeness(meant, [m for _, m in names[j]], words[j], weights)
    return NameFit(strength, exact, anonymous)


def _names(column: Column) -> list[str]:
    """Return everything a column is called."""
    return [column.name, *column.synonyms, *column.label.values()]


def _description(column: Column) -> frozenset[str]:
    """Return the concepts of a column's descriptions, in both languages."""
    return frozenset().union(*(concepts(text) for text in column.description.values()))


def _same(one: str, other: str) -> bool:
    """Say whether two plain texts differ in their spaces at most."""
    return one.replace(" ", "") == other.replace(" ", "")


def _weights(columns: Sequence[Column]) -> dict[str, float]:
    """Return each concept's weight: the fewer columns are called so, the more it says."""
    counts = Counter(
        concept
        for column in columns
        for concept in frozenset().union(*(concepts(name) for name in _names(column)))
    )
    return {c: 0.4 + math.log(1 + len(columns) / n) for c, n in counts.items()}


def _likeness(
    meant: frozenset[str],
    names: list[frozenset[str]],
    description: frozenset[str],
    weights: dict[str, float],
) -> float:
    """Return the name evidence, 0..1, of a header that is none of the column's names."""
    if not meant:
        return 0.0
    unknown = max(weights.values(), default=1.0)
    best = max((_dice(meant, name, weights, unknown) for name in names), default=0.0)
    total = sum(weights.get(c, unknown) for c in meant)
    covered = sum(weights.get(c, unknown) for c in meant & description) / total
    similarity = max(best, _DESCRIPTION_WEIGHT * covered, 0.85 * best + 0.15 * covered)
    return 0.95 * max(0.0, (similarity - _NO_EVIDENCE_BELOW) / (1 - _NO_EVIDENCE_BELOW))


def _dice(
    meant: frozenset[str], name: frozenset[str], weights: dict[str, float], unknown: float
) -> float:
    """Return the weighted share of concepts that both hold, near writings counted in part."""
    total = sum(weights.get(c, unknown) for c in (*meant, *name))
    shared = 2 * sum(weights.get(c, unknown) for c in meant & name)
    rest = name - meant
    for concept in meant - name:
        likeness, other = max(((_letters(concept, o), o) for o in rest), default=(0.0, ""))
        if likeness >= _LETTERS_ALIKE:
            shared += likeness * (weights.get(concept, unknown) + weights.get(other, unknown))
    return min(1.0, shared / total) if total else 0.0


@cache
def _letters(one: str, other: str) -> float:
    """Return the share of letter pairs (bigrams) that two words have in common."""
    if min(len(one), len(other)) < 4:
        return 0.0
    first = Counter(one[k : k + 2] for k in range(len(one) - 1))
    second = Counter(other[k : k + 2] for k in range(len(other) - 1))
    return 2 * (first & second).total() / (first.total() + second.total())

"""Headers that say nothing: columns usually keep the order in which a system exports them.

Where columns recognised by their values alone stand in the contract's order, those between them
are taken to do so as well.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ingestion.proposal.profile import Floats

ORDER = 0.3
_ANCHOR = 0.5
_MARGIN = 0.08
_IN_ORDER = 0.85
_SKIPPED_COLUMN = 0.004


def order_evidence(strength: Floats, anonymous: npt.NDArray[np.bool_]) -> Floats:
    """Return the evidence of the order, sources × columns.

    Parameters
    ----------
    strength
        Sources × columns, -1..1: evidence so far.
    anonymous
        For each source, whether its header says nothing; only these gain by the order.
    """
    found = np.zeros(strength.shape)
    anchors = _anchors(strength)
    if not anonymous.any() or len(anchors) < 2:
        return found
    kept = _longest_rising([target for _, target in anchors])
    if len(kept) < _IN_ORDER * len(anchors):
        return found
    firm = [anchors[k] for k in kept]
    for (i0, j0), (i1, j1) in pairwise(firm):
        block = strength[i0 + 1 : i1, j0 + 1 : j1]
        for i, j in _align(block):
            if anonymous[i0 + 1 + i]:
                found[i0 + 1 + i, j0 + 1 + j] = ORDER
    _next_to_last(found, strength, anonymous, firm[-1])
    return found


def _next_to_last(
    found: Floats, strength: Floats, anonymous: npt.NDArray[np.bool_], anchor: tuple[int, int]
) -> None:
    """Let the last column, alone behind the last anchor, stand for the anchor's neighbour."""
    i, j = anchor[0] + 1, anchor[1] + 1
    if i == strength.shape[0] - 1 and j < strength.shape[1] and anonymous[i] and strength[i, j] > 0:
        found[i, j] = ORDER


def _anchors(strength: Floats) -> list[tuple[int, int]]:
    """Return pairs that are certain by themselves: best for both sides, by a margin."""
    pairs = []
    for i in range(strength.shape[0]):
        j = int(strength[i].argmax())
        others = (np.delete(strength[i], j), np.delete(strength[:, j], i))
        second = max(max(o, default=0.0) for o in others)
        if strength[i, j] >= _ANCHOR and strength[i, j] - second >= _MARGIN:
            pairs.append((i, j))
    return pairs


def _longest_rising(numbers: list[int]) -> list[int]:
    """Return the positions of the longest rising run of numbers, gaps allowed."""
    length = [1] * len(numbers)
    before = [-1] * len(numbers)
    for k, number in enumerate(numbers):
        for earlier in range(k):
            if numbers[earlier] < number and length[earlier] + 1 > length[k]:
                length[k], before[k] = length[earlier] + 1, earlier
    at = max(range(len(numbers)), key=length.__getitem__)
    run = []
    while at >= 0:
        run.append(at)
        at = before[at]
    return run[::-1]


def _align(block: Floats) -> list[tuple[int, int]]:
    """Return the pairs, both sides rising, of the greatest sum (Needleman-Wunsch).

    Skipping a contract column costs a little, so that equal choices fall on the nearest one.
    """
    sources, targets = block.shape
    best = np.zeros((sources + 1, targets + 1))
    for i in range(sources - 1, -1, -1):
        for j in range(targets - 1, -1, -1):
            pair = block[i, j] + best[i + 1, j + 1] if block[i, j] > 0 else -1.0
            best[i, j] = max(pair, best[i + 1, j], best[i, j + 1] - _SKIPPED_COLUMN)
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < sources and j < targets:
        if block[i, j] > 0 and best[i, j] == block[i, j] + best[i + 1, j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i, j] == best[i + 1, j]:
            i += 1
        else:
            j += 1
    return pairs

"""Which photos prove the same thing: those that are nearly one, and those of one person."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ingestion.extractors.images.alike import MOST_BITS, as_numbers, bits_apart

Groups = npt.NDArray[np.int64]


def groups(hashes: Sequence[str], owners: Sequence[str | None]) -> Groups:
    """Return a number for each photo, the same for those that hang together.

    Parameters
    ----------
    owners
        Whose each photo is; None: of nobody known, apart from all others.
    """
    if not hashes:
        return np.zeros(0, np.int64)
    count, pairs = len(hashes), np.array([*_alike(hashes), *_of_one(owners)], int).reshape(-1, 2)
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def shares(group: Groups) -> npt.NDArray[np.float64]:
    """Return what each photo counts, so that every group counts once."""
    return np.asarray(1 / np.bincount(group)[group])


def _alike(hashes: Sequence[str]) -> Iterator[tuple[int, int]]:
    numbers = as_numbers(hashes)
    for place, one in enumerate(numbers):
        near = np.flatnonzero(bits_apart(one, numbers[:place]) <= MOST_BITS)
        yield from ((place, int(other)) for other in near)


def _of_one(owners: Sequence[str | None]) -> Iterator[tuple[int, int]]:
    first: dict[str, int] = {}
    for place, owner in enumerate(owners):
        if owner is not None:
            yield place, first.setdefault(owner, place)

"""Sums between columns, such as total ≈ months × monthly: strong evidence without any name."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from data_contracts.contract import Column
from ingestion.proposal.profile import Floats, Profile

_SHARE_THAT_HOLDS = 0.8
_ROWS = 300
_TOLERANCE = {"product": 0.15, "difference": 0.01, "quotient": 0.02}
RELATION = 0.55


@dataclass(frozen=True)
class Relation:
    """``result`` = ``first`` × ``second`` (product), − (difference) or ÷ (quotient)."""

    kind: str
    result: str
    first: str
    second: str


@cache
def relations() -> tuple[Relation, ...]:
    """Return the relations of ``relations.yaml``."""
    file = Path(__file__).with_suffix(".yaml")
    content = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return tuple(Relation(**entry) for entry in content)


def relation_evidence(
    profiles: Sequence[Profile], columns: Sequence[Column], fits: npt.NDArray[np.bool_]
) -> Floats:
    """Return the evidence of relations, sources × columns.

    Parameters
    ----------
    profiles
        The source columns.
    columns
        The contract's columns.
    fits
        Sources × columns: whether the values fit the column at all.
    """
    found = np.zeros(fits.shape)
    at = {column.name: j for j, column in enumerate(columns)}
    for relation in relations():
        names = (relation.result, relation.first, relation.second)
        if not all(name in at for name in names):
            continue
        j = [at[name] for name in names]
        triple = _best(relation.kind, profiles, [np.flatnonzero(fits[:, k]) for k in j])
        for source, target in zip(triple, j, strict=False):
            found[source, target] = RELATION
    return found


def _best(
    kind: str, profiles: Sequence[Profile], candidates: Sequence[npt.NDArray[np.int64]]
) -> tuple[int, ...]:
    """Return the three sources for which a relation holds on most rows; none where on too few."""
    spread = {i for i, p in enumerate(profiles) if p.distinct > 10 and p.number_share > 0.9}
    results, firsts, seconds = ([int(i) for i in c if int(i) in spread] for c in candidates)
    best = _SHARE_THAT_HOLDS
    triple: tuple[int, ...] = ()
    for first, second in permutations(sorted({*firsts, *seconds}), 2):
        if first not in firsts or second not in seconds:
            continue
        expected = _compute(kind, _numbers(profiles[first]), _numbers(profiles[second]))
        for result in results:
            if result in (first, second):
                continue
            share = _holds(_numbers(profiles[result]), expected, _TOLERANCE[kind])
            if share > best:
                best, triple = share, (result, first, second)
    return triple


def _numbers(values: Profile) -> Floats:
    """Return the first numbers of the sample."""
    return values.numbers[:_ROWS]


def _compute(kind: str, first: Floats, second: Floats) -> Floats:
    """Return what the relation expects, NaN where it says nothing."""
    if kind == "product":
        return first * second
    if kind == "difference":
        return first - second
    quotients: Floats = np.full_like(first, np.nan)
    return np.divide(first, second, out=quotients, where=second != 0)


def _holds(result: Floats, expected: Floats, tolerance: float) -> float:
    """Return the share of rows on which the relation holds, of those where it says something."""
    usable = ~np.isnan(result) & ~np.isnan(expected) & (expected > 0)
    if usable.sum() < 20:
        return 0.0
    gap = np.abs(result[usable] - expected[usable])
    return float((gap <= tolerance * expected[usable]).mean())

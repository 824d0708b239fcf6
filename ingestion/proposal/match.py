"""From evidence to pairs: the optimal assignment above a floor."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data_contracts.contract import Column, Table
from ingestion.proposal.evidence import Place, evidence
from ingestion.proposal.names import NameFit, fit_names
from ingestion.proposal.order import order_evidence
from ingestion.proposal.profile import Floats, Profile, profile
from ingestion.proposal.proposal import Choice, Why
from ingestion.proposal.relations import relation_evidence
from ingestion.reading.raw import RawTable

FLOOR = 0.36
GUARDED_FLOOR = 0.5
"""A wrong person, key or outcome does more harm than a column left aside."""
GUARDED = frozenset({"entity", "outcome", "outcome_time", "operation", "consent", "objection"})
_VALUES_BESIDE_A_NAME = 0.5
_FEW_VALUES = 10
"""So many values halve what they say against a column that the header names."""
_TIE_BREAK = 1e-3
_EVEN = 0.02


@dataclass(frozen=True)
class Evidence:
    """All evidence, sources × columns; ``confidence`` is what it comes to, 0..1."""

    names: NameFit
    related: Floats
    ordered: Floats
    confidence: Floats


def match(table: Table, raw: RawTable) -> tuple[tuple[Choice, ...], dict[str, Profile]]:
    """Return the choice for every source column, and what its values look like."""
    profiles = [profile(raw.rows.column(i)) for i in range(len(raw.headers))]
    found = _gather(raw.headers, profiles, table.columns)
    pairs = _assign(found.confidence, table.columns)
    choices = []
    for i, header in enumerate(raw.headers):
        j = pairs.get(i)
        if j is None:
            best = float(found.confidence[i].max(initial=0.0))
            why: Why = "unknown" if best < GUARDED_FLOOR else "taken"
            choices.append(Choice(header, None, round(best, 3), why))
        else:
            confidence = round(float(found.confidence[i, j]), 3)
            choices.append(Choice(header, table.columns[j].name, confidence, _reason(found, i, j)))
    return tuple(choices), dict(zip(raw.headers, profiles, strict=True))


def _gather(
    headers: Sequence[str], profiles: Sequence[Profile], columns: Sequence[Column]
) -> Evidence:
    """Weigh names, values, relations and order."""
    names = fit_names(headers, columns)
    values = _values(profiles, columns)
    related = relation_evidence(profiles, columns, values > 0)
    weighed = np.where(names.anonymous[:, None], 1.0, _VALUES_BESIDE_A_NAME)
    seen = np.array([p.counts.sum() for p in profiles])[:, None]
    doubted = np.where(names.exact > 0, seen / (seen + _FEW_VALUES), 1.0)
    strength = _combine(
        names.strength, values * np.where(values < 0, doubted, 1.0), weighed, related
    )
    ordered = order_evidence(strength, names.anonymous)
    return Evidence(names, related, ordered, 1 - (1 - strength) * (1 - ordered))


def _values(profiles: Sequence[Profile], columns: Sequence[Column]) -> Floats:
    """Return the evidence of values, sources × columns, -1..1."""
    last = len(profiles) - 1
    return np.array(
        [
            [evidence(p, c, Place(i == 0, i == last)) for c in columns]
            for i, p in enumerate(profiles)
        ]
    ).reshape(len(profiles), len(columns))


def _combine(names: Floats, values: Floats, weighed: Floats, related: Floats) -> Floats:
    """Return 0..1: any evidence for raises it, values against lower it."""
    supporting: Floats = 1 - (1 - names) * (1 - np.clip(values, 0, 1) * weighed) * (1 - related)
    against: Floats = np.clip(values, -1, 0)
    return supporting * (1 + against)


def _assign(confidence: Floats, columns: Sequence[Column]) -> dict[int, int]:
    """Return source → column of the greatest sum; below their floor columns stay unmapped."""
    from scipy.optimize import linear_sum_assignment

    floors = np.array([GUARDED_FLOOR if is_guarded(c) else FLOOR for c in columns])
    weights = np.where(confidence >= floors, confidence**2, 0.0)
    sources, targets = weights.shape
    # Equal pairs fall in order: the nearer both stand in their own rows of columns, the better.
    place = np.abs(
        np.arange(sources)[:, None] / max(1, sources) - np.arange(targets)[None] / max(1, targets)
    )
    chosen = linear_sum_assignment(weights - _TIE_BREAK * place, maximize=True)
    pairs = {int(i): int(j) for i, j in zip(*chosen, strict=True) if weights[i, j] > 0}
    return {i: j for i, j in pairs.items() if not _is_toss_up(i, j, pairs, weights)}


def _is_toss_up(i: int, j: int, pairs: dict[int, int], weights: Floats) -> bool:
    """Say whether another column would do as well: one that is free, or by an even exchange."""
    holders = {target: source for source, target in pairs.items()}
    for other in np.flatnonzero(weights[i] >= weights[i, j] - _EVEN):
        holder = holders.get(int(other))
        if other != j and (holder is None or weights[holder, j] >= weights[holder, other] - _EVEN):
            return True
    return False


def is_guarded(column: Column) -> bool:
    """Say whether a wrong mapping to the column would harm: persons, keys, outcomes, operations."""
    return (
        column.key or column.classification in {"identifier", "personal"} or column.role in GUARDED
    )


def _reason(found: Evidence, i: int, j: int) -> Why:
    """Return the main reason for a pair."""
    if found.names.exact[i, j]:
        return "name" if found.names.exact[i, j] == 2 else "synonym"
    if found.names.strength[i, j] > 0.3:
        return "similar"
    if found.related[i, j]:
        return "relation"
    return "order" if found.ordered[i, j] else "values"

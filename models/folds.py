"""Which rows learn and which are held out: by person always, by time where time spans."""

from dataclasses import dataclass

import numpy as np

from data_contracts.contract import Task
from models.arrays import Ints, Matrix
from models.rows import Rows

OUTER = 5
INNER = 3
TIME_BLOCKS = 4
FIRST_SHARE = 0.4
"""By time, judging begins when so many of the rows have passed: the model in service learns from
all of them, and one that learned from the first sixth would say little about it."""
FEWEST_OF_A_CLASS = 20

Fold = tuple[Ints, Ints]
"""Positions that learn, positions that are held out."""


@dataclass(frozen=True)
class Split:
    """The outer folds and how they were made: ``group`` or ``time``."""

    kind: str
    folds: list[Fold]


def outer_folds(rows: Rows, seed: int) -> Split:
    """Return folds by time where as-of times span enough, else stratified by person.

    By time, the later 60 % of the rows are judged in four blocks, and each is predicted by what was
    *known* when it began: rows whose label's horizon had passed. A person's earlier rows may then
    teach about later ones, as in service.
    """
    by_time = _time_folds(rows)
    if by_time:
        return Split("time", by_time)
    return Split("group", group_folds(rows.codes, rows.groups, rows.task, OUTER, seed))


def group_folds(codes: Matrix, groups: Matrix, task: Task, folds: int, seed: int) -> list[Fold]:
    """Return stratified folds that keep each person's rows together, shuffled by the seed."""
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, StratifiedKFold

    empty = np.zeros(len(codes))
    if task == "number":
        maker = GroupKFold(folds, shuffle=True, random_state=seed)
        return list(maker.split(empty, codes, groups))
    if len(np.unique(groups)) == len(groups):
        maker = StratifiedKFold(folds, shuffle=True, random_state=seed)
        return list(maker.split(empty, codes))
    maker = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    return list(maker.split(empty, codes, groups))


def _time_folds(rows: Rows) -> list[Fold]:
    as_of = rows.as_of
    moments = np.unique(as_of)
    if len(moments) <= OUTER:
        return []
    places = np.linspace(FIRST_SHARE, 1.0, TIME_BLOCKS, endpoint=False) * len(as_of)
    edges = np.unique(np.sort(as_of)[places.astype(int)])
    horizon = np.timedelta64(rows.horizon_days, "D")
    folds: list[Fold] = []
    for begins, ends in zip(edges, [*edges[1:], None], strict=True):
        held_out = as_of >= begins if ends is None else (as_of >= begins) & (as_of < ends)
        fold = np.flatnonzero(as_of + horizon <= begins), np.flatnonzero(held_out)
        if not _can_learn(rows.codes[fold[0]], rows.task) or len(fold[1]) == 0:
            continue
        folds.append(fold)
    return folds if len(folds) >= TIME_BLOCKS - 1 else []


def _can_learn(codes: Matrix, task: Task) -> bool:
    if task == "number":
        return len(codes) >= 2 * FEWEST_OF_A_CLASS
    _, counts = np.unique(codes, return_counts=True)
    return len(counts) > 1 and int(counts.min()) >= FEWEST_OF_A_CLASS

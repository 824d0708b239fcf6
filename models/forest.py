"""Boosted trees walked in NumPy: the margins of a few rows, as XGBoost has them to the last bit.

XGBoost answers thousands of rows at once quickly, and has a third of a millisecond of overhead in
each call. All trees are walked at the same time here, one level a step: a node's children stand
side by side, so that the next node is the left child, or the one behind it. Like XGBoost it
compares and adds in single precision, tree after tree.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from models.arrays import Floats, Ints, Matrix

Singles = npt.NDArray[np.float32]
LEAF = -1
"""XGBoost's mark of a node without children."""


@dataclass(frozen=True)
class Forest:
    """The nodes of all trees, tree by tree.

    Attributes
    ----------
    roots : ndarray of int, shape (trees,)
        Places of the trees' first nodes; trees of several outputs take turns.
    left : ndarray of int, shape (nodes,)
        Place of the left child, right before the right one; a leaf's own place.
    columns, thresholds : ndarray, shape (nodes,)
        A row goes right where its column's value is not below the threshold.
    gaps_right : ndarray of bool, shape (nodes,)
        Whether it goes right where the value is missing (NaN).
    values : ndarray of float, shape (nodes,)
        What a leaf adds.
    base : ndarray of float, shape (outputs,)
        Margins before the first tree.
    depth : int
        Steps from a root to the farthest leaf.
    """

    roots: Ints
    left: Ints
    columns: Ints
    thresholds: Singles
    gaps_right: npt.NDArray[np.bool_]
    values: Singles
    base: Singles
    depth: int

    @classmethod
    def read(cls, booster: bytes | bytearray) -> Self:
        """Return the trees of a booster that XGBoost saved as JSON; all splits are numeric."""
        learner = json.loads(booster)["learner"]
        trees = [_side_by_side(one) for one in learner["gradient_booster"]["model"]["trees"]]
        starts = np.cumsum([0, *(len(tree["left"]) for tree in trees)])
        shifted = [tree["left"] + start for tree, start in zip(trees, starts[:-1], strict=True)]
        return cls(
            roots=starts[:-1],
            left=_joined(shifted, np.int64),
            columns=_joined([tree["columns"] for tree in trees], np.int64),
            thresholds=_joined([tree["thresholds"] for tree in trees], np.float32),
            gaps_right=_joined([tree["gaps_right"] for tree in trees], np.bool_),
            values=_joined([tree["values"] for tree in trees], np.float32),
            base=_base_of(learner),
            depth=max((tree["depth"] for tree in trees), default=0),
        )

    def margins(self, rows: Floats) -> Floats:
        """Return the margins of dense rows, shape (n, outputs)."""
        seen = np.ascontiguousarray(rows, dtype=np.float32)
        if len(seen) == 1:
            return self._margins_of(seen[0])[None].astype(np.float64)
        flat, begins = seen.ravel(), np.arange(len(seen))[:, None] * seen.shape[1]
        gaps = np.isnan(flat) if np.isnan(flat).any() else None
        at = np.repeat(self.roots[None], len(seen), axis=0)
        for _ in range(self.depth):
            places = self.columns.take(at) + begins
            right = flat.take(places) >= self.thresholds.take(at)
            if gaps is not None:
                right |= gaps.take(places) & self.gaps_right.take(at)
            at = self.left.take(at) + right
        found = self.values.take(at).reshape(len(seen), -1, len(self.base))
        begun = np.repeat(self.base[None, None], len(seen), axis=0)
        sums = np.concatenate([begun, found], axis=1).cumsum(axis=1, dtype=np.float32)
        return sums[:, -1].astype(np.float64)

    def _margins_of(self, row: Singles) -> Singles:
        """Return one row's margins: asking all nodes at once takes the fewest calls."""
        values = row.take(self.columns)
        right, gaps = values >= self.thresholds, np.isnan(values)
        if gaps.any():
            right |= gaps & self.gaps_right
        following, at = self.left + right, self.roots
        for _ in range(self.depth):
            at = following.take(at)
        found = self.values.take(at).reshape(-1, len(self.base))
        sums = np.concatenate([self.base[None], found]).cumsum(axis=0, dtype=np.float32)
        return np.asarray(sums[-1])


def _side_by_side(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tree's nodes level by level, each node's children next to each other."""
    lefts, rights = tree["left_children"], tree["right_children"]
    order, level, depth = [0], [0], 0
    left: list[int] = []
    while level:
        below: list[int] = []
        for node in level:
            leaf = lefts[node] == LEAF
            left.append(len(left) if leaf else len(order) + len(below))
            below += [] if leaf else [lefts[node], rights[node]]
        order += below
        level, depth = below, depth + 1
    leaves = np.array([lefts[node] == LEAF for node in order])
    conditions = np.array(tree["split_conditions"], dtype=np.float32)[order]
    return {
        "left": np.array(left),
        "columns": np.array(tree["split_indices"])[order],
        # Nothing is greater: whoever has reached a leaf stays there.
        "thresholds": np.where(leaves, np.float32(np.inf), conditions),
        "gaps_right": ~leaves & (np.array(tree["default_left"])[order] == 0),
        "values": np.where(leaves, conditions, np.float32(0)),
        "depth": depth - 1,
    }


def _base_of(learner: Mapping[str, Any]) -> Singles:
    told = np.array(json.loads(learner["learner_model_param"]["base_score"]), dtype=np.float32)
    if learner["objective"]["name"] == "binary:logistic":
        # In double precision, then rounded: single precision's logarithm is a bit off XGBoost's.
        told = -np.log((np.float32(1) / told - np.float32(1)).astype(np.float64))
    outputs = max(int(learner["learner_model_param"]["num_class"]), 1)
    return np.broadcast_to(told, outputs).astype(np.float32)


def _joined(parts: list[Matrix], kind: npt.DTypeLike) -> Matrix:
    return np.concatenate([np.zeros(0, kind), *parts]).astype(kind)

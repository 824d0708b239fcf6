"""How a version does for each declared group of its judged rows: the fairness part of its card."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.special import expit

from data_contracts.contract import Contract
from foundation.texts import Language, text
from models.arrays import Floats, Ints
from models.ranking import auc_of_draws

FEWEST_SHARED_ROWS = 100
FEWEST_OF_AN_OUTCOME = 20
"""A slice with fewer of either outcome says nothing of a model."""

FEWEST_PERSONS = 10
"""Figures over fewer, however many their cases, would be about these persons."""


@dataclass(frozen=True)
class SliceFigures:
    """A group's figures, out of fold.

    Attributes
    ----------
    name
        ``feature=value``.
    base_rate, mean_probability
        What happened and what was said on average: calibration within the group.
    auc
        How well its members are told apart.
    flagged_rate
        Share of the group that reaches the threshold (demographic parity compares these).
    true_positive_rate
        Share of those it happened to who reach it (equal opportunity compares these; Hardt, Price
        and Srebro, 2016).
    """

    name: str
    rows: int
    base_rate: float
    mean_probability: float
    auc: float
    flagged_rate: float
    true_positive_rate: float


def slice_figures(judged: pa.Table, threshold: float) -> tuple[SliceFigures, ...]:
    """Return the figures of every group that has rows and persons enough to speak of.

    Parameters
    ----------
    judged
        See ``judged.out_of_fold_table``; of a yes-or-no outcome.
    threshold
        Probability from which a row is flagged.
    """
    if "slices" not in judged.column_names:
        return ()
    codes, persons = judged["code"].to_numpy(), np.array(judged["person"].to_pylist())
    said = expit(np.array(judged["margins"].to_pylist(), dtype=np.float64)[:, 0])
    found = []
    for name, places in places_by_slice(judged).items():
        positives = int(codes[places].sum())
        rarest = min(positives, len(places) - positives)
        enough = len(places) >= FEWEST_SHARED_ROWS and rarest >= FEWEST_OF_AN_OUTCOME
        if enough and len(np.unique(persons[places])) >= FEWEST_PERSONS:
            found.append(_figures(name, codes[places], said[places], threshold))
    return tuple(found)


def say_slice(contract: Contract, name: str, language: Language) -> str:
    """Return a slice's name for people: «contrato: mensual»; everyone where it has none."""
    if not name:
        return text("watch.everyone", language)
    feature, _, value = name.partition("=")
    column = contract.table("customers").column(feature)
    return f"{column.label[language]}: {column.word_for(value, language)}"


def places_by_slice(rows: pa.Table) -> dict[str, Ints]:
    """Return the places of each slice's rows, by name."""
    found: dict[str, list[int]] = {}
    for at, own in enumerate(rows["slices"].to_pylist()):
        for name in own or ():
            found.setdefault(name, []).append(at)
    return {name: np.array(places, dtype=np.int64) for name, places in sorted(found.items())}


def _figures(name: str, codes: Floats, said: Floats, threshold: float) -> SliceFigures:
    flagged = said >= threshold
    return SliceFigures(
        name=name,
        rows=len(codes),
        base_rate=float(codes.mean()),
        mean_probability=float(said.mean()),
        auc=float(auc_of_draws(codes, said)(np.ones((1, len(codes))))[0]),
        flagged_rate=float(flagged.mean()),
        true_positive_rate=float(flagged[codes == 1].mean()),
    )

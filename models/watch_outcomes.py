"""Scores whose outcome is known by now, and those of training, in one shape."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from scipy.special import logit

from data_contracts.contract import Contract, Entity
from features.later_labels import later_labels
from models.arrays import Floats, Ints
from models.champion import Champion
from models.evaluate import SMALLEST_PROBABILITY
from models.judged import lists_of
from models.registry import Registry
from models.slices import places_by_slice
from models.watch_rows import Described, Scored

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

FRESH = timedelta(days=1)
"""An incident counts where it was scored while no older than that: of those scored later, who
escalated at once is missing, and the others look better than they are."""


@dataclass(frozen=True)
class Outcomes:
    """Rows with their outcome as a number, their margins, and the rows of each slice by name."""

    codes: Floats
    margins: Floats
    persons: np.ndarray
    slices: Mapping[str, Ints]

    def take(self, places: Ints) -> "Outcomes":
        """Return the rows at these places, without slices."""
        return Outcomes(self.codes[places], self.margins[places], self.persons[places], {})


def counted(scored: Scored, entity: Entity) -> Ints:
    """Return the rows that count: the first of each entity and moment, of incidents if fresh."""
    moments = np.unique(scored.as_of, return_inverse=True)[1]
    keys = np.column_stack([scored.entities, moments])
    rows = np.sort(np.unique(keys, axis=0, return_index=True)[1])
    if entity == "customer" or not len(rows):
        return rows
    newest = np.zeros(int(scored.runs.max()) + 1, dtype="datetime64[us]")
    # One wrong date in the future would make all others old.
    past = scored.as_of <= scored.scored_at
    np.maximum.at(newest, scored.runs[past], scored.as_of[past])
    rows = rows[past[rows]]
    return rows[newest[scored.runs[rows]] - scored.as_of[rows] <= np.timedelta64(FRESH)]


def known_by_now(
    lake: "Lake", tenant: "Tenant", contract: Contract, champion: Champion, rows: Scored
) -> tuple[Scored, Floats]:
    """Return the rows whose outcome is known by now, and each one's outcome as a number."""
    asked = rows.rows.select(["entity_id", "person", "as_of_at"])
    asked = asked.rename_columns(["entity_id", "person_token", "as_of_at"])
    told = later_labels(lake, tenant, contract, champion.name.rpartition(".")[2], asked)
    labels = dict(zip(_keys(told), told["label"].to_pylist(), strict=True))
    code = _coder(champion)
    found = [code(labels.get(key)) for key in _keys(asked)]
    places = [place for place, one in enumerate(found) if one is not None]
    codes = np.array([found[place] for place in places], dtype=np.float64)
    return rows.take(np.array(places, dtype=np.int64)), codes


def _keys(rows: pa.Table) -> list[tuple[object, object]]:
    return list(zip(*(rows[name].to_pylist() for name in ("entity_id", "as_of_at")), strict=True))


def _coder(champion: Champion) -> Callable[[object], object]:
    """Return a function from a label to its number; None for one that the model does not know."""
    if champion.pipeline.task != "multiclass":
        return lambda label: label
    classes = {str(name): code for code, name in enumerate(champion.pipeline.classes_)}
    return lambda label: classes.get(str(label))


def outcomes_of(rows: Described, codes: Floats, champion: Champion, contract: Contract) -> Outcomes:
    """Return stored scores with their outcomes, and the contract's slices."""
    task, margins = champion.pipeline.task, rows.scored.scores[:, None]
    if task == "binary":
        margins = logit(np.clip(margins, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY))
    if task == "multiclass":
        names = [str(name) for name in champion.pipeline.classes_]
        shares = np.array([[one[name] for name in names] for one in rows.classes])
        margins = np.log(np.maximum(shares, SMALLEST_PROBABILITY))
    return Outcomes(codes, margins, rows.scored.persons, rows.slices(contract.dashboard.dimensions))


def out_of_fold_of(lake: "Lake", tenant: "Tenant", champion: Champion) -> Outcomes:
    """Return the rows that the champion was judged on when it was trained."""
    rows = Registry(lake.settings).out_of_fold(tenant.id, champion.run_id)
    slices = places_by_slice(rows) if "slices" in rows.column_names else {}
    persons = np.array(rows["person"].to_pylist())
    return Outcomes(rows["code"].to_numpy(), lists_of(rows, "margins"), persons, slices)

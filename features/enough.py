"""How many rows it takes to learn from, and which are of an outcome that is frequent enough."""

from collections import Counter
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Model
from features.labels import LABEL
from foundation.errors import NotEnoughData


@dataclass(frozen=True)
class Floor:
    """Rows, and rows of each outcome, below which nothing is learned."""

    rows: int = 100
    of_an_outcome: int = 20


ALONE = Floor()
"""For a model that knows nothing but the tenant's own rows."""
WITH_PRIOR = Floor(rows=50, of_an_outcome=5)
"""For a model that begins with what its vertical knows."""


def learnable(model: Model, rows: pa.Table, floor: Floor) -> pa.Table:
    """Return the rows whose class is frequent enough to learn; all where fewer than two are."""
    if model.task != "multiclass":
        return rows
    counts = Counter(rows.column(LABEL).to_pylist())
    frequent = [label for label, count in counts.items() if count >= floor.of_an_outcome]
    if len(frequent) < 2:
        return rows
    return rows.filter(pc.is_in(rows.column(LABEL), pa.array(frequent)))


def require_enough(model: Model, rows: pa.Table, floor: Floor) -> None:
    """Raise ``NotEnoughData`` where rows, or those of an outcome, are too few to learn from."""
    if rows.num_rows < floor.rows:
        raise too_few_rows(model, rows.num_rows, floor)
    if model.task == "number":
        return
    outcomes = Counter(rows.column(LABEL).to_pylist())
    rarest = min(outcomes.values()) if len(outcomes) > 1 else 0
    if rarest < floor.of_an_outcome:
        raise NotEnoughData(
            "features.too_few_outcomes",
            model=title_of(model),
            needed=floor.of_an_outcome,
            found=rarest,
        )


def too_few_rows(model: Model, found: int, floor: Floor) -> NotEnoughData:
    """Return what says how many rows there are, and how many it takes."""
    return NotEnoughData(
        "features.too_few_rows", model=title_of(model), needed=floor.rows, found=found
    )


def title_of(model: Model) -> str:
    """Return a model's name in a sentence to a person."""
    return model.title["es"]

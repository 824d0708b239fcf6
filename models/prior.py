"""What a vertical knows of an outcome before a tenant has many rows: the mean of others' weights.

Each part is one tenant's own linear model, over columns standardised by that tenant's own means
and deviations, so that pesos and dollars, large and small companies say the same. Only weights
leave a tenant: of columns that several tenants know, of values that ten persons or more have; never
a row, an n-gram, or a value of few.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, cast

import numpy as np
from scipy.sparse import csr_matrix

from models.arrays import Floats, Matrix, Persons
from models.columns import RARE
from models.counts import persons_by_column
from models.rows import Rows

Source = Literal["tenants", "generated"]
FEWEST_PERSONS = 500
"""Who has fewer takes no part: a value of fewer than ten persons would have a weight of its own."""
FEWEST_OF_A_VALUE = 10
"""A weight of fewer persons stays with its tenant."""
FEWEST_TENANTS = 2
"""Of fewer there is no prior, and a column that fewer know is left out: one tenant's weights, or
the names of its values, would be told to another."""


@dataclass(frozen=True)
class Part:
    """One tenant's weights by column, ``feature`` or ``feature=value``, and its rows."""

    weights: Mapping[str, float]
    rows: int


@dataclass(frozen=True)
class Prior:
    """The mean of several parts, for a tenant that is none of them.

    Attributes
    ----------
    source
        Whose the parts are: consenting tenants', or generated companies'.
    """

    source: Source
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """How many rows it was learned from."""
        return sum(part.rows for part in self.parts)

    @cached_property
    def weights(self) -> dict[str, float]:
        """Mean weight of each column that enough parts know."""
        fewest = FEWEST_TENANTS if self.source == "tenants" else 1
        found: dict[str, list[float]] = {}
        for part in self.parts:
            for name, weight in part.weights.items():
                found.setdefault(name, []).append(weight)
        return {name: float(np.mean(w)) for name, w in found.items() if len(w) >= fewest}

    def on(self, columns: Iterable[object]) -> Floats:
        """Return the weight of each column of an encoder, 0 where it is unknown."""
        return np.array([self.weights.get(str(name), 0.0) for name in columns])

    def told(self) -> dict[str, str]:
        """Return what a model's card says of it."""
        return {
            "prior_source": self.source,
            "prior_parts": str(len(self.parts)),
            "prior_rows": str(self.rows),
        }


def part_of(rows: Rows, names: Collection[str], seed: int = 0) -> Part:
    """Return a part: the weights of a linear model of these features alone, texts left out.

    Parameters
    ----------
    names
        Features that the vertical itself declares; a tenant's own columns stay its own.
    """
    from models.cross import fit
    from models.linear import Linear, centre_and_scale

    kinds = {n: kind for n, kind in rows.kinds.items() if kind != "text" and n in names}
    pipeline = fit(replace(rows, kinds=kinds, prior=None), ("linear",), "log_loss", seed)
    matrix = pipeline.encoder_.transform(rows.records)
    _, scale = centre_and_scale(matrix, matrix.shape[1])
    members = [cast(Linear, member).weights_[:, 0] for member in pipeline.members_]
    raw = np.asarray(pipeline.weights_) @ np.array(members)
    columns = [str(name) for name in pipeline.encoder_.get_feature_names_out()]
    weights = dict(zip(columns, (raw * scale).tolist(), strict=True))
    told = _told_by_many(matrix, columns, rows.groups)
    kept = {n: w for n, w in weights.items() if n in told and not n.endswith(RARE)}
    return Part(kept, len(rows))


def _told_by_many(matrix: Matrix, columns: list[str], persons: Persons) -> set[str]:
    """Return the columns that differ from 0 for enough persons; a flag, from 1 as well.

    Else a weight (of what is missing from one customer alone) would tell what became of them.
    """
    on, off = (persons_by_column(csr_matrix(side), persons) for side in (matrix != 0, matrix == 0))
    places = zip(columns, on.tolist(), off.tolist(), strict=True)
    return {name for name, a, b in places if (min(a, b) if "=" in name else a) >= FEWEST_OF_A_VALUE}

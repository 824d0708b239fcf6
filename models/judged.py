"""The rows a version was judged on, as a training keeps them: a challenger is compared on them."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import pyarrow as pa
from scipy.special import expit

from data_contracts.contract import Model
from models.arrays import Floats, Ints
from models.columns import MISSING, category
from models.cross import OutOfFold
from models.profit import monthly_values
from models.rows import Rows

FEWEST_PERSONS = 10
"""A slice of fewer persons is not kept: its name would tell about them."""


def out_of_fold_table(
    rows: Rows,
    entity_ids: np.ndarray,
    found: OutOfFold,
    model: Model,
    dimensions: Sequence[str] = (),
) -> pa.Table:
    """Return the judged rows: hashed identifier, group, outcome, margins, value and slices.

    Columns: ``row`` string, ``person`` string, ``code`` double, ``margins`` list<double>,
    ``monthly_value`` double (the tenant's currency; null where unknown) and ``slices``
    list<string> (``feature=value``, of ``FEWEST_PERSONS`` or more). No token.

    Parameters
    ----------
    dimensions
        Columns to slice by; those that are no category of these rows are passed over.
    """
    judged = found.judged
    values = monthly_values(rows, model.money)
    known = [None] * len(judged) if values is None else values[judged]
    return pa.table(
        {
            "row": [row_id(entity_ids[i], rows.as_of[i]) for i in judged],
            "person": [hashed(str(rows.groups[i])) for i in judged],
            "code": rows.codes[judged],
            "margins": list(found.margins[judged]),
            "monthly_value": pa.array(known, pa.float64(), from_pandas=True),
            "slices": pa.array(_slices(rows.take(judged), dimensions), pa.list_(pa.string())),
        }
    )


def _slices(rows: Rows, dimensions: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in range(len(rows))]
    for name in dimensions:
        if rows.kinds.get(name) != "category":
            continue
        values = np.array([category(record.get(name)) for record in rows.records])
        for value in np.unique(values[values != MISSING]):
            places = np.flatnonzero(values == value)
            if len(np.unique(rows.groups[places])) >= FEWEST_PERSONS:
                for place in places:
                    found[place].append(f"{name}={value}")
    return found


def shared(ours: pa.Table, theirs: pa.Table, names: Sequence[str]) -> tuple[Ints, Ints]:
    """Return the places, in both tables, of the rows that agree in these columns."""
    place = {key: at for at, key in enumerate(_keys(theirs, names))}
    pairs = [(at, place[key]) for at, key in enumerate(_keys(ours, names)) if key in place]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def outcomes_of(table: pa.Table) -> tuple[Floats, Floats]:
    """Return what came of a yes-or-no model's judged rows, and the probability that it gave."""
    codes = np.asarray(table["code"].to_numpy(), dtype=np.float64)
    return codes, np.asarray(expit(lists_of(table, "margins")[:, 0]))


def lists_of(table: pa.Table, name: str) -> Floats:
    """Return a column of lists of one length, shape (rows, length)."""
    return np.array(table[name].to_pylist(), dtype=np.float64)


def _keys(table: pa.Table, names: Sequence[str]) -> list[tuple[object, ...]]:
    return list(zip(*(table[name].to_pylist() for name in names), strict=True))


def row_id(entity_id: str, as_of: np.datetime64) -> str:
    """Return the name of a judged row: one entity at one time, hashed."""
    return hashed(f"{entity_id}|{as_of}")


def hashed(identifier: str) -> str:
    """Return the short hash under which a judged row names its entity or person."""
    return sha256(identifier.encode()).hexdigest()[:24]

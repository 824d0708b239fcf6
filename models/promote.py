"""Champion or challenger: a new version is promoted only where it is not worse on the same rows."""

from hashlib import sha256

import numpy as np
import pyarrow as pa

from data_contracts.contract import Task
from models.arrays import Floats, Ints
from models.cross import OutOfFold
from models.evaluate import Interval, difference_with_interval
from models.rows import Rows
from models.selection import LOWER_IS_BETTER, USUAL, metrics_of

NOT_WORSE = 0.01
"""A loss of the metric that the paired interval must rule out. For numbers, whose metric has the
outcome's unit, this share of the champion's own error."""
FEWEST_SHARED_ROWS = 100


def out_of_fold_table(rows: Rows, entity_ids: np.ndarray, found: OutOfFold) -> pa.Table:
    """Return the judged rows: hashed identifier, group, outcome and margins. No feature, no token.

    Columns: ``row`` string, ``person`` string, ``code`` double, ``margins`` list<double>.
    """
    judged = found.judged
    return pa.table(
        {
            "row": [row_id(entity_ids[i], rows.as_of[i]) for i in judged],
            "person": [hashed(str(rows.groups[i])) for i in judged],
            "code": rows.codes[judged],
            "margins": list(found.margins[judged]),
        }
    )


def not_worse(task: Task, ours: pa.Table, theirs: pa.Table) -> bool:
    """Tell whether a challenger may take the champion's place.

    Both were judged out of fold; on the rows that both were judged on, with the same outcome, the
    paired bootstrap's lower bound of (ours − theirs) must lie above −``NOT_WORSE``. Too few shared
    rows prove nothing: then the champion stays.
    """
    found = paired_difference(task, ours, theirs)
    return found is not None and found.low >= -NOT_WORSE * _unit(task, theirs)


def paired_difference(task: Task, ours: pa.Table, theirs: pa.Table) -> Interval | None:
    """Return how much better ours is by the task's usual metric, with its paired interval.

    For metrics that are better low, the sign is turned: above zero is always better. None where
    the two share fewer than ``FEWEST_SHARED_ROWS`` rows.
    """
    first, second = _shared(ours, theirs)
    if len(first) < FEWEST_SHARED_ROWS:
        return None
    one, other = _margins(ours, first), _margins(theirs, second)
    if one.shape != other.shape:
        return None
    codes = ours.column("code").to_numpy()[first]
    persons = np.array(ours.column("person").to_pylist())[first]
    name = USUAL[task]
    metrics = metrics_of(task, codes, one)[name], metrics_of(task, codes, other)[name]
    better, worse = metrics if name not in LOWER_IS_BETTER else metrics[::-1]
    return difference_with_interval(better, worse, len(first), persons)


def _unit(task: Task, theirs: pa.Table) -> float:
    """Return what a loss is measured in: the champion's mean absolute error for numbers, else 1."""
    if task != "number":
        return 1.0
    codes = theirs.column("code").to_numpy()
    margins = _margins(theirs, np.arange(len(codes)))
    return float(np.abs(codes - margins[:, 0]).mean())


def row_id(entity_id: str, as_of: np.datetime64) -> str:
    """Return the name of a judged row: one entity at one time, hashed."""
    return hashed(f"{entity_id}|{as_of}")


def _shared(ours: pa.Table, theirs: pa.Table) -> tuple[Ints, Ints]:
    """Return the places, in both tables, of the rows that both judged with the same outcome."""
    place = {key: at for at, key in enumerate(_keys(theirs))}
    pairs = [(at, place[key]) for at, key in enumerate(_keys(ours)) if key in place]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _keys(table: pa.Table) -> list[tuple[str, float]]:
    names, codes = table.column("row").to_pylist(), table.column("code").to_pylist()
    return list(zip(names, codes, strict=True))


def _margins(table: pa.Table, places: Ints) -> Floats:
    return np.array(table.column("margins").to_pylist(), dtype=np.float64)[places]


def hashed(identifier: str) -> str:
    """Return the short hash under which a judged row names its entity or person."""
    return sha256(identifier.encode()).hexdigest()[:24]

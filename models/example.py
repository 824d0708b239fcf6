"""A made-up input: drawn from each column's own range, never a row that anyone sent."""

from collections.abc import Sequence

import numpy as np

from features.shapes import Record
from features.spec import is_missing
from models.arrays import Persons
from models.columns import MISSING, category, persons_by_value

EXAMPLE_ROWS = 3
MADE_UP_TEXT = "El servicio no funciona desde ayer y nadie responde."
FEWEST_PERSONS = 10
"""A value of fewer persons could point at one of them, and is not shown."""


def synthetic_records(
    records: Sequence[Record],
    kinds: dict[str, str],
    seed: int = 0,
    persons: Persons | None = None,
) -> list[dict[str, object]]:
    """Return a few records whose columns are drawn independently of one another."""
    generator = np.random.default_rng(seed)
    columns = {
        name: _draws([record.get(name) for record in records], kind, generator, persons)
        for name, kind in kinds.items()
    }
    return [{name: values[i] for name, values in columns.items()} for i in range(EXAMPLE_ROWS)]


def _draws(
    values: list[object], kind: str, generator: np.random.Generator, persons: Persons | None
) -> list[object]:
    if kind == "text":
        return [MADE_UP_TEXT] * EXAMPLE_ROWS
    if kind == "category":
        counts = persons_by_value([category(value) for value in values], persons)
        common = sorted(v for v, n in counts.items() if n >= FEWEST_PERSONS and v != MISSING)
        drawn = generator.choice(common, EXAMPLE_ROWS) if common else [""] * EXAMPLE_ROWS
        return [str(value) for value in drawn]
    numbers = np.array([v for v in values if not is_missing(v)], dtype=np.float64)
    low, high = np.percentile(numbers, [5, 95]) if len(numbers) else (0.0, 1.0)
    return [round(float(v), 2) for v in generator.uniform(low, high, EXAMPLE_ROWS)]

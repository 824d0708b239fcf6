"""A made-up input: drawn from each column's own range, never a row that anyone sent."""

from collections.abc import Sequence

import numpy as np

from features.shapes import Record
from features.spec import is_missing
from models.columns import category

EXAMPLE_ROWS = 3
MADE_UP_TEXT = "El servicio no funciona desde ayer y nadie responde."
FEWEST_OF_A_VALUE = 10
"""A rarer value could point at a person, and is not shown."""


def synthetic_records(
    records: Sequence[Record], kinds: dict[str, str], seed: int = 0
) -> list[dict[str, object]]:
    """Return a few records whose columns are drawn independently of one another."""
    generator = np.random.default_rng(seed)
    columns = {
        name: _draws([record.get(name) for record in records], kind, generator)
        for name, kind in kinds.items()
    }
    return [{name: values[i] for name, values in columns.items()} for i in range(EXAMPLE_ROWS)]


def _draws(values: list[object], kind: str, generator: np.random.Generator) -> list[object]:
    if kind == "text":
        return [MADE_UP_TEXT] * EXAMPLE_ROWS
    present = [value for value in values if not is_missing(value)]
    if kind == "category":
        seen, counts = np.unique([category(value) for value in present], return_counts=True)
        common = seen[counts >= FEWEST_OF_A_VALUE]
        return (
            [str(v) for v in generator.choice(common, EXAMPLE_ROWS)]
            if len(common)
            else [""] * EXAMPLE_ROWS
        )
    numbers = np.array(present, dtype=np.float64)
    low, high = np.percentile(numbers, [5, 95]) if len(numbers) else (0.0, 1.0)
    return [round(float(v), 2) for v in generator.uniform(low, high, EXAMPLE_ROWS)]

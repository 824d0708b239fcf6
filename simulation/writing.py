"""Writing lines as the client's file: separated values, JSON lines or Parquet."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from simulation.dirt import Line
from simulation.sheets import Habits, Sheet

EXTENSIONS = {"csv": "csv", "json_lines": "jsonl", "parquet": "parquet"}


def write_lines(path: Path, sheet: Sheet, lines: Sequence[Line], habits: Habits) -> None:
    """Write a file; ``sheet`` gives the headers."""
    match habits.format:
        case "csv":
            _write_csv(path, sheet, lines, habits)
        case "json_lines":
            _write_json_lines(path, sheet, lines)
        case "parquet":
            _write_parquet(path, sheet, lines)


def _write_csv(path: Path, sheet: Sheet, lines: Sequence[Line], habits: Habits) -> None:
    with path.open("w", encoding=habits.encoding, newline="") as file:
        writer = csv.writer(file, delimiter=habits.delimiter, lineterminator=habits.newline)
        writer.writerow(sheet.headers)
        writer.writerows(line.cells for line in lines)


def _write_json_lines(path: Path, sheet: Sheet, lines: Sequence[Line]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            item = dict(zip(sheet.headers, (cell or None for cell in line.cells), strict=True))
            text = json.dumps(item, ensure_ascii=False)
            file.write((text[: len(text) // 2] if line.broken else text) + "\n")


def _write_parquet(path: Path, sheet: Sheet, lines: Sequence[Line]) -> None:
    """Write typed columns: seconds as integers, times as timestamps, truths as booleans."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    cells = list(zip(*(line.cells for line in lines), strict=True))
    arrays = [_typed(name or "", list(v)) for name, v in zip(sheet.columns, cells, strict=True)]
    pq.write_table(pa.table(dict(zip(sheet.headers, arrays, strict=True))), path)


def _typed(column: str, values: list[str]) -> "object":
    import pyarrow as pa

    kept = [value or None for value in values]
    if column.endswith("_at"):
        moments = np.array([value or "NaT" for value in values], dtype="datetime64[us]")
        return pa.array(moments, pa.timestamp("us"))
    if column.endswith("_seconds"):
        return pa.array([None if v is None else int(v) for v in kept], pa.int64())
    if column in {"answered", "transferred"}:
        return pa.array([None if v is None else v == "Sí" for v in kept], pa.bool_())
    return pa.array(kept, pa.string())

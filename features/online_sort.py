"""Rows of a table in the order of a key, however many they are: sorted in pieces, then merged.

A piece is sorted in memory and laid aside in a file; all files are read at once, a few rows of each
at a time (external merge sort: Knuth, The Art of Computer Programming, vol. 3, 5.4.1).
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa

PIECE_ROWS = 250_000
BATCH_ROWS = 2_000
"""Rows of each piece that wait in memory during the merge."""

Row = tuple[Any, ...]


def in_order(batches: Iterable[pa.Table], keys: Sequence[str], folder: Path) -> Iterator[Row]:
    """Yield the rows of batches, all of one schema, in the order of the keys.

    Parameters
    ----------
    batches
        Their keys are never NULL.
    folder
        An empty one for the pieces; whoever made it deletes it.
    """
    files = [_laid_aside(piece, keys, folder) for piece in _pieces(batches)]
    if not files:
        return
    with pa.OSFile(str(files[0])) as first:
        places = [pa.ipc.open_file(first).schema.get_field_index(key) for key in keys]
    yield from heapq.merge(*map(_rows, files), key=itemgetter(*places))


def _pieces(batches: Iterable[pa.Table]) -> Iterator[pa.Table]:
    waiting: list[pa.Table] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= PIECE_ROWS:
            yield pa.concat_tables(waiting)
            waiting, rows = [], 0
    if rows:
        yield pa.concat_tables(waiting)


def _laid_aside(piece: pa.Table, keys: Sequence[str], folder: Path) -> Path:
    path = folder / f"piece-{len(list(folder.iterdir()))}.arrow"
    rows = piece.sort_by([(key, "ascending") for key in keys])
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, rows.schema) as writer:
        writer.write_table(rows, max_chunksize=BATCH_ROWS)
    return path


def _rows(path: Path) -> Iterator[Row]:
    with pa.OSFile(str(path)) as file:
        reader = pa.ipc.open_file(file)
        for number in range(reader.num_record_batches):
            columns = [column.to_pylist() for column in reader.get_batch(number).columns]
            yield from zip(*columns, strict=True)

"""A piece of a file as the engine gets it: the mapped columns, and free texts once more, masked.

Masking is done here, in Arrow, for both engines: neither runs Python, so no worker of theirs needs
this project (ADR 39).
"""

from collections.abc import Mapping

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Column
from foundation.spelling import EDGES
from ingestion.extractors.persons import Own
from ingestion.job import Job
from ingestion.masking import mask_all
from ingestion.reading import RawTable
from ingestion.vocabulary import fold

RAW, MASKED = "raw_", "masked_"
"""Prefixes of working columns; a contract's own names stay free."""


def raw_rows(job: Job, raw: RawTable) -> pa.Table:
    """Return the mapped columns of a piece under working names, with their row numbers.

    ``masked_*`` holds what masking makes of a free text; NULL where it changes nothing.
    """
    cells = {RAW + c.name: _composed(c, raw.rows[source]) for source, c in job.mapped.items()}
    masked = {
        MASKED + c.name: _masked(cells[RAW + c.name], job.values_of(c), job.own)
        for c in free_texts(job)
    }
    return pa.table({**cells, **masked, "row_number": raw.rows["row_number"]})


def free_texts(job: Job) -> list[Column]:
    """Return the columns of the file that hold free text."""
    return [c for c in job.mapped.values() if c.classification == "free_text"]


def _composed(column: Column, cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return what identifies in Unicode's normal form C: some systems part letter and accent."""
    identifies = column.key or column.classification == "identifier" or column.role == "reference"
    if not identifies or pc.all(pc.string_is_ascii(cells)).as_py() is not False:
        return cells
    # Arrow's own function takes letters apart whatever form it is asked for.
    composed = pl.Series(cells).str.normalize("NFC").to_arrow(compat_level=pl.CompatLevel.oldest())
    return composed.cast(cells.type)


def _masked(cells: pa.ChunkedArray, values: Mapping[str, str], own: Own) -> pa.ChunkedArray:
    """Mask texts as ``casts.clean`` leaves them."""
    texts = pc.utf8_trim(cells, characters=EDGES)
    if values:
        meant = {fold(written): stored for written, stored in values.items()}
        said = [text and meant.get(fold(text), text) for text in texts.to_pylist()]
        texts = pa.chunked_array([said], pa.string())
    masked = mask_all(texts, own)
    return pc.if_else(pc.equal(masked, texts), pa.scalar(None, pa.string()), masked)

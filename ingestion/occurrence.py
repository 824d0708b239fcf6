"""Rows known by their content alone: the first, second, third … with the same content."""

import polars as pl
import pyarrow as pa

from ingestion.job import Job
from ingestion.schema import entity_of, stored_columns


class Occurrences:
    """Counts how often a content stood in the pieces of a file so far."""

    def __init__(self) -> None:
        self._before: pl.DataFrame | None = None

    def number(self, rows: pa.Table, job: Job) -> pa.Table:
        """Give the rows of the next piece their keys: hash of the content, and its occurrence.

        Parameters
        ----------
        rows
            Prepared rows in the order of the file; all columns that hold the key are given it.
        """
        frame = pl.DataFrame({"row_hash": _series(rows["row_hash"])})
        here = frame.select("row_hash", pl.int_range(1, pl.len() + 1).over("row_hash").alias("n"))
        if self._before is not None:
            here = here.join(self._before, "row_hash", "left", maintain_order="left").select(
                "row_hash", pl.col("n") + pl.col("before").fill_null(0)
            )
        keys = here.select(pl.format("{}-{}", "row_hash", "n")).to_series()
        self.pass_over(rows["row_hash"])
        column = keys.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string())
        for name in key_columns(job):
            rows = rows.set_column(rows.column_names.index(name), name, column)
        return rows

    def pass_over(self, hashes: pa.ChunkedArray) -> None:
        """Count the rows of a piece that has its keys already."""
        counted = pl.DataFrame({"row_hash": _series(hashes)}).group_by("row_hash").len("before")
        together = counted if self._before is None else pl.concat([self._before, counted])
        self._before = together.group_by("row_hash").agg(pl.col("before").sum())


def key_columns(job: Job) -> list[str]:
    """Return the columns that hold the key of a row that is known by its content."""
    entity = entity_of(job.table)
    person = ["person_token"] if entity is not None and entity.key else []
    return ["row_key", *person, *(c.name for c in stored_columns(job.table) if c.key)]


def _series(column: pa.ChunkedArray) -> pl.Series:
    series = pl.from_arrow(column)
    assert isinstance(series, pl.Series)
    return series.cast(pl.String)

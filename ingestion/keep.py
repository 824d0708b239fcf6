"""What a file does not bring stays as it was: columns it lacks keep their earlier values.

A client who sends identification and balance says nothing of the plan. Written as NULL it would be
forgotten, and every model would learn that it was never known. A blank cell of a column that the
file does have is another thing: that empties the value.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.job import Job
from ingestion.schema import entity_of, stored_columns

if TYPE_CHECKING:
    from lakehouse.lake import Lake

_EARLIER, _SINCE, _UNTIL = "earlier: ", "since:", "until:"
"""Working names; no column of a contract is called so."""


class Earlier:
    """The earlier values, in silver, of rows that are to be written and of columns a file lacks.

    Parameters
    ----------
    rows
        What is to be written, some at a time: ``row_key`` (and ``valid_from``, where there is
        history), each once.

    Attributes
    ----------
    kept
        The columns in which a value is kept.
    """

    def __init__(self, lake: "Lake", job: Job, rows: Iterable[pa.Table]) -> None:
        ref = lake.ref(job.tenant, "silver", job.table.name)
        self._history = job.table.history
        self.kept: tuple[str, ...] = ()
        self._values: pl.DataFrame | None = None
        names = _absent(job)
        if job.by_row or not names or not lake.exists(ref):
            return
        lines = [table.select(self._on) for table in rows]
        if not sum(line.num_rows for line in lines):
            return
        keys = pc.unique(pa.chunked_array([c for line in lines for c in line["row_key"].chunks]))
        times = ["valid_from", "valid_to"] if self._history else []
        mine = pc.field("row_key").isin(keys)
        stored = pl.DataFrame(lake.arrow(ref, columns=["row_key", *times, *names], where=mine))
        known = [name for name in names if stored[name].null_count() < stored.height]
        if known:
            values = stored.select("row_key", *times, *known)
            self._values = values.rename({name: _EARLIER + name for name in known})
            joined = self._joined(pl.DataFrame(pa.concat_tables(lines)))
            self.kept = tuple(n for n in known if joined[_EARLIER + n].null_count() < joined.height)

    @property
    def _on(self) -> list[str]:
        return ["row_key", "valid_from"] if self._history else ["row_key"]

    def given_to(self, rows: pa.Table) -> pa.Table:
        """Return rows in silver's schema with the values that their file lacks and silver has."""
        if not self.kept or not rows.num_rows:
            return rows
        joined = self._joined(pl.DataFrame(rows))
        values = (pl.coalesce(_EARLIER + name, name).alias(name) for name in self.kept)
        whole = joined.with_columns(*values).select(rows.schema.names)
        return whole.to_arrow().cast(rows.schema)

    def _joined(self, rows: pl.DataFrame) -> pl.DataFrame:
        assert self._values is not None
        join = _at_their_time if self._history else _by_key
        return join(rows, self._values)


def _absent(job: Job) -> list[str]:
    """Return the columns of silver that the file lacks and that say something of the row."""
    names = [
        column.name
        for column in stored_columns(job.table)
        if column.name not in job.mapped_names
        and not column.key
        and column.role not in {"operation", "effective_time"}
    ]
    entity = entity_of(job.table)
    if entity is not None and entity.name not in job.mapped_names:
        names.append("person_token")
    return names


def _by_key(rows: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    return rows.join(earlier, on="row_key", how="left", suffix="_unused")


def _at_their_time(rows: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Join each row with the version that held when it begins; none where the customer had left."""
    versions = earlier.rename({"valid_from": _SINCE, "valid_to": _UNTIL})
    lasting = versions.filter(pl.col(_UNTIL).is_null() | (pl.col(_UNTIL) > pl.col(_SINCE)))
    joined = rows.sort("valid_from").join_asof(
        lasting.sort(_SINCE),
        left_on="valid_from",
        right_on=_SINCE,
        by="row_key",
        strategy="backward",
        suffix="_unused",
        check_sortedness=False,
    )
    gone = pl.col(_UNTIL).is_not_null() & (pl.col(_UNTIL) < pl.col("valid_from"))
    values = [name for name in joined.columns if name.startswith(_EARLIER)]
    kept = (pl.when(~gone).then(pl.col(name)).alias(name) for name in values)
    return joined.with_columns(*kept)

"""What a file does not bring stays as it was: columns it lacks keep their earlier values.

A client who sends identification and balance says nothing of the plan. Written as NULL it would be
forgotten, and every model would learn that it was never known. A blank cell of a column that the
file does have is another thing: that empties the value.
"""

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


def keep_earlier(lake: "Lake", job: Job, rows: pa.Table) -> tuple[pa.Table, tuple[str, ...]]:
    """Give rows that are to be written the values that their file lacks and silver has.

    Parameters
    ----------
    rows
        In silver's schema, one for each key (and time, where there is history).

    Returns
    -------
    tuple
        The rows, and the columns in which a value was kept.
    """
    ref = lake.ref(job.tenant, "silver", job.table.name)
    names = _absent(job)
    if job.by_row or not names or not rows.num_rows or not lake.exists(ref):
        return rows, ()
    times = ["valid_from", "valid_to"] if job.table.history else []
    mine = pc.field("row_key").isin(pc.unique(rows["row_key"]))
    stored = pl.DataFrame(lake.arrow(ref, columns=["row_key", *times, *names], where=mine))
    known = [name for name in names if stored[name].null_count() < stored.height]
    if not known:
        return rows, ()
    earlier = stored.rename({name: _EARLIER + name for name in known})
    join = _at_their_time if job.table.history else _by_key
    joined = join(pl.DataFrame(rows), earlier)
    kept = [name for name in known if joined[_EARLIER + name].null_count() < joined.height]
    values = (pl.coalesce(_EARLIER + name, name).alias(name) for name in kept)
    whole = joined.with_columns(*values).select(rows.schema.names)
    return whole.to_arrow().cast(rows.schema), tuple(kept)


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

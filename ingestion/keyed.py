"""Facts merged by key: what each row of a file does to a table without history.

The last row of a key in the file counts; the same content changes nothing. Only keys, hashes and
numbers are held: millions of rows fit into memory, and no engine is asked.
"""

from collections.abc import Iterable

import polars as pl


def plan_keyed(incoming: pl.DataFrame, stored: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Say what becomes of each key.

    Parameters
    ----------
    incoming
        Good rows in the order of the file: ``row_key, row_number, operation_asked``, and
        ``row_hash`` where there is a ``stored``.
    stored
        Silver as it stands, some rows at a time: ``row_key, row_hash``.

    Returns
    -------
    DataFrame
        The last row of each key: ``row_key, row_number, outcome`` (inserted, updated, unchanged,
        deleted, or unknown: a row to delete whose key nobody has), ``written``, and ``there``:
        silver holds the key. All other rows were superseded.
    """
    rows = incoming
    deletes = pl.col("operation_asked") == "delete"
    if rows.select(deletes.any()).item():
        earlier = pl.col("operation_asked").shift(1).over("row_key")
        rows = rows.with_columns((earlier != "delete").fill_null(False).alias("before"))
    else:
        rows = rows.with_columns(pl.lit(False).alias("before"))
    last = rows.unique("row_key", keep="last")
    found = [_matched(last, batch) for batch in stored]
    same = pl.concat(found) if found else _NOTHING
    joined = last.join(same, "row_number", "left").with_columns(
        pl.col("same").is_not_null().alias("there")
    )
    outcome = (
        pl.when(deletes & (pl.col("there") | pl.col("before")))
        .then(pl.lit("deleted"))
        .when(deletes)
        .then(pl.lit("unknown"))
        .when(~pl.col("there"))
        .then(pl.lit("inserted"))
        .when(pl.col("same"))
        .then(pl.lit("unchanged"))
        .otherwise(pl.lit("updated"))
    )
    judged = joined.select("row_key", "row_number", "there", outcome.alias("outcome"))
    return judged.with_columns(pl.col("outcome").is_in(["inserted", "updated"]).alias("written"))


_NOTHING = pl.DataFrame(schema={"row_number": pl.Int64, "same": pl.Boolean})


def _matched(last: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose key is among the stored ones, and whether they say the same."""
    both = last.join(stored.rename({"row_hash": "stored_hash"}), "row_key")
    same = (pl.col("row_hash") == pl.col("stored_hash")).fill_null(False)
    return both.select("row_number", same.alias("same"))

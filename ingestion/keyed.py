"""Facts merged by key: what each row of a file does to a table without history.

DataFrame in, DataFrame out. The last row of a key in the file counts; the same content changes
nothing.
"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as fn


def plan_keyed(incoming: DataFrame, existing: DataFrame) -> DataFrame:
    """Say what becomes of each row.

    Parameters
    ----------
    incoming
        Good rows: ``row_key, row_number, row_hash, operation_asked``.
    existing
        Silver as it stands: ``row_key, row_hash``.

    Returns
    -------
    DataFrame
        ``incoming`` with ``outcome`` (inserted, updated, unchanged, superseded, deleted, or
        unknown: a row to delete whose key nobody has), ``written`` and ``removed``.
    """
    stored = existing.select(
        fn.col("row_key").alias("stored_key"), fn.col("row_hash").alias("stored_hash")
    )
    in_file = Window.partitionBy("row_key").orderBy("row_number")
    rows = incoming.select(
        "*",
        fn.lead("row_number").over(in_file).isNull().alias("last"),
        fn.lag("operation_asked").over(in_file).alias("earlier"),
    ).join(stored, fn.col("row_key") == fn.col("stored_key"), "left")
    there = fn.col("stored_key").isNotNull()
    deletes = fn.col("operation_asked") == "delete"
    before = fn.coalesce(fn.col("earlier") != "delete", fn.lit(False))
    same = fn.coalesce(fn.col("row_hash") == fn.col("stored_hash"), fn.lit(False))
    outcome = (
        fn.when(~fn.col("last"), "superseded")
        .when(deletes & (there | before), "deleted")
        .when(deletes, "unknown")
        .when(~there, "inserted")
        .when(same, "unchanged")
        .otherwise("updated")
    )
    judged = rows.withColumn("outcome", outcome)
    return judged.select(
        *incoming.columns,
        "outcome",
        fn.col("outcome").isin("inserted", "updated").alias("written"),
        ((fn.col("outcome") == "deleted") & there).alias("removed"),
    )

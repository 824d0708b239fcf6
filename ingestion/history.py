"""Customers with their history: every version, since when and until when it held (SCD type 2).

DataFrame in, DataFrame out. Versions, the file's rows and ends (a closed version's, a deletion's, an
absence's in a snapshot) are events of one key on one line of time. At one moment the last event
counts; a row that says what already holds is dropped; each version that is kept lasts until the next
event. So late rows and many versions of a key in one file need no case of their own.
"""

from datetime import datetime

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as fn

STORED, CLOSED, SENT, ABSENT = 0, 1, 2, 3
"""What an event is, in the order in which events of one moment count."""


def plan_history(
    incoming: DataFrame, existing: DataFrame, ends_absent: bool, received_at: datetime
) -> DataFrame:
    """Say what becomes of each row, and which versions to write.

    Parameters
    ----------
    incoming
        Good rows: silver's columns (``valid_to`` NULL) and ``operation_asked``.
    existing
        Silver's versions: of all keys where ``ends_absent``, else at least of the file's keys.
    ends_absent
        The file is a snapshot: who is not in it has left.
    received_at
        When the snapshot was taken, where it has no rows to say so.

    Returns
    -------
    DataFrame
        Silver's columns, ``kind`` (``SENT`` for rows of the file, ``STORED`` for versions whose end
        moved, ``ABSENT`` one for each version that the snapshot ended), ``outcome`` of a row sent, and
        ``written``.
    """
    events = _events(incoming, existing, ends_absent, received_at)
    return _ended(_judged(_winners(events))).select(*existing.columns, "kind", "outcome", "written")


def _events(
    incoming: DataFrame, existing: DataFrame, ends_absent: bool, received_at: datetime
) -> DataFrame:
    after = fn.lead("valid_from").over(Window.partitionBy("row_key").orderBy("valid_from"))
    versions = existing.withColumn("after", after)
    sent = incoming.withColumn("kind", fn.lit(SENT)).withColumn(
        "content", fn.when(fn.col("operation_asked") != "delete", fn.col("row_hash"))
    )
    stored = versions.withColumn("kind", fn.lit(STORED)).withColumn("content", fn.col("row_hash"))
    closed = versions.where(
        fn.col("valid_to").isNotNull()
        & (fn.col("after").isNull() | (fn.col("valid_to") < fn.col("after")))
    )
    columns = [*existing.columns, "kind", "content"]
    events = (
        sent.select(columns).union(stored.select(columns)).union(_ends(closed, CLOSED, columns))
    )
    if not ends_absent:
        return events
    return events.union(_ends(_absent(incoming, versions, received_at), ABSENT, columns))


def _ends(versions: DataFrame, kind: int, columns: list[str]) -> DataFrame:
    """Return an event without content where each version ends."""
    ended = versions.withColumn("valid_from", fn.col("valid_to")).withColumn("kind", fn.lit(kind))
    return ended.withColumn("content", fn.lit(None).cast("string")).select(columns)


def _absent(incoming: DataFrame, versions: DataFrame, received_at: datetime) -> DataFrame:
    """Return open last versions of keys that the snapshot lacks, ending at the snapshot's time."""
    taken = incoming.agg(
        fn.coalesce(fn.max("valid_from"), fn.lit(received_at).cast("timestamp")).alias("taken_at")
    )
    present = incoming.select("row_key").distinct()
    open_now = versions.where(fn.col("after").isNull() & fn.col("valid_to").isNull())
    gone = open_now.join(present, "row_key", "left_anti").crossJoin(taken)
    gone = gone.where(fn.col("valid_from") < fn.col("taken_at"))
    return gone.withColumn("valid_to", fn.col("taken_at"))


def _winners(events: DataFrame) -> DataFrame:
    """Mark the one event that counts at each moment of a key."""
    key, moment = Window.partitionBy("row_key"), Window.partitionBy("row_key", "valid_from")
    latest = moment.orderBy(fn.desc("kind"), fn.desc("row_number"))
    stored_hash = fn.max(fn.when(fn.col("kind") == STORED, fn.col("content"))).over(moment)
    closed = fn.max((fn.col("kind") == CLOSED).cast("int")).over(moment)
    marked = events.select(
        "*",
        fn.row_number().over(latest).alias("place"),
        fn.first("kind").over(latest).alias("last_kind"),
        fn.first("content").over(latest).alias("last_content"),
        fn.when(closed == 0, stored_hash).alias("stored_here"),
        stored_hash.alias("version_here"),
        fn.sum((fn.col("kind") == SENT).cast("int")).over(moment).alias("sent_here"),
        fn.max((fn.col("kind") == STORED).cast("int")).over(key).alias("known"),
    )
    # The row that wins says what the stored version says: the version stays, the row changes nothing.
    stays = (fn.col("last_kind") == SENT) & fn.coalesce(
        fn.col("last_content") == fn.col("stored_here"), fn.lit(False)
    )
    return marked.withColumn("stays", stays).withColumn(
        "wins",
        fn.when(fn.col("stays"), fn.col("kind") == STORED).otherwise(fn.col("place") == 1),
    )


def _judged(events: DataFrame) -> DataFrame:
    """Judge each row of the file against the event before it; mark the events that stay."""
    line = Window.partitionBy("row_key", "wins").orderBy("valid_from")
    earlier = line.rowsBetween(Window.unboundedPreceding, -1)
    compared = events.select(
        "*",
        fn.lag("content").over(line).alias("held"),
        fn.max("content").over(earlier).isNotNull().alias("seen"),
    )
    judged = compared.withColumn("outcome", _outcome())
    idle = fn.coalesce(fn.col("outcome").isin("unchanged", "unknown"), fn.lit(False))
    return judged.withColumn("kept", fn.col("wins") & ~idle)


def _outcome() -> Expression:
    """Return what became of a row of the file; NULL for other events."""
    deletes = fn.col("content").isNull()
    same = fn.coalesce(fn.col("content") == fn.col("held"), fn.lit(False))
    lived = fn.col("held").isNotNull() | fn.col("stored_here").isNotNull()
    return (
        fn.when(fn.col("kind") != SENT, fn.lit(None).cast("string"))
        .when(fn.col("place") > 1, "superseded")
        .when(fn.col("stays"), "unchanged")
        .when(deletes & (lived | (fn.col("sent_here") > 1)), "deleted")
        .when(deletes, "unknown")
        .when(fn.col("version_here").isNotNull(), "updated")
        .when(same, "unchanged")
        .when((fn.col("known") == 1) | fn.col("seen"), "updated")
        .otherwise("inserted")
    )


def _ended(events: DataFrame) -> DataFrame:
    """Give each version its end; a version of the store is written where its end moved."""
    line = Window.partitionBy("row_key", "kept").orderBy("valid_from")
    stored = fn.col("kind") == STORED
    # Ended at the very moment it began: it never held, and stays as a trace of what was recorded.
    annulled = stored & ~fn.col("wins") & fn.col("last_content").isNull()
    annulled = annulled & fn.col("last_kind").isin(SENT, ABSENT)
    end = (
        fn.when(annulled, fn.col("valid_from"))
        .when(fn.col("kept"), fn.col("next_at"))
        .otherwise(fn.col("valid_to"))
    )
    moved = stored & (fn.col("kept") | annulled) & ~fn.col("until").eqNullSafe(fn.col("valid_to"))
    sent = fn.coalesce(fn.col("outcome").isin("inserted", "updated"), fn.lit(False))
    placed = events.withColumn("next_at", fn.lead("valid_from").over(line)).withColumn("until", end)
    written = placed.withColumn("written", sent | moved)
    told = fn.col("written") | fn.col("outcome").isNotNull() | fn.col("kind").isin(ABSENT)
    return written.where(told).withColumn("valid_to", fn.col("until"))

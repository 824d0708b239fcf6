"""Customers with their history: every version, since when and until when it held (SCD type 2).

DataFrame in, DataFrame out. What the store holds, what the file says and what ends (a closed
version, a deletion, an absence in a snapshot) meet at *moments*: one row for each key and time. At
a moment the file counts before the store, and its last row before the others. A moment that says
what already holds is idle; each other one lasts until the next. So late rows and many versions of a
key in one file need no case of their own.
"""

from collections.abc import Callable
from datetime import datetime

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as fn

BUCKETS = 32
"""Windows run over buckets of keys, not over keys: thousands of tiny partitions are slow."""

_NUMBER_WIDTH = 19


def plan_history(
    incoming: DataFrame, existing: DataFrame, ends_absent: bool, received_at: datetime
) -> DataFrame:
    """Say what becomes of the file's rows, and which versions to write.

    Parameters
    ----------
    incoming
        Good rows: ``row_key, valid_from, row_number, row_hash, operation_asked``.
    existing
        The store's versions (``row_key, valid_from, valid_to, row_hash``): of all keys where
        ``ends_absent``, else at least of the file's keys.
    ends_absent
        The file is a snapshot: who is not in it has left, at the latest time that it names.
    received_at
        When the snapshot was taken, where it has no rows to say so.

    Returns
    -------
    DataFrame
        One row a moment at which something happens: ``row_key, valid_from``; ``row_number`` of the
        row that counts, with its ``outcome`` (inserted, updated, unchanged, deleted, unknown);
        ``valid_to``, and whether the row (``writes_row``) or the stored version (``moves_end``) is
        to be written with it; ``ended``: a snapshot ends the key here. Rows of the file in no
        moment were superseded.
    """
    moments = _moments(_events(incoming, existing, ends_absent, received_at))
    return _with_ends(_judged(moments)).select(
        "row_key",
        "valid_from",
        "row_number",
        "outcome",
        "valid_to",
        "writes_row",
        "moves_end",
        _true("absent").alias("ended"),
    )


def _events(
    incoming: DataFrame, existing: DataFrame, ends_absent: bool, received_at: datetime
) -> DataFrame:
    """Return what is known of each key at each time, one row for each thing that is known."""
    content = fn.when(fn.col("operation_asked") != "delete", fn.col("row_hash"))
    number = fn.lpad(fn.col("row_number").cast("string"), _NUMBER_WIDTH, "0")
    # The row's number leads, so that the greatest text is the last row of the moment.
    sent = _event(incoming, "valid_from", sent=fn.concat(number, fn.coalesce(content, fn.lit(""))))
    stored = _event(existing, "valid_from", stored=fn.col("row_hash"), stored_to=fn.col("valid_to"))
    annulled = (fn.col("valid_from") == fn.col("valid_to")).cast("int")
    closed = _event(
        existing.where(fn.col("valid_to").isNotNull()), "valid_to", closed=1, annulled=annulled
    )
    events = sent.union(stored).union(closed)
    if not ends_absent:
        return events
    absent = _absent(incoming, existing, received_at)
    return events.union(_event(absent, "taken_at", absent=1))


def _event(rows: DataFrame, at: str, **known: Expression | int) -> DataFrame:
    types = {
        "sent": "string",
        "stored": "string",
        "stored_to": "timestamp",
        "closed": "int",
        "annulled": "int",
        "absent": "int",
    }
    facts = {name: known.get(name) for name in types}
    columns = [
        (fact if isinstance(fact, Expression) else fn.lit(fact)).cast(types[name]).alias(name)
        for name, fact in facts.items()
    ]
    return rows.select("row_key", fn.col(at).alias("valid_from"), *columns)


def _absent(incoming: DataFrame, existing: DataFrame, received_at: datetime) -> DataFrame:
    """Return the open versions of keys that the snapshot lacks, with the snapshot's time."""
    taken = incoming.agg(
        fn.coalesce(fn.max("valid_from"), fn.lit(received_at).cast("timestamp")).alias("taken_at")
    )
    present = incoming.select("row_key").distinct()
    open_now = existing.where(fn.col("valid_to").isNull())
    gone = open_now.join(present, "row_key", "left_anti").crossJoin(taken)
    return gone.where(fn.col("valid_from") < fn.col("taken_at"))


def _moments(events: DataFrame) -> DataFrame:
    """Return one row for each key and time: what the store holds there, what the file says."""
    facts = [fn.max(name).alias(name) for name in events.columns[2:]]
    rows = events.groupBy("row_key", "valid_from").agg(*facts, fn.count("sent").alias("sent_here"))
    hash_sent = fn.substring("sent", _NUMBER_WIDTH + 1, 1_000)
    number = fn.substring("sent", 1, _NUMBER_WIDTH).cast("bigint")
    read = rows.select(
        "*",
        number.alias("row_number"),
        fn.when(hash_sent != "", hash_sent).alias("row_hash"),
        # A version whose end is another's beginning was followed, not closed.
        fn.when(_true("annulled") | (_true("closed") & fn.col("stored").isNull()), 1).alias("shut"),
    )
    content = (
        fn.when(_true("absent"), None)
        .when(fn.col("row_number").isNotNull(), fn.col("row_hash"))
        .when(_true("shut"), None)
        .otherwise(fn.col("stored"))
    )
    return read.withColumn("content", content)


def _judged(moments: DataFrame) -> DataFrame:
    """Judge the row that counts at each moment against what held until then."""
    keys = moments.groupBy(fn.col("row_key").alias("of_key")).agg(
        fn.max(fn.col("stored").isNotNull().cast("int")).alias("known"),
        fn.min(fn.when(fn.col("content").isNotNull(), fn.col("valid_from"))).alias("first_at"),
    )
    held = fn.when(_beside(fn.lag, "row_key") == fn.col("row_key"), _beside(fn.lag, "content"))
    judged = moments.withColumn("held", held).join(keys, fn.col("row_key") == fn.col("of_key"))
    return judged.withColumn("outcome", _outcome())


def _outcome() -> Expression:
    """Return what becomes of the row that counts; NULL where the file says nothing."""
    here = fn.when(~_true("shut"), fn.col("stored"))
    deletes = fn.col("row_hash").isNull()
    lived = fn.col("held").isNotNull() | here.isNotNull() | (fn.col("sent_here") > 1)
    return (
        fn.when(fn.col("row_number").isNull(), None)
        .when(deletes & lived, "deleted")
        .when(deletes, "unknown")
        .when(_same(fn.col("row_hash"), here), "unchanged")
        .when(fn.col("stored").isNotNull(), "updated")
        .when(_same(fn.col("row_hash"), fn.col("held")) & ~_true("shut"), "unchanged")
        .when((fn.col("known") == 1) | (fn.col("first_at") < fn.col("valid_from")), "updated")
        .otherwise("inserted")
    )


def _with_ends(moments: DataFrame) -> DataFrame:
    """Give each version its end; a stored one is written where its end moved."""
    outcome = fn.coalesce(fn.col("outcome"), fn.lit(""))
    idle = outcome.isin("unchanged", "unknown") & fn.col("stored").isNull()
    following = fn.when(
        _beside(fn.lead, "row_key") == fn.col("row_key"), _beside(fn.lead, "valid_from")
    )
    never = fn.lit(None).cast("timestamp")
    lasting = moments.where(~idle).withColumn("next_at", following)
    rows = lasting.union(moments.where(idle).withColumn("next_at", never))
    writes_row = outcome.isin("inserted", "updated")
    # Ended at the very moment it began: it never held, and stays as a trace of what was recorded.
    end = fn.when(fn.col("content").isNull(), fn.col("valid_from")).otherwise(fn.col("next_at"))
    moves = fn.col("stored").isNotNull() & ~writes_row & ~end.eqNullSafe(fn.col("stored_to"))
    told = rows.select(
        "*", end.alias("valid_to"), writes_row.alias("writes_row"), moves.alias("moves_end")
    )
    return told.where(fn.col("row_number").isNotNull() | fn.col("moves_end") | _true("absent"))


def _beside(shift: Callable[[str], Expression], name: str) -> Expression:
    """Return a column of the moment before or after, which may be another key's."""
    bucket = fn.crc32(fn.encode("row_key", "utf-8")) % BUCKETS
    line = Window.partitionBy(bucket).orderBy("row_key", "valid_from")
    return shift(name).over(line)


def _true(name: str) -> Expression:
    return fn.coalesce(fn.col(name) == 1, fn.lit(False))


def _same(one: Expression, other: Expression) -> Expression:
    return fn.coalesce(one == other, fn.lit(False))

"""From strings to silver's rows, in the engine: typed, checked once, tokenised.

DataFrame in, DataFrame out. Every row of the file comes out; ``reasons`` names the checks that it
fails (numbers into ``checks_of``), and is empty for a good row. Texts come masked already.
"""

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as fn

from data_contracts.checks import RowCheck
from data_contracts.contract import Column
from ingestion.casts import MONEY, clean, literal, typed
from ingestion.into_engine import MASKED, RAW, free_texts
from ingestion.job import Job
from ingestion.masking import MASKER_VERSION
from ingestion.rules import checks_of, violates
from ingestion.schema import entity_of, personal_columns, silver_schema, stored_columns
from ingestion.tokens import hmac_expression, token_expression

TEXT, VALUE, PERSONAL, BLANK = "text_", "value_", "personal_", "blank_"
"""Prefixes of working columns; a contract's own names stay free."""

ENGINE_TYPES = {
    "string": "string",
    "integer": "bigint",
    "number": "double",
    "money": MONEY,
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}


def prepare(rows: DataFrame, job: Job) -> DataFrame:
    """Return every row as silver would hold it.

    Returns
    -------
    DataFrame
        Columns of ``silver_schema`` and ``reasons`` (comma-separated numbers of failed checks,
        empty for a good row), ``operation_asked``, ``personal_*`` (texts in the clear) and
        ``blank_*`` (whether a declared meaning filled a blank).
    """
    masked = (MASKED + c.name for c in free_texts(job))
    texts = rows.select("row_number", *masked, *(_text(job, c) for c in job.mapped.values()))
    values = texts.select("*", *(_value(job, c) for c in job.mapped.values()))
    judged = values.select("*", _operation(job)).select("*", _reasons(job))
    named = judged.select("*", *_tokens(job)).select("*", _content_hash(job))
    return named.select("*", _row_key(job)).select(*_outputs(job))


def _text(job: Job, column: Column) -> Expression:
    raw = fn.col(RAW + column.name)
    return clean(column, raw, job.values_of(column)).alias(TEXT + column.name)


def _value(job: Job, column: Column) -> Expression:
    text = fn.col(TEXT + column.name)
    form = job.formats.get(column.name)
    zone = job.tenant.time_zone
    value = typed(column, text, form, zone) if form else typed(column, text, time_zone=zone)
    if column.blank_means is not None:
        value = fn.when(text.isNull(), literal(column, column.blank_means)).otherwise(value)
    return value.alias(VALUE + column.name)


def _operation(job: Job) -> Expression:
    if not job.changes:
        return fn.lit("update").alias("operation_asked")
    name = job.table.by_role("operation")[0].name
    return fn.col(VALUE + name).alias("operation_asked")


def _reasons(job: Job) -> Expression:
    """Return the numbers of the failed checks; of a row to delete only the key's count."""
    keys = {c.name for c in job.table.keys} | {c.name for c in job.table.by_role("operation")}
    kept = fn.coalesce(fn.col("operation_asked") != "delete", fn.lit(True))
    failed = []
    for number, check in enumerate(checks_of(job)):
        broken = _broken(job, check)
        applies = broken if check.column in keys else broken & kept
        failed.append(fn.when(applies, fn.lit(str(number))))
    return fn.concat_ws(",", fn.lit(None).cast("string"), *failed).alias("reasons")


def _broken(job: Job, check: RowCheck) -> Expression:
    column = job.table.column(check.column)
    return violates(check, column, fn.col(TEXT + column.name), fn.col(VALUE + column.name))


def _tokens(job: Job) -> list[Expression]:
    return [
        token_expression(fn.col(TEXT + c.name), job.token_key, c.canonical).alias(f"token_{c.name}")
        for c in job.mapped.values()
        if c.classification == "identifier"
    ]


def _content_hash(job: Job) -> Expression:
    """Return a keyed hash of what the row says, the same however it was written.

    Pairs of name and value, so that a column which the contract gains later changes no hash.
    """
    left_out = {"operation", "effective_time"} if job.table.history else {"operation"}
    pairs = [
        fn.concat(fn.lit(f"{c.name}="), _spelled(c))
        for c in sorted(job.mapped.values(), key=lambda c: c.name)
        if c.role not in left_out
    ]
    return hmac_expression(fn.concat_ws("\u001f", *pairs), job.token_key).alias("row_hash")


def _spelled(column: Column) -> Expression:
    """Return a value as text; both engines write the same."""
    value = fn.col(VALUE + column.name)
    if column.classification == "identifier":
        return fn.col(f"token_{column.name}")
    if column.type == "number":
        return value.try_cast("decimal(38,6)").cast("string")
    if column.type == "timestamp":
        return fn.unix_micros(value).cast("string")
    return value.cast("string")


def _row_key(job: Job) -> Expression:
    if job.by_row:
        # Its occurrence is added where the pieces are put in order.
        return fn.col("row_hash").alias("row_key")
    parts = [_spelled(c) for c in job.table.keys]
    if len(parts) == 1:
        return parts[0].alias("row_key")
    sized = [fn.concat(fn.length(p).cast("string"), fn.lit(":"), p) for p in parts]
    return fn.concat(*sized).alias("row_key")


def _outputs(job: Job) -> list[Expression]:
    filled = {c.name: _stored(job, c) for c in stored_columns(job.table)}
    if job.by_row:
        filled |= {c.name: fn.col("row_key") for c in job.table.keys if c.name in filled}
    moment = fn.lit(job.received_at).cast("timestamp")
    system = {
        "row_key": fn.col("row_key"),
        "person_token": _person_token(job),
        "recorded_at": moment,
        "upload_id": fn.lit(job.upload_id),
        "row_number": fn.col("row_number"),
        "row_hash": fn.col("row_hash"),
        "masker_version": fn.lit(MASKER_VERSION),
        "valid_from": _valid_from(job, moment),
        "valid_to": fn.lit(None).cast("timestamp"),
    }
    names = silver_schema(job.table).names
    columns = [({**system, **filled})[name].alias(name) for name in names]
    return [*columns, fn.col("reasons"), fn.col("operation_asked"), *_beside(job)]


def _stored(job: Job, column: Column) -> Expression:
    if column.name not in job.mapped_names:
        absent = fn.lit(job.received_at) if column.role == "event_time" else fn.lit(None)
        return absent.cast(ENGINE_TYPES[column.type])
    if column.classification == "identifier":
        return fn.col(f"token_{column.name}")
    value = fn.col(VALUE + column.name)
    if column.classification == "free_text":
        return fn.coalesce(fn.col(MASKED + column.name), value)
    return value


def _person_token(job: Job) -> Expression:
    entity = entity_of(job.table)
    nobody = fn.lit(None).cast("string")
    if entity is None:
        return nobody
    if job.by_row and entity.key:
        return fn.col("row_key")
    return fn.col(f"token_{entity.name}") if entity.name in job.mapped_names else nobody


def _valid_from(job: Job, received_at: Expression) -> Expression:
    since = [c for c in job.table.by_role("effective_time") if c.name in job.mapped_names]
    return fn.coalesce(fn.col(VALUE + since[0].name), received_at) if since else received_at


def _beside(job: Job) -> list[Expression]:
    """Return the personal values, for the vault, and where a blank was given its meaning."""
    names = job.mapped_names
    personal = [c.name for c in personal_columns(job.table) if c.name in names]
    blank = [c.name for c in job.mapped.values() if c.blank_means is not None]
    return [
        *(fn.col(VALUE + name).cast("string").alias(PERSONAL + name) for name in personal),
        *(fn.col(TEXT + name).isNull().alias(BLANK + name) for name in blank),
    ]

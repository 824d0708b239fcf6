"""An upload as it was sent, read again from bronze: what was erased since is not there any more."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.payload import LINE, open_payloads
from ingestion.quarantine import Reason, reasons_of, stored_rows
from ingestion.reading.raw import ROW_NUMBER, BrokenLine, RawTable
from tenancy.upload import Upload

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


def raw_as_sent(
    lake: "Lake", tenant: "Tenant", upload: Upload, most: int | None = None
) -> RawTable:
    """Return an upload's rows as strings with their numbers, and its broken lines.

    Parameters
    ----------
    most
        Only rows up to this number: a look at the values.
    """
    ref = lake.ref(tenant, "bronze", upload.table)
    mine = pc.field("upload_id") == upload.id
    where = mine if most is None else mine & (pc.field("row_number") <= most)
    stored = lake.arrow(ref, columns=["row_number", "payload"], where=where).sort_by("row_number")
    numbers = stored["row_number"].to_pylist()
    keys = lake.keys.of(tenant)
    opened = open_payloads(stored["payload"].to_pylist(), numbers, upload.table, upload.id, keys)
    texts = [text.decode() for text in opened]
    types = {ROW_NUMBER: pl.Int64, "payload": pl.String}
    whole = pl.DataFrame({ROW_NUMBER: numbers, "payload": texts}, schema=types)
    lines = whole["payload"].str.starts_with(f'{{"{LINE}":')
    # Where no row is left that shows the headers, the mapped ones are all that matters.
    headers = _headers(whole.filter(~lines)) or list(upload.mapping.get("columns", {}))
    broken = _broken(lake, tenant, upload, whole.filter(lines))
    return _raw(whole.filter(~lines), headers, broken)


def _raw(rows: pl.DataFrame, headers: list[str], broken: tuple[BrokenLine, ...]) -> RawTable:
    fields = pl.Struct(dict.fromkeys(headers, pl.String))
    columns = [pl.col("payload").struct.field(header) for header in headers]
    read = rows.with_columns(pl.col("payload").str.json_decode(fields)).select(*columns, ROW_NUMBER)
    schema = pa.schema([*((h, pa.string()) for h in headers), (ROW_NUMBER, pa.int64())])
    return RawTable(tuple(headers), read.to_arrow().cast(schema), broken)


def _headers(rows: pl.DataFrame) -> list[str]:
    """Return the headers of the file: every row was sealed with all of them, in their order."""
    return list(json.loads(rows["payload"][0])) if rows.height else []


def _broken(
    lake: "Lake", tenant: "Tenant", upload: Upload, lines: pl.DataFrame
) -> tuple[BrokenLine, ...]:
    """Return the lines that could not be split, with what quarantine says of them.

    Quarantine may be kept for a shorter time than bronze: then only that they could not.
    """
    if not lines.height:
        return ()
    told = reasons_of(stored_rows(lake, tenant, upload.table, upload.id))
    texts = lines["payload"].str.json_decode(pl.Struct({LINE: pl.String})).struct.field(LINE)
    broken = []
    for number, raw in zip(lines[ROW_NUMBER].to_list(), texts.to_list(), strict=True):
        rule, arguments = _why(told.get(number, ()), number)
        line = int(arguments.pop("line"))
        broken.append(BrokenLine(number, line, raw, rule, arguments))
    return tuple(broken)


def _why(reasons: Sequence[Reason], number: int) -> tuple[str, dict[str, str]]:
    """Return the rule that a line broke and its arguments; its line is about its row's number."""
    if not reasons:
        return "unsplit", {"line": str(number)}
    return reasons[0].rule, dict(reasons[0].arguments)

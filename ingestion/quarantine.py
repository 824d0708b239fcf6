"""Quarantine: rows that no contract admits, as they came, each with every reason."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Column, Table
from foundation.texts import Language, text
from ingestion.job import Job
from ingestion.ledger.schema import RowRef
from ingestion.mapping import sources_of
from ingestion.payload import LINE, constant, open_rows
from ingestion.reading import safe_cell
from ingestion.redrive import ADDED
from ingestion.rules import SHOWN
from ingestion.schema import MOMENT, QUARANTINE
from tenancy.uploads import get_upload

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class Reason:
    """Why a row was rejected: the contract's column (empty for the whole line), rule, arguments."""

    column: str
    rule: str
    arguments: Mapping[str, str]

    def say(self, table: Table, source: str | None, language: Language = "es") -> str:
        """Return the sentence for a person, without the value.

        Parameters
        ----------
        source
            What the file calls the column; said where it is not what we call it.
        """
        if not self.column:
            return text(f"reading.rule_{self.rule}", language, **self.arguments)
        column = table.column(self.column)
        arguments = {k: _in_words(k, v, column, language) for k, v in self.arguments.items()}
        label = column.label.get(language, self.column)
        if source and source.casefold() != label.casefold():
            label = text("ingestion.column_as_sent", language, label=label, source=cut(source))
        return text(f"ingestion.rule_{self.rule}", language, column=label, **arguments)


@dataclass(frozen=True)
class Rejected:
    """A rejected row for a person: where, why, and the row as it came."""

    row_number: int
    column: str
    source: str
    rule: str
    sentence: str
    value: str | None
    row: Mapping[str, str | None]


def cut(words: str) -> str:
    """Return a tenant's own words, a header or a value, as long as a sentence can hold."""
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…"


def _in_words(name: str, value: str, column: Column, language: Language) -> str:
    """Return an argument in words: types and stored values have names, a limit is itself."""
    if name == "type":
        return text(f"ingestion.type_{value}", language)
    if name == "allowed":
        return ", ".join(column.word_for(stored, language) for stored in value.split(", "))
    return value


def quarantine_rows(
    job: Job,
    numbers: pa.ChunkedArray,
    reasons: Sequence[Sequence[Reason]],
    sealed: pa.ChunkedArray,
) -> pa.Table:
    """Return one quarantine row for each rejected row: its number, why, and its payload."""
    count = len(numbers)
    told = [
        [{"column": r.column, "rule": r.rule, "arguments": list(r.arguments.items())} for r in row]
        for row in reasons
    ]
    return pa.table(
        [
            constant(job.upload_id, count, pa.string()),
            constant(job.file_name, count, pa.string()),
            numbers,
            pa.array(told, QUARANTINE.field("reasons").type),
            sealed,
            constant(job.received_at, count, MOMENT),
        ],
        schema=QUARANTINE,
    )


def reasons_of(table: pa.Table) -> dict[int, tuple[Reason, ...]]:
    """Return the reasons that quarantine rows hold, by row number."""
    return dict(zip(table["row_number"].to_pylist(), reasons_in(table), strict=True))


def reasons_in(table: pa.Table) -> list[tuple[Reason, ...]]:
    """Return the reasons of each quarantine row."""
    return [tuple(map(reason_of, row)) for row in table["reasons"].to_pylist()]


def reason_of(told: Mapping[str, Any]) -> Reason:
    """Return a reason as quarantine stores it."""
    return Reason(told["column"], told["rule"], dict(told["arguments"]))


def stored_rows(lake: "Lake", tenant: "Tenant", table: str, upload_id: str) -> pa.Table:
    """Return an upload's quarantine rows, in the order of the file."""
    ref = lake.ref(tenant, "quarantine", table)
    if not lake.exists(ref):
        return QUARANTINE.empty_table()
    return lake.arrow(ref, where=pc.field("upload_id") == upload_id).sort_by("row_number")


def rejected_rows(
    lake: "Lake", tenant: "Tenant", upload_id: str, language: Language = "es"
) -> list[Rejected]:
    """Return an upload's rejected rows, one entry for each reason, in the order of the file.

    Raises
    ------
    NotFound
        The tenant has no such upload.
    """
    upload = get_upload(lake.store, tenant, upload_id)
    contract = lake.contract_of(tenant)
    table = contract.table(upload.table)
    rows = stored_rows(lake, tenant, upload.table, upload_id)
    sources = sources_of(upload.mapping)
    payloads, numbers = rows["payload"].to_pylist(), rows["row_number"].to_pylist()
    opened = open_rows(payloads, numbers, upload.table, upload_id, lake.keys.of(tenant))
    return [
        _told(number, reason, row, table=table, sources=sources, language=language)
        for (number, reasons), row in zip(reasons_of(rows).items(), opened, strict=True)
        for reason in reasons
    ]


def _told(
    number: int,
    reason: Reason,
    row: Mapping[str, str | None],
    *,
    table: Table,
    sources: Mapping[str, str],
    language: Language,
) -> Rejected:
    source = sources.get(reason.column, "")
    value = row.get(source) if reason.column else row.get(LINE)
    shown = None if value is None else cut(value)
    sentence = reason.say(table, source, language)
    return Rejected(number, reason.column, source, reason.rule, sentence, shown, row)


def download_csv(
    lake: "Lake", tenant: "Tenant", upload_id: str, language: Language = "es"
) -> bytes:
    """Return the rejected rows as a CSV file (UTF-8 with its mark) to be corrected and sent again.

    One line a row: its number, all reasons, its reference, then the columns as they came; no cell
    is a formula.
    """
    rejected = rejected_rows(lake, tenant, upload_id, language)
    rows: dict[int, Mapping[str, str | None]] = {r.row_number: r.row for r in rejected}
    why: dict[int, list[str]] = {}
    for entry in rejected:
        why.setdefault(entry.row_number, []).append(entry.sentence)
    headers = list(dict.fromkeys(name for row in rows.values() for name in row))
    *titles, line = (text(f"ingestion.download_{name}", language) for name in (*ADDED, "line"))
    stream = io.StringIO()
    write = csv.writer(stream).writerow
    write([*titles, *(_cell(name or line) for name in headers)])
    for number, row in rows.items():
        told = (" ".join(why[number]), str(RowRef(upload_id, number)))
        write([number, *told, *_cells(row.get(h) for h in headers)])
    return stream.getvalue().encode("utf-8-sig")


def _cells(values: Iterable[str | None]) -> list[str]:
    return [_cell(value) for value in values]


def _cell(value: str | None) -> str:
    return safe_cell(value or "")

"""Whether a file is what it is sent as, before a proposed mapping is applied unseen.

A person who looks at a mapping sees at once that a licence text, a file without header or another
table's file stands for no customers. Nobody looks where a folder or a script sends it.
"""

import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence

import pyarrow as pa

from data_contracts.contract import Contract, Table
from foundation.errors import Detail, InvalidMapping, InvalidUpload
from foundation.texts import LANGUAGES, Language
from ingestion.proposal import Proposal, propose_mapping
from ingestion.reading import RawTable
from ingestion.receipt import names

_REPEATED = re.compile(r"(.*)_\d+")
_KINDS = (
    re.compile(r"[+-]?\d+([.,]\d+)*"),
    re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?"),
    re.compile(r"[^@\s]+@[^@\s]+\.\w+"),
)
"""Forms that a value has and a name has not: numbers, dates, addresses of e-mail."""

_TIMES = frozenset({"event_time", "effective_time", "outcome_time", "operation"})
_BY_NAME = frozenset({"name", "synonym"})
_COMPANY = 3
_EXPECTED, _EXPECTED_OF_EACH = 6, 3
_LOOKED_AT = 200
_OFTEN = 0.05


def require_header(raw: RawTable, file_name: str) -> None:
    """Raise ``InvalidUpload`` where the header is a row of data: most of its names are values."""
    if raw.format != "csv" or _counts_columns(raw.headers):
        return
    known = set(raw.headers)
    like_values = sum(
        _is_value(_as_written(header, known), raw.rows.column(position).slice(0, _LOOKED_AT))
        for position, header in enumerate(raw.headers)
    )
    if like_values >= 2 and like_values * 2 >= len(raw.headers):
        raise InvalidUpload("ingestion.no_header", file=file_name)


def require_recognised(
    proposal: Proposal,
    table: Table,
    raw: RawTable,
    *,
    contract: Contract,
    file_name: str,
    earlier: AnyMapping[str, object] | None,
) -> None:
    """Raise ``InvalidMapping`` where a proposed mapping is too thin to be applied unseen.

    Parameters
    ----------
    proposal
        One whose mapping has the contract's own key, by its name, is enough.
    earlier
        The mapping of the table's last upload: a key that it had is not given up unasked.
    """
    mapping, speaks = proposal.mapping, speaks_of(table, proposal)
    if mapping.key == "natural" and speaks:
        return
    known, count = len(mapping.columns), len(raw.headers)
    details: dict[str, Detail] = {"file": file_name, "table": table.label}
    if known * 2 < count or not speaks:
        if not speaks:
            known = sum(choice.why in _BY_NAME for choice in proposal.choices)
        details |= {"known": known, "count": count}
        other = _other_table(raw, table, contract)
        if other is None:
            details |= columns_told(raw, [table])
            raise InvalidMapping("ingestion.not_recognised", **details)
        raise InvalidMapping("ingestion.other_table", **details, other=contract.table(other).label)
    if earlier is not None and earlier.get("key") == "natural":
        raise InvalidMapping("ingestion.key_lost", **details, column=table.keys[0].label)


def speaks_of(table: Table, proposal: Proposal) -> bool:
    """Say whether a file speaks of what a table is about, and not only of when.

    Every table has a time, and a count of things is called as the thing is: «llamadas» may be
    calls in a minute as well as the number of a call. So a key that no header names needs company,
    and a file of times needs a name of the table's own.
    """
    own = [
        choice
        for choice in proposal.choices
        if choice.target and table.column(choice.target).role not in _TIMES
    ]
    named = {choice.target for choice in own if choice.why in _BY_NAME}
    keys = {column.name for column in table.keys}
    if proposal.mapping.key == "natural":
        return keys <= named or len({choice.target for choice in own} - keys) >= _COMPANY
    return bool(named) or len(own) >= _COMPANY


def columns_told(raw: RawTable, tables: Sequence[Table]) -> dict[str, Detail]:
    """Return the columns that a file has, and some by which tables are recognised, for a sentence.

    Of a table these are its key, what every row must have, and its first others.
    """
    most = _EXPECTED if len(tables) == 1 else _EXPECTED_OF_EACH
    found: dict[Language, str] = {one: names(raw.headers, one) for one in LANGUAGES}
    expected: dict[Language, str] = {
        one: "; ".join(f"{table.label[one]}: {_first(table, most, one)}" for table in tables)
        for one in LANGUAGES
    }
    return {"found": found, "expected": expected}


def _first(table: Table, most: int, language: Language) -> str:
    columns = sorted(table.columns, key=lambda column: not (column.key or column.required))
    return ", ".join(f"{column.label[language]} ({column.name})" for column in columns[:most])


def _as_written(header: str, names: set[str]) -> str:
    """Return a header as the file has it: ``No_2`` was the second ``No``."""
    repeated = _REPEATED.fullmatch(header)
    return repeated[1] if repeated and repeated[1] in names else header


def _counts_columns(headers: tuple[str, ...]) -> bool:
    """Say whether the header is 0, 1, 2 … or 1, 2, 3 …, as programs write where there is none."""
    numbers = [str(n) for n in range(len(headers) + 1)]
    return list(headers) in (numbers[:-1], numbers[1:])


def _is_value(header: str, values: pa.ChunkedArray) -> bool:
    """Say whether a header stands among its column's values, or has their form."""
    found = [value.strip() for value in values.to_pylist() if value and value.strip()]
    if not found:
        return False
    if found.count(header) > _OFTEN * len(found):
        return True
    return any(
        kind.fullmatch(header) is not None
        and sum(kind.fullmatch(value[:_LOOKED_AT]) is not None for value in found) * 2 > len(found)
        for kind in _KINDS
    )


def _other_table(raw: RawTable, table: Table, contract: Contract) -> str | None:
    """Return the other table that the file fills best, where there is one."""
    fits = tables_filled(raw, contract)
    fits.pop(table.name, None)
    return max(fits, key=lambda name: fits[name], default=None)


def tables_filled(raw: RawTable, contract: Contract) -> dict[str, int]:
    """Return the tables of which the file has the key, most columns its own: table → columns."""
    fits: dict[str, int] = {}
    for table in contract.tables:
        proposal = propose_mapping(table, raw, contract)
        mapping = proposal.mapping
        most = len(mapping.columns) * 2 >= len(raw.headers)
        if mapping.key == "natural" and most and speaks_of(table, proposal):
            fits[table.name] = len(mapping.columns)
    return fits

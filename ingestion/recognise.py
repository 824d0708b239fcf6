"""Whether a file is what it is sent as, before a proposed mapping is applied unseen.

A person who looks at a mapping sees at once that a licence text, a file without header or another
table's file stands for no customers. Nobody looks where a folder or a script sends it.
"""

import re
from collections.abc import Mapping as AnyMapping

import pyarrow as pa

from data_contracts.contract import Contract, Table
from foundation.errors import Detail, InvalidMapping, InvalidUpload
from ingestion.mapping import Mapping
from ingestion.proposal import propose_mapping
from ingestion.reading import RawTable

_REPEATED = re.compile(r"(.*)_\d+")
_KINDS = (
    re.compile(r"[+-]?\d+([.,]\d+)*"),
    re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?"),
    re.compile(r"[^@\s]+@[^@\s]+\.\w+"),
)
"""Forms that a value has and a name has not: numbers, dates, addresses of e-mail."""

_LOOKED_AT = 200
_OFTEN = 0.05


def require_header(raw: RawTable, file_name: str) -> None:
    """Raise ``InvalidUpload`` where the header is a row of data: most of its names are values."""
    if raw.format != "csv" or _counts_columns(raw.headers):
        return
    names = set(raw.headers)
    like_values = sum(
        _is_value(_as_written(header, names), raw.rows.column(position).slice(0, _LOOKED_AT))
        for position, header in enumerate(raw.headers)
    )
    if like_values >= 2 and like_values * 2 >= len(raw.headers):
        raise InvalidUpload("ingestion.no_header", file=file_name)


def require_recognised(
    mapping: Mapping,
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
    mapping
        As proposed. One with the contract's own key is enough.
    earlier
        The mapping of the table's last upload: a key that it had is not given up unasked.
    """
    if mapping.key == "natural":
        return
    known, count = len(mapping.columns), len(raw.headers)
    details: dict[str, Detail] = {"file": file_name, "table": table.label}
    if known * 2 < count:
        details |= {"known": known, "count": count}
        other = _other_table(raw, table, contract)
        if other is None:
            raise InvalidMapping("ingestion.not_recognised", **details)
        raise InvalidMapping("ingestion.other_table", **details, other=contract.table(other).label)
    if earlier is not None and earlier.get("key") == "natural":
        raise InvalidMapping("ingestion.key_lost", **details, column=table.keys[0].label)


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
        mapping = propose_mapping(table, raw, contract).mapping
        if mapping.key == "natural" and len(mapping.columns) * 2 >= len(raw.headers):
            fits[table.name] = len(mapping.columns)
    return fits

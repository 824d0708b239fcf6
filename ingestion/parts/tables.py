"""Which table of the tenant's contract a file fills."""

import re
from typing import TYPE_CHECKING

from data_contracts.contract import Contract
from foundation.errors import InvalidUpload
from foundation.texts import LANGUAGES
from ingestion.parts.part import Part
from ingestion.reading import RawTable
from ingestion.recognise import columns_told, tables_filled
from ingestion.redrive import as_it_came, own_headers
from ingestion.vocabulary import fold
from tenancy.mappings import find_mapping

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

NO_TABLE = "parts.no_table"
_WORD = re.compile(r"[a-z]+")


def find_table(lake: "Lake", tenant: "Tenant", part: Part, head: RawTable) -> str:
    """Return the table that a file fills.

    The tenant has sent these headers before: their table. Else the one of whose contract it has
    the key and most columns. Where several would do, the file's name decides, then the columns.

    Raises
    ------
    InvalidUpload
        It fills none; a name given on the command line or the page still can.
    """
    contract, raw = lake.contract_of(tenant), as_it_came(head)
    headers, named = own_headers(raw.headers), named_tables(part.file_name, contract)
    kept = [
        table.name
        for table in contract.tables
        if find_mapping(lake.store, tenant, table.name, headers) is not None
    ]
    if len(kept) == 1:
        return kept[0]
    fits = tables_filled(raw, contract)
    possible = kept or list(fits) or named
    if not possible:
        names = ", ".join(table.label[tenant.language] for table in contract.tables)
        told = columns_told(raw, contract.tables)
        raise InvalidUpload(NO_TABLE, file=part.file_name, tables=names, **told)
    return max(possible, key=lambda name: (name in named, fits.get(name, 0)))


def named_tables(file_name: str, contract: Contract) -> list[str]:
    """Return the tables whose name or label, in any language, stands in a file's name."""
    words = set(_WORD.findall(fold(file_name)))
    return [
        table.name
        for table in contract.tables
        if words & {fold(table.name), *(fold(table.label[one]) for one in LANGUAGES)}
    ]

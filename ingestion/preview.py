"""A look at a file before it is received: its headers, first rows, and the mapping to correct."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from data_contracts.contract import Table
from ingestion.mapping import Mapping, named_table
from ingestion.proposal import Proposal, propose_mapping
from ingestion.reading import PIECE_BYTES, RawTable, open_file
from ingestion.recognise import require_header
from ingestion.redrive import own_headers
from ingestion.scan import Pieces
from tenancy.mappings import find_mapping

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


@dataclass(frozen=True)
class Preview:
    """What a person sees and corrects before they send a file.

    Attributes
    ----------
    table
        The contract's table.
    raw
        The file as read, of a long one its first piece; nothing has been stored.
    total, broken
        Rows of the whole file, and how many of them fit no header.
    proposal
        For each column where it may go and why. Its mapping is the tenant's own where one is kept
        for these headers (``known`` is then true).
    """

    table: Table
    raw: RawTable
    proposal: Proposal
    known: bool
    total: int
    broken: int


def preview(
    lake: "Lake", tenant: "Tenant", path: Path, table: str, *, file_name: str | None = None
) -> Preview:
    """Read a file and propose its mapping; nothing is stored.

    Raises
    ------
    TooLarge, InvalidUpload
        The file cannot be taken, or has no header.
    NotFound
        The contract has no such table.
    """
    contract = lake.contract_of(tenant)
    target = named_table(contract, table)
    name = file_name or path.name
    pieces = Pieces(open_file(path, name, lake.settings.upload_limit_bytes), PIECE_BYTES)
    raw, total, broken = None, 0, 0
    for piece in pieces:
        # An empty first piece says nothing; one of an empty file is all that there is.
        raw = piece if raw is None or not raw.total else raw
        total, broken = total + piece.total, broken + len(piece.broken)
    assert raw is not None, "a file has one piece at least"
    stored = find_mapping(lake.store, tenant, target.name, own_headers(raw.headers))
    if stored is None:
        require_header(raw, name)
    proposal = propose_mapping(target, raw, contract)
    if stored is not None:
        proposal = replace(proposal, mapping=Mapping.from_dict(stored))
    return Preview(target, raw, proposal, stored is not None, total, broken)

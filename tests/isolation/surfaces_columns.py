"""Surfaces of columns that a contract does not know, and of rejected rows that are sent again."""

from itertools import count

from foundation.texts import text
from ingestion.evolution.own_columns import own_columns, propose, reject
from ingestion.evolution.rescued import rescued_columns
from ingestion.ledger.correction import Correction
from ingestion.ledger.dismiss import dismiss, reopen
from ingestion.ledger.download import ADDED
from ingestion.ledger.query import page
from ingestion.ledger.redrive import redrive
from ingestion.ledger.schema import row_ref
from ingestion.ledger.selection import Selection
from ingestion.ledger.settle import settled_counts
from ingestion.mapping import Mapping
from ingestion.receive import receive
from tenancy.extensions import current_extension
from tenancy.tenant import Tenant
from tests.isolation.attempts import Surface, owned
from tests.isolation.house import COLUMNS, House

ROOM, TABLE = "columns", "customers"
NOBODYS_ROW = "0" * 32 + "-2"
_sent = count(1)


def listed(house: House, asker: Tenant, header: str) -> bool:
    return header in [one.header for one in rescued_columns(house.lake.store, asker)]


def left_aside(house: House, asker: Tenant, header: str) -> bool:
    reject(house.lake, house.manager(asker), asker, TABLE, header)
    return True


def in_contract(house: House, asker: Tenant, name: str) -> bool:
    columns = house.lake.contract_of(asker).table("calls").columns
    return name in [column.name for column in columns]


def in_extension(house: House, asker: Tenant, name: str) -> bool:
    extension = current_extension(house.lake.store, asker)
    return extension is not None and name in [column["name"] for column in extension.columns]


def open_row(house: House, of: Tenant) -> str:
    """Return the reference of a row that is open now: each answer opens or closes some."""
    return str(page(house.lake, of, Selection(TABLE), limit=1)[0])


def referred(house: House, asker: Tenant, reference: str) -> int:
    """Send a corrected file whose only row names a rejected one; how many rows does it settle?"""
    added = (f"ingestion.download_{name}" for name in ADDED)
    headers = [*(text(key, asker.language) for key in added), *COLUMNS]
    cells = ["2", "", reference, f"77{next(_sent):06}", "Ana", "2026-01-01", "-7", "10", "Cali"]
    path = house.folder / f"corrected{next(_sent)}.csv"
    path.write_text(f"{','.join(headers)}\n{','.join(cells)}\n", encoding="utf-8")
    mapping = Mapping(dict(zip(COLUMNS, COLUMNS, strict=True)), "natural", None, "increment")
    upload = receive(house.lake, asker, house.manager(asker), path, TABLE, mapping=mapping).upload
    return settled_counts(house.lake, asker, TABLE, upload.id)["rows"]


def selected(reference: str) -> Selection:
    ref = row_ref(reference)
    return Selection(TABLE, rows=() if ref is None else (ref,))


def sent_again(house: House, asker: Tenant, reference: str) -> object:
    who = house.manager(asker)
    return redrive(house.lake, asker, who, selected(reference), Correction())


def dismissed(house: House, asker: Tenant, reference: str) -> object:
    who, chosen = house.manager(asker), selected(reference)
    act = dismiss(house.lake, asker, who, chosen, "duplicado")
    reopen(house.lake, asker, who, Selection(TABLE, rows=chosen.rows))
    return act


SURFACES: tuple[Surface, ...] = (
    owned(ROOM, "list rescued columns", "unknown", listed, "points"),
    owned(ROOM, "propose a rescued column", "unknown",
          lambda h, t, n: propose(h.lake, h.manager(t), t, TABLE, n), "points"),
    owned(ROOM, "leave a rescued column aside", "unknown", left_aside, "points"),
    owned(ROOM, "own column in the contract", "own_column", in_contract, "own_of_delta"),
    owned(ROOM, "own column in the store", "own_column", in_extension, "own_of_delta"),
    owned(ROOM, "list own columns", "own_column",
          lambda h, t, n: n in [c.name for c in own_columns(h.lake, t)], "own_of_delta"),
    Surface("quarantine", "reference in a corrected file", open_row, referred, NOBODYS_ROW, True),
    Surface("quarantine", "send again", open_row, sent_again, NOBODYS_ROW, True),
    Surface("quarantine", "dismiss and reopen", open_row, dismissed, NOBODYS_ROW, True),
)  # fmt: skip

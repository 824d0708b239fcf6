"""What became of rejected rows, as the lake keeps it.

Grain of ``quarantine/<table>-resolution``: one act on one rejected row. It is only ever appended
to, under the lease of the tenant's ledger, by acts that the row's state allows:

    open ──→ resolved     the row passed, in the upload that took it
         ──→ replaced     it was rejected again: it goes on as a row of that upload
         ──→ dismissed    somebody decided that it needs no correction  ──reopened──→ open
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

import pyarrow as pa

from ingestion.schema import MOMENT

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.tenant import Tenant

RowState = Literal["open", "resolved", "replaced", "dismissed"]
RowAct = Literal["resolved", "replaced", "dismissed", "reopened"]

RESOLUTION = pa.schema(
    [
        ("act_id", pa.string()),
        ("act", pa.string()),
        ("upload_id", pa.string()),
        ("row_number", pa.int64()),
        ("taken_upload_id", pa.string()),
        ("taken_row_number", pa.int64()),
        ("place", pa.int64()),
        ("note", pa.binary()),
        ("recorded_at", MOMENT),
    ]
)
"""``note``: what was changed, or why it was dismissed; sealed at ``place`` within its act."""

_REFERENCE = re.compile(r"([0-9a-f]{32})-([1-9][0-9]{0,17})")


Row = Mapping[str, str | None]
"""Header → value as it came."""


class RowRef(NamedTuple):
    """The name of a rejected row within its table: its upload, and its number in that file."""

    upload_id: str
    row_number: int

    def __str__(self) -> str:
        return f"{self.upload_id}-{self.row_number}"


def row_ref(told: str | None) -> RowRef | None:
    """Return the row that a download's reference names; None where it names none."""
    found = _REFERENCE.fullmatch((told or "").strip())
    return None if found is None else RowRef(found[1], int(found[2]))


def quarantine_ref(lake: "Lake", tenant: "Tenant", table: str) -> "TableRef":
    """Return where the rejected rows of a table lie."""
    return lake.ref(tenant, "quarantine", table)


def resolution_ref(lake: "Lake", tenant: "Tenant", table: str) -> "TableRef":
    """Return where it is kept what became of them; no table of a contract has such a name."""
    return lake.ref(tenant, "quarantine", f"{table}-resolution")


def note_context(table: str, act_id: str) -> bytes:
    """Return what a sealed note is bound to."""
    return f"resolution/{table}/{act_id}".encode()

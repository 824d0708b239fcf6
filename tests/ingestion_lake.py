"""What tests of ingestion start from: an installation with a tenant, and files to receive."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
from sqlalchemy import update

from data_contracts.contract import KeyKind, UploadKind
from foundation.settings import Settings
from ingestion.mapping import Mapping
from ingestion.reading import PIECE_BYTES
from ingestion.receipt import Receipt
from ingestion.receive import receive
from lakehouse.boundary import Boundary, no_fault
from lakehouse.lake import Lake
from lakehouse.refs import Layer
from tenancy.actor import Actor, system_actor
from tenancy.keys import Keyring
from tenancy.store import Store
from tenancy.tables import LeaseRow
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.blank_store import new_store

ACTOR: Actor = system_actor("tests")
TENANT = Tenant("acme", "Acme", "telecom", time_zone="UTC", currency="USD")
ACTOR_OFFICER = Actor("u:officer", "user", TENANT.id, frozenset({"privacy_officer"}))
CUSTOMERS = {
    "id": "customer_id",
    "name": "full_name",
    "since": "effective_at",
    "months": "tenure_months",
    "charge": "monthly_charge",
    "total": "total_charge",
    "left": "churned",
}
INCIDENTS = {
    "caso": "incident_id",
    "cliente": "customer_id",
    "abierto": "opened_at",
    "tipo": "kind",
    "texto": "text",
    "nota": "satisfaction",
}


def installation(folder: Path) -> Settings:
    """Make an installation with the tenant ``acme``."""
    settings = Settings.at(folder / "data")
    new_store(settings)
    store = Store(settings.store_url)
    Keyring(settings, store).create_master()
    create_tenant(store, system_actor("tests"), TENANT)
    store.close()
    return settings


class Door:
    """A lake, and a short way through its door."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        boundary: Boundary = no_fault,
        piece_bytes: int = PIECE_BYTES,
    ) -> None:
        self.lake = Lake.open(settings, boundary)
        self.folder = folder
        self.files = 0
        self.piece_bytes = piece_bytes

    def write(self, lines: Sequence[str] | str | bytes, name: str | None = None) -> Path:
        """Write a file and return its path."""
        self.files += 1
        path = self.folder / (name or f"file{self.files}.csv")
        text = lines if isinstance(lines, str | bytes) else "\n".join(lines) + "\n"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def send(
        self, path: Path, table: str, mapping: Mapping | None = None, *, confirm_ended: bool = False
    ) -> Receipt:
        """Receive a file that lies there."""
        return receive(
            self.lake,
            TENANT,
            ACTOR,
            path,
            table,
            mapping=mapping,
            confirm_ended=confirm_ended,
            piece_bytes=self.piece_bytes,
        )

    def customers(
        self,
        *rows: str,
        kind: UploadKind = "increment",
        header: str = "",
        confirm_ended: bool = False,
    ) -> Receipt:
        """Receive rows of customers under the usual headers."""
        head = header or "id,name,since,months,charge,total,left"
        columns = {h: CUSTOMERS.get(h, h) for h in head.split(",")}
        mapping = Mapping(columns, "natural", None, kind)
        return self.send(
            self.write([head, *rows]), "customers", mapping, confirm_ended=confirm_ended
        )

    def incidents(
        self, *rows: str, kind: UploadKind = "increment", header: str = "", key: KeyKind = "natural"
    ) -> Receipt:
        """Receive rows of incidents under Spanish headers."""
        head = header or "caso,cliente,abierto,tipo,texto,nota"
        columns = {h: INCIDENTS.get(h, h) for h in head.split(",")}
        mapping = Mapping(columns, key, None, kind)
        return self.send(self.write([head, *rows]), "incidents", mapping)

    def silver(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Return silver's rows, sorted."""
        rows = self.lake.arrow(self.lake.ref(TENANT, "silver", table), columns=list(columns))
        return sorted(zip(*(c.to_pylist() for c in rows.columns), strict=True), key=str)

    def rows_in(self, layer: Layer, table: str, upload_id: str | None = None) -> int:
        """Count a table's rows."""
        where = None if upload_id is None else pc.field("upload_id") == upload_id
        ref = self.lake.ref(TENANT, layer, table)
        return self.lake.arrow(ref, where=where).num_rows if self.lake.exists(ref) else 0


def free_leases(store: Store) -> None:
    """Let go what a killed process held, instead of waiting for it to expire."""
    with store.session() as session:
        session.execute(update(LeaseRow).values(holder=None))

"""Surfaces of lake and ingestion: tables, objects, vault, sealed rows, the quarantine's ledger."""

from ingestion.ledger.find import selections
from ingestion.ledger.query import page
from ingestion.persons import person_of_row
from ingestion.quarantine import download_csv, rejected_rows
from models.replay import replay
from tenancy.tenant import Tenant
from tests.isolation.attempts import Surface, owned
from tests.isolation.house import House

NO_FILE, NO_TOKEN = "0" * 64, "f" * 64


def rows_of(house: House, asker: Tenant, name: str) -> object:
    return house.lake.arrow(house.lake.ref(asker, "gold", name)).num_rows


def frame_of(house: House, asker: Tenant, name: str) -> object:
    return house.lake.read(house.lake.ref(asker, "gold", name))


def values_of(house: House, asker: Tenant, token: str) -> object:
    return house.lake.vault.read(asker, house.manager(asker), [token])


def chosen(house: House, asker: Tenant, **named: object) -> object:
    found = selections(house.lake, asker, **named)
    return [row for one in found for row in page(house.lake, asker, one, limit=50)]


def of_row(house: House, asker: Tenant, name: str) -> object:
    upload, _, number = name.rpartition(":")
    return person_of_row(house.lake, asker, upload, int(number) if number.isdecimal() else 0)


SURFACES: tuple[Surface, ...] = (
    owned("lake", "rows of a table", "table", rows_of, "only_delta"),
    owned("lake", "frame of a table", "table", frame_of, "only_delta"),
    owned("objects", "attachment by content", "object",
          lambda h, t, n: h.lake.objects.get(t, "attachments", n), NO_FILE),
    owned("objects", "landing file by content", "file",
          lambda h, t, n: h.lake.objects.get(t, "landing", n), NO_FILE),
    owned("objects", "whether an object exists", "object",
          lambda h, t, n: h.lake.objects.exists(t, "attachments", n), NO_FILE),
    owned("objects", "list objects", "object_name",
          lambda h, t, n: n in h.lake.objects.names(t, "attachments"), NO_FILE),
    owned("vault", "name and phone by token", "token", values_of, NO_TOKEN),
    owned("quarantine", "rejected rows", "upload",
          lambda h, t, n: rejected_rows(h.lake, t, n)),
    owned("quarantine", "download", "upload", lambda h, t, n: download_csv(h.lake, t, n)),
    owned("quarantine", "ledger by upload", "upload",
          lambda h, t, n: chosen(h, t, upload_id=n)),
    owned("quarantine", "ledger by row", "row",
          lambda h, t, n: chosen(h, t, rows=[n]), "0" * 32 + "-2"),
    owned("law", "replay of a score", "score", lambda h, t, n: replay(h.lake, t, n)),
    owned("law", "person of a row", "row_of_person", of_row, "0" * 32 + ":1"),
)  # fmt: skip

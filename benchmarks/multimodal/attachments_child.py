"""A process that keeps attachments by the real path, and may be killed at any moment.

``python -m benchmarks.multimodal.attachments_child DATA ATTACHMENTS``: registers incidents with
files until there are so many, brings the files to the object store, and goes on where the one
before it died.
"""

import base64
import hashlib
import io
import random
import sys
from pathlib import Path

from PIL import Image
from sqlalchemy import func, select

from benchmarks.multimodal.hostile_files import wav
from foundation.clock import utc_now
from foundation.settings import Settings
from lakehouse.lake import Lake
from operations.incidents.attachments import attachments_in
from operations.incidents.keeping import sealed_files, store_files
from tenancy.incident_tables import IncidentRow
from tenancy.incidents import StoredIncident, add_incident
from tenancy.tenant import Tenant

TENANT = Tenant("acme", "Acme S. A. S.", "telecom")
FILES_EACH, INCIDENTS_AT_ONCE = 5, 40
REPEATED = 10
"""One file in so many comes again and again."""


def content(number: int) -> tuple[str, str, bytes]:
    """Return name, media type and content of the attachment of a number."""
    which = number if number % REPEATED else number % 1000
    bits = random.Random(which).randbytes(300)
    match which % 3:
        case 0:
            return "nota.txt", "text/plain", f"Nota {which}: {bits.hex()}\n".encode()
        case 1:
            return "voz.wav", "audio/wav", wav(1, 150)[:44] + bits
        case _:
            written = io.BytesIO()
            Image.frombytes("RGB", (10, 10), bits).save(written, "PNG")
            return "foto.png", "image/png", written.getvalue()


def register(
    lake: Lake, tenant: Tenant, incident_id: str, files: list[tuple[str, str, bytes]]
) -> StoredIncident:
    """Store an incident with files as the service does: checked, sealed, in one transaction."""
    given = [
        {"name": n, "media_type": t, "content": base64.b64encode(c).decode()} for n, t, c in files
    ]
    sealed = sealed_files(incident_id, attachments_in(given, "attachments"), lake.keys.of(tenant))
    mark = hashlib.sha256(incident_id.encode()).hexdigest()
    now = utc_now()
    incident = StoredIncident(
        incident_id=incident_id,
        key_mark=mark,
        body_mark=mark,
        opened_at=now,
        received_at=now,
        sealed=b"",
        sealed_answer=b"",
        actor_id="benchmark",
        kind=None,
        channel=None,
        product=None,
        person_token=None,
    )
    with lake.store.session() as session:
        add_incident(session, tenant, incident, [], sealed)
    return incident


def _registered(lake: Lake) -> int:
    query = select(func.count()).where(IncidentRow.tenant_id == TENANT.id)
    with lake.store.reading() as session:
        return session.scalar(query) or 0


def main(data: Path, attachments: int) -> None:
    """Keep what is missing."""
    with Lake.open(Settings.at(data)) as lake:
        print("begun", flush=True)
        store_files(lake, TENANT)
        while (first := _registered(lake)) < attachments // FILES_EACH:
            last = min(attachments // FILES_EACH, first + INCIDENTS_AT_ONCE)
            for number in range(first, last):
                place = number * FILES_EACH
                files = [content(place + n) for n in range(FILES_EACH)]
                register(lake, TENANT, f"I-{number}", files)
            store_files(lake, TENANT)
    print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

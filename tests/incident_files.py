"""An installation to which files come with incidents, by the real door, and what is found there."""

import base64
import io
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from foundation.settings import Settings
from ingestion.extractors.registry import EXTRACTORS, Extractor
from ingestion.extractors.run import table_of
from ingestion.tokens import token
from lakehouse.lake import Lake
from operations.incidents.keeping import store_files
from serving.app import create_app
from tenancy.actor import Actor
from tenancy.api_keys import issue_key
from tenancy.incident_endings import forget_incidents
from tenancy.incident_files import FILES, contents_of
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant

STAFF = Actor("staff:tests", "staff", None, frozenset({"manager"}))
ACME = Tenant("acme", "Acme S. A. S.", "telecom")
GLOBEX = Tenant("globex", "Globex Ltd.", "telecom", language="en")
CUSTOMER = "1010001277"
RATE, SECONDS = 8_000, 12
SOUND, NOTES = (next(one for one in EXTRACTORS if one.name == name) for name in ("audio", "text"))


def recording(hertz: float, seconds: int = SECONDS) -> bytes:
    """Return a call of two sides as WAV: one hums for half of the time, then the other."""
    times = np.arange(RATE * seconds) / RATE
    hum = 0.3 * np.sin(2 * np.pi * hertz * times) * (np.sin(2 * np.pi * 3 * times) > 0)
    first = times < seconds / 2
    sides = np.stack([np.where(first, hum, 0.0), np.where(first, 0.0, hum)], axis=1)
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sides * 32767).astype("<i2").tobytes())
    return written.getvalue()


@dataclass(frozen=True)
class House:
    """An installation to which files come with incidents."""

    lake: Lake
    client: FlaskClient

    def send(self, *contents: bytes, tenant: Tenant = ACME, kind: str = "audio/wav") -> str:
        """Register an incident with files of one kind, and bring them to the lake."""
        return self.send_files(*(("a", kind, one) for one in contents), tenant=tenant)

    def send_files(
        self, *files: tuple[str, str, bytes], tenant: Tenant = ACME, customer: str = CUSTOMER
    ) -> str:
        """Register an incident with files: name, media type, content; returns its number."""
        answer = self.post(*files, tenant=tenant, customer=customer)
        assert answer.status_code == 201, answer.json
        store_files(self.lake, tenant)
        return str(answer.json["incident_id"])

    def post(
        self, *files: tuple[str, str, bytes], tenant: Tenant = ACME, customer: str = CUSTOMER
    ) -> TestResponse:
        """Ask for the registration of an incident with files."""
        secret = issue_key(self.lake.store, STAFF, tenant, ["score"]).secret
        given = [
            {"name": name, "media_type": kind, "content": base64.b64encode(one).decode()}
            for name, kind, one in files
        ]
        body = {"customer_id": customer, "text": "Se corta", "attachments": given}
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": secret}
        return self.client.post("/v1/incidents", json=body, headers=headers)

    def get(self, incident_id: str, tenant: Tenant = ACME) -> TestResponse:
        """Ask for an incident."""
        secret = issue_key(self.lake.store, STAFF, tenant, ["read"]).secret
        headers = {"Authorization": f"Bearer {secret}"}
        return self.client.get(f"/v1/incidents/{incident_id}", headers=headers)

    def forget_customer(self) -> None:
        """Take the customer's incidents out of the store, and their files."""
        person = token(CUSTOMER, self.lake.keys.of(ACME).token_key)
        assert forget_incidents(self.lake.store, ACME, tokens={person})
        self.lake.objects.keep_only(ACME, FILES, contents_of(self.lake.store, ACME))

    def found(self, tenant: Tenant = ACME, extractor: Extractor = SOUND) -> list[dict[str, object]]:
        ref = table_of(self.lake, tenant, extractor)
        return self.lake.arrow(ref).to_pylist() if self.lake.exists(ref) else []


@contextmanager
def house_at(settings: Settings) -> Iterator[House]:
    """Open an installation of two tenants."""
    with Lake.open(settings) as lake:
        Keyring(settings, lake.store).create_master()
        for tenant in (ACME, GLOBEX):
            create_tenant(lake.store, STAFF, tenant)
        yield House(lake, create_app(settings, lake).test_client())

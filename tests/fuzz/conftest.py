"""A running service with a small tenant that has rows, and keys that may do everything."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from apiflask import APIFlask

from features.online_store import build_online
from foundation.settings import Settings
from ingestion.gold.refine import refine
from lakehouse.lake import Lake
from operations.outbox.drain import drain
from serving.app import create_app
from tenancy.actor import SCOPES, Actor
from tenancy.api_keys import issue_key
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant

STAFF = Actor("staff:tests", "staff", None, frozenset({"manager"}))
FUZZED = Tenant("fuzzed", "Fuzzed", "telecom", time_zone="UTC", currency="USD")
EXAMPLES = int(os.environ.get("ABCALL_FUZZ_EXAMPLES", "10"))
"""Requests of each kind a route; CI takes these few, ``make fuzz`` many."""

SEED = 20261127
CUSTOMER, INCIDENT = "1010001277", "PQR-1"


@dataclass(frozen=True)
class Fuzzed:
    """The app, and the headers of a key with all scopes."""

    app: APIFlask
    headers: dict[str, str]


@pytest.fixture(scope="session")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    settings = Settings.at(tmp_path_factory.mktemp("fuzz") / "data")
    settings.data_dir.mkdir()
    with Lake.open(settings) as lake:
        lake.store.upgrade()
        Keyring(settings, lake.store).create_master()
        create_tenant(lake.store, STAFF, FUZZED)
        secret = issue_key(lake.store, STAFF, FUZZED, SCOPES).secret
        headers = {"Authorization": f"Bearer {secret}"}
        app = create_app(settings, lake)
        client = app.test_client()
        who = {"customer_id": CUSTOMER}
        rows = {
            "customers": who | {"effective_at": "2026-01-01", "age": 40},
            "incidents": who | {"incident_id": INCIDENT, "opened_at": "2026-02-01"},
        }
        for table, row in rows.items():
            fed = client.post(f"/v1/tables/{table}/rows", json=[row], headers=headers)
            assert fed.status_code == 200, fed.json
        drain(lake, FUZZED)
        contract = lake.contract_of(FUZZED)
        refine(lake, FUZZED, contract)
        build_online(lake, FUZZED, contract)
        yield Fuzzed(app, headers)

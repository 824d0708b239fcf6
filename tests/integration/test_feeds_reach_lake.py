"""What is fed reaches the lake as the door said: row by row, in every vertical; and can be read."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from data_contracts.golden import golden_rows
from data_contracts.loader import load_contracts
from foundation.settings import Settings
from ingestion.quarantine import rejected_rows
from lakehouse.lake import Lake
from operations.outbox.drain import drain
from serving.app import create_app
from tenancy.actor import Actor
from tenancy.api_keys import issue_key
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.uploads import list_uploads

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

STAFF = Actor("staff:tests", "staff", None, frozenset({"manager"}))
VERTICALS = sorted(load_contracts())
TAKEN = ("inserted", "updated", "unchanged", "superseded", "deleted")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    settings = Settings.at(tmp_path_factory.mktemp("feeds") / "data")
    settings.data_dir.mkdir()
    with Lake.open(settings) as lake:
        lake.store.upgrade()
        Keyring(settings, lake.store).create_master()
        yield lake


@pytest.fixture(scope="module")
def client(lake: Lake) -> FlaskClient:
    return create_app(lake.settings, lake).test_client()


def tenant_of(lake: Lake, name: str, vertical: str) -> tuple[Tenant, dict[str, str]]:
    """Return a new tenant and the headers of a key that feeds and reads."""
    tenant = Tenant(name, name.title(), vertical, time_zone="America/Bogota", currency="COP")
    create_tenant(lake.store, STAFF, tenant)
    secret = issue_key(lake.store, STAFF, tenant, ["feed", "read"]).secret
    return tenant, {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}


def fed(client: FlaskClient, headers: dict[str, str], table: str, rows: list[dict[str, Any]]):
    lines = "\n".join(map(json.dumps, rows)).encode()
    path = f"/v1/tables/{table}/rows"
    answer = client.post(path, data=lines, headers=headers, content_type="application/x-ndjson")
    assert answer.status_code in (200, 207, 422), answer.json
    return answer.json


@pytest.mark.parametrize("vertical", VERTICALS)
def test_the_lake_takes_and_rejects_the_rows_that_the_door_said(
    lake: Lake, client: FlaskClient, vertical: str
):
    tenant, headers = tenant_of(lake, f"fed-{vertical.replace('_', '-')}", vertical)
    said: dict[str, dict[str, Any]] = {}
    for table in lake.contract_of(tenant).tables:
        rows = [
            {name: value for name, value in row.items() if name != "operation"}
            for row in golden_rows(table).rows
        ]
        answer = fed(client, headers, table.name, rows)
        wrong = {
            json.dumps(row, sort_keys=True): [(e["column"], e["rule"]) for e in told["errors"]]
            for row, told in zip(rows, answer["rows"], strict=True)
            if told["errors"]
        }
        assert len(wrong) == answer["rejected"] > 0
        said[table.name] = {"accepted": answer["accepted"], "wrong": wrong}
    drain(lake, tenant)
    for name, told in said.items():
        found: dict[str, list[tuple[str, str]]] = {}
        taken = 0
        for upload in list_uploads(lake.store, tenant, table=name):
            assert upload.state in ("accepted", "held")
            taken += sum(upload.counts.get(one, 0) for one in TAKEN)
            for one in rejected_rows(lake, tenant, upload.id):
                row = {k: v for k, v in one.row.items() if k != "operation"}
                found.setdefault(json.dumps(row, sort_keys=True), []).append((one.column, one.rule))
        assert found == told["wrong"]
        assert taken == told["accepted"]


def test_rows_are_read_as_they_hold_now_masked_and_page_by_page(lake: Lake, client: FlaskClient):
    tenant, headers = tenant_of(lake, "readers", "telecom")
    stranger, others = tenant_of(lake, "strangers", "telecom")
    rows = [
        {"incident_id": f"PQR-{n}", "customer_id": "1.010.001.277", "opened_at": f"2026-01-0{n}",
         "kind": "queja", "text": "Llamen al 300 555 0101", "loyalty": n}
        for n in range(1, 6)
    ]  # fmt: skip
    assert fed(client, headers, "incidents", rows)["accepted"] == 5
    change = {"incident_id": "PQR-2", "opened_at": "2026-01-02", "kind": "claim"}
    assert fed(client, headers, "incidents", [change])["accepted"] == 1
    gone = client.delete("/v1/tables/incidents/rows/PQR-5", headers=headers)
    assert gone.json["accepted"] == 1
    assert client.delete("/v1/tables/incidents/rows/PQR-1", headers=others).status_code == 200
    drain(lake, stranger)
    drain(lake, tenant)
    path, seen, after = "/v1/tables/incidents/rows?limit=3", [], ""
    while after is not None:
        page = client.get(f"{path}&after={after}" if after else path, headers=headers).json
        seen.append([row["incident_id"] for row in page["rows"]])
        after = page["next"]
    assert seen == [["PQR-1", "PQR-2", "PQR-3"], ["PQR-4"]]
    one = client.get("/v1/tables/incidents/rows/PQR-2", headers=headers).json["rows"][0]
    assert (one["kind"], one["opened_at"]) == ("claim", "2026-01-02T05:00:00Z")
    assert "555" not in one["text"]
    assert len(one["customer_id"]) == 64
    assert "loyalty" not in one
    asked = "customer_id=1010001277&kind=complaint&opened_at.gte=2026-01-03"
    found = client.get(f"/v1/tables/incidents/rows?{asked}", headers=headers).json["rows"]
    assert [row["incident_id"] for row in found] == ["PQR-3", "PQR-4"]
    theirs = client.get("/v1/tables/incidents/rows", headers=others).json
    assert theirs["rows"] == []

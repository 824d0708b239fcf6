"""The same on PostgreSQL: registered once by several at once, drained, found again."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from foundation.settings import Settings
from lakehouse.lake import Lake
from operations.outbox.drain import drain, pending
from serving.app import create_app
from tenancy.api_keys import issue_key
from tenancy.bootstrap import open_store
from tenancy.incident_endings import forget_incidents
from tenancy.incident_files import SealedFile, files_waiting
from tenancy.incidents import add_files, changing, get_incident
from tenancy.keys import Keyring
from tenancy.tenants import create_tenant
from tenancy.uploads import last_applied
from tests.demo_lake import STAFF
from tests.ingestion_lake import TENANT

pytestmark = pytest.mark.slow


def test_an_incident_on_postgresql(postgres_url: str, tmp_path: Path):
    settings = replace(Settings.at(tmp_path / "data"), store_url=postgres_url)
    settings.data_dir.mkdir()
    open_store(settings).close()
    with Lake.open(settings) as lake:
        Keyring(settings, lake.store).create_master()
        create_tenant(lake.store, STAFF, TENANT)
        secret = issue_key(lake.store, STAFF, TENANT, ("score", "read")).secret
        app = create_app(settings, lake)
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "once"}
        told = []

        def ask() -> None:
            body = {"text": "sin internet", "kind": "claim", "customer_id": "1"}
            told.append(app.test_client().post("/v1/incidents", json=body, headers=headers))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(one.status_code for one in told) == [200, 200, 200, 201]
        assert len({one.text for one in told}) == 1
        path = f"/v1/incidents/{told[0].json['incident_id']}"
        closed = app.test_client().patch(path, json={"solved": True}, headers=headers)
        assert closed.json["status"] == "closed"
        assert pending(lake.store, TENANT).count == 2
        (first, second) = drain(lake, TENANT)
        assert (first.counts["inserted"], second.counts["updated"]) == (1, 1)
        assert last_applied(lake.store, TENANT, "incidents", labelled=True) is None
        assert last_applied(lake.store, TENANT, "incidents") is not None
        _forget_while_a_file_is_added(lake, path.rpartition("/")[2])


def _forget_while_a_file_is_added(lake: Lake, number: str) -> None:
    """Forget an incident to which somebody is adding a file: both go."""
    tokens = {str(get_incident(lake.store, TENANT, number).person_token)}
    file = SealedFile(number, 0, "0" * 64, "text/plain", 1, b"sealed")
    gone = []

    def forget() -> None:
        gone.append(forget_incidents(lake.store, TENANT, tokens=tokens))

    thread = threading.Thread(target=forget)
    with changing(lake.store, TENANT, number) as (session, _):
        thread.start()
        thread.join(0.3)
        add_files(session, TENANT, [file])
    thread.join()
    assert gone == [1]
    assert files_waiting(lake.store, TENANT, 1) == []

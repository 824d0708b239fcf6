"""A process that is killed while it delivers: the message comes again, under the same id."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from foundation.clock import utc_now
from foundation.settings import Settings
from lakehouse.lake import Lake
from operations.webhooks.delivery import deliver_due
from operations.webhooks.subscriptions import subscribe
from tenancy.actor import ROLES, Actor
from tenancy.keys import Keyring
from tenancy.store import Store
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.webhook_deliveries import list_deliveries
from tenancy.webhook_events import publish
from tenancy.webhook_tables import WebhookDeliveryRow
from tests.receiver import receiving

pytestmark = pytest.mark.slow
STAFF = Actor("staff:tests", "staff", None, ROLES)
ACME = Tenant("acme", "Acme", "telecom")
ROOT = Path(__file__).resolve().parents[2]


def test_killed_while_it_delivers(
    tmp_path: Path, store_url: str, store: Store, monkeypatch: pytest.MonkeyPatch
):
    settings = replace(Settings.at(tmp_path / "data"), webhook_loopback=True, store_url=store_url)
    settings.data_dir.mkdir()
    with receiving(tmp_path) as receiver, Lake.open(settings) as lake:
        monkeypatch.setenv("SSL_CERT_FILE", str(receiver.ca))
        Keyring(settings, store).create_master()
        create_tenant(store, STAFF, ACME)
        made = subscribe(lake, STAFF, ACME, receiver.url("/slow"), ["incident.closed"])
        with store.session() as session:
            publish(session, ACME, "incident.closed", {"incident_id": "PQR-1", "solved": True})
        delivering = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "webhook", "deliver"],
            cwd=ROOT,
            env=os.environ
            | {
                "ABCALL_DATA": str(settings.data_dir),
                "ABCALL_STORE_URL": store_url,
                "ABCALL_WEBHOOK_LOOPBACK": "1",
            },
        )
        receiver.wait_for(1, "/slow", seconds=60)
        delivering.send_signal(signal.SIGKILL)
        delivering.wait()
        assert deliver_due(lake) == 0, "its claim still stands"
        with store.session() as session:
            over = utc_now() - timedelta(seconds=1)
            session.execute(update(WebhookDeliveryRow).values(claimed_until_at=over))
        assert deliver_due(lake) == 1
        assert len(receiver.ids("/slow")) == 2
        assert len(set(receiver.ids("/slow"))) == 1
        (one,) = list_deliveries(store, STAFF, ACME, made.webhook.id)
        assert (one.state, one.attempts) == ("delivered", 2)

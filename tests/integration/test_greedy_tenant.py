"""A tenant that sends all it can does not starve another: a real server, real clients."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest

from foundation.settings import Settings
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.api_keys import issue_key
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.integration.test_serving_process import running

pytestmark = pytest.mark.slow
STAFF = Actor("staff:tests", "staff", None, frozenset({"manager"}))
GREEDY, OTHER = Tenant("greedy", "Greedy", "telecom"), Tenant("other", "Other", "telecom")
BATCH = json.dumps({"incidents": [{"text": "No hay señal " * 20, "kind": "claim"}] * 999 + [1]})
ONE = json.dumps({"text": "", "kind": "claim", "channel": "chat", "escalated": True})
CALLS, CLIENTS = 300, 16
NOISE_SECONDS = 0.005
"""What two measurements of a quiet service may differ by on a busy machine."""


def post(port: int, secret: str, body: str) -> tuple[int, float, float]:
    """Return status, seconds, and for how long the server says to wait."""
    begun = time.perf_counter()
    link = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    link.request("POST", "/v1/score/incidents", body, headers)
    answer = link.getresponse()
    answer.read()
    link.close()
    return answer.status, time.perf_counter() - begun, float(answer.headers["Retry-After"] or 0)


def p99(port: int, secret: str) -> float:
    """Call twenty times a second or so, one after the other, and return the 99th percentile."""
    took = []
    for _ in range(CALLS):
        status, seconds, _ = post(port, secret, ONE)
        assert status == 422
        took.append(seconds)
        time.sleep(0.03)
    return sorted(took)[int(CALLS * 0.99) - 1]


def test_the_others_slowest_calls_stay_within_twice_their_quiet_time(tmp_path: Path):
    settings = Settings.at(tmp_path / "data")
    settings.data_dir.mkdir()
    with Lake.open(settings) as lake:
        lake.store.upgrade()
        Keyring(settings, lake.store).create_master()
        secrets = {}
        for tenant in (GREEDY, OTHER):
            create_tenant(lake.store, STAFF, tenant)
            secrets[tenant] = issue_key(lake.store, STAFF, tenant, ["score"]).secret
    statuses: list[int] = []
    stop = threading.Event()
    with running(settings, tmp_path / "log") as (_, port):
        for _ in range(20):
            post(port, secrets[OTHER], ONE)
        quiet = p99(port, secrets[OTHER])

        def send_all_it_can(_: int) -> None:
            while not stop.is_set():
                status, _, wait = post(port, secrets[GREEDY], BATCH)
                statuses.append(status)
                stop.wait(wait)

        with ThreadPoolExecutor(CLIENTS) as pool:
            greedy = pool.map(send_all_it_can, range(CLIENTS))
            time.sleep(2)
            busy = p99(port, secrets[OTHER])
            stop.set()
            list(greedy)
    refused = statuses.count(429)
    print(f"quiet {quiet * 1000:.1f} ms, busy {busy * 1000:.1f} ms, {refused} of {len(statuses)}")
    assert refused > len(statuses) / 4
    assert busy <= 2 * quiet + NOISE_SECONDS

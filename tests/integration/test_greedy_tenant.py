"""A tenant that sends all it can does not starve another: a real server, real clients."""

import json
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest

from foundation.settings import Settings
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.api_keys import issue_key
from tenancy.keys import Keyring
from tenancy.limits import NO_LIMITS, set_limits
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.service_process import running

pytestmark = pytest.mark.slow
STAFF = Actor("staff:tests", "staff", None, frozenset({"manager"}))
GREEDY, OTHER = Tenant("greedy", "Greedy", "telecom"), Tenant("other", "Other", "telecom")
BATCH = json.dumps({"incidents": [{"text": "No hay señal " * 20, "kind": "claim"}] * 999 + [1]})
ONE = json.dumps({"text": "", "kind": "claim", "channel": "chat", "escalated": True})
CALLS, ROUNDS, CLIENTS = 75, 4, 16
SPAWN = multiprocessing.get_context("spawn")
Counter = Any
NOTICED_SECONDS = 0.1
"""What an agent notices: the batch of another company must not cost so much."""

BUSY_MACHINE_SECONDS = 0.05
"""A quiet call takes 5 ms; where the slowest take ten times that, others use the processors."""


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


def called(port: int, secret: str) -> list[float]:
    """Call about twenty times a second, one after the other, and return the seconds of each."""
    took = []
    for _ in range(CALLS):
        status, seconds, _ = post(port, secret, ONE)
        assert status == 422
        took.append(seconds)
        time.sleep(0.03)
    return took


def p99(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.99) - 1]


def send_all_it_can(port: int, secret: str, stop: Event, sent: Counter, refused: Counter) -> None:
    """Send batches over many connections; what is refused waits as it is told. In a process."""

    def send(_: int) -> None:
        while not stop.is_set():
            status, _, wait = post(port, secret, BATCH)
            with sent.get_lock():
                sent.value += 1
                refused.value += status == 429
            stop.wait(wait)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(send, range(CLIENTS)))


@contextmanager
def greedy(port: int, secret: str, sent: Counter, refused: Counter) -> Iterator[None]:
    stop = SPAWN.Event()
    sender = SPAWN.Process(target=send_all_it_can, args=(port, secret, stop, sent, refused))
    sender.start()
    before, until = sent.value, time.monotonic() + 60
    while sent.value == before:
        assert time.monotonic() < until
        time.sleep(0.05)
    yield
    stop.set()
    sender.join()


def test_nobody_notices_that_another_company_sends_all_it_can(tmp_path: Path):
    settings = Settings.at(tmp_path / "data")
    settings.data_dir.mkdir()
    with Lake.open(settings) as lake:
        lake.store.upgrade()
        Keyring(settings, lake.store).create_master()
        secrets = {}
        for tenant in (GREEDY, OTHER):
            create_tenant(lake.store, STAFF, tenant)
            secrets[tenant] = issue_key(lake.store, STAFF, tenant, ["score"]).secret
        # Without a rate, so that batches come all the time: only how many at once is bounded.
        rates = {name: 0 for name in NO_LIMITS.__dict__ if name != "at_once"}
        set_limits(lake.store, STAFF, GREEDY, rates)
    sent, refused = SPAWN.Value("i", 0), SPAWN.Value("i", 0)
    quiet: list[float] = []
    busy: list[float] = []
    with running(settings, tmp_path) as service:
        service.wait_until_ready()
        port = service.port
        for _ in range(20):
            post(port, secrets[OTHER], ONE)
        for _ in range(ROUNDS):  # one after the other: the machine's other work is in both
            quiet += called(port, secrets[OTHER])
            with greedy(port, secrets[GREEDY], sent, refused):
                busy += called(port, secrets[OTHER])
    print(f"p99 quiet {p99(quiet):.4f} s, busy {p99(busy):.4f} s; {refused.value} of {sent.value}")
    assert refused.value > sent.value / 4
    if p99(quiet) > BUSY_MACHINE_SECONDS:
        pytest.skip("the machine is busy with other work: a comparison would tell of that")
    assert p99(busy) <= NOTICED_SECONDS

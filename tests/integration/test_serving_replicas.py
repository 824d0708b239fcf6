"""Two replicas on one PostgreSQL: either one is killed, and no request fails after a retry."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from sqlalchemy import func, select

from benchmarks.postgres import Server
from foundation.settings import Settings
from lakehouse.lake import Lake
from operations.outbox.drain import pending
from serving.door.doorkeeper import REMEMBERED_SECONDS
from tenancy.api_keys import IssuedKey, issue_key
from tenancy.incident_tables import IncidentRow
from tenancy.limits import set_limits
from tests.service_process import ACME, STAFF, Service, new_installation, running

pytestmark = pytest.mark.slow
CLIENTS = 6
WELL = (200, 201)
SECONDS_BETWEEN = 0.05
DAY = 40
REVOKED_SECONDS = 5.0
"""What `docs/how-to/llaves.md` promises."""


@dataclass
class Clients:
    """Clients that register incidents at two replicas, each request tried at most twice.

    Attributes
    ----------
    failed
        Requests that were not acknowledged, with both outcomes.
    retried
        How many needed the second try.
    """

    ports: tuple[int, int]
    secret: str
    acknowledged: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    retried: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def work(self, client: int) -> None:
        """Register one incident after the other until all is over."""
        number = 0
        while not self.over.wait(SECONDS_BETWEEN):
            number += 1
            name = f"R-{client}-{number:05d}"
            outcomes = [self.register(name, (client + number) % 2)]
            if outcomes[0] not in WELL:
                self.retried += 1
                outcomes.append(self.register(name, (client + number + 1) % 2))
            if outcomes[-1] in WELL:
                self.acknowledged.append(name)
            else:
                self.failed.append(f"{name}: {outcomes}")

    def register(self, name: str, replica: int) -> int | str:
        body = {"incident_id": name, "kind": "claim", "text": "El internet se cae cada noche."}
        headers = {
            "Authorization": f"Bearer {self.secret}",
            "Content-Type": "application/json",
            "Idempotency-Key": name,
        }
        line = HTTPConnection("127.0.0.1", self.ports[replica], timeout=30)
        try:
            line.request("POST", "/v1/incidents", json.dumps(body), headers)
            return int(line.getresponse().status)
        except (OSError, HTTPException) as error:
            return type(error).__name__
        finally:
            line.close()


@pytest.fixture
def shared(postgres_url: str, tmp_path: Path) -> tuple[Settings, str]:
    """Return an installation on PostgreSQL and the secret of a key."""
    settings = replace(Settings.at(tmp_path / "data"), store_url=postgres_url)
    return settings, new_installation(settings)


@pytest.fixture
def replicas(shared: tuple[Settings, str], tmp_path: Path) -> Iterator[list[Service]]:
    """Return two running replicas."""
    with running(shared[0], tmp_path) as one, running(shared[0], tmp_path) as other:
        for each in (one, other):
            each.wait_until_ready()
        yield [one, other]


def test_either_replica_is_killed_and_no_request_fails_after_a_retry(
    shared: tuple[Settings, str], replicas: list[Service], tmp_path: Path
):
    settings, secret = shared
    clients = Clients((replicas[0].port, replicas[1].port), secret)
    threads = [threading.Thread(target=clients.work, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(2)
        _kill(replicas[0])
        time.sleep(2)
        with running(settings, tmp_path, port=replicas[0].port) as again:
            again.wait_until_ready()
            time.sleep(2)
            _kill(replicas[1])
            time.sleep(2)
            clients.over.set()
            for thread in threads:
                thread.join()
    finally:
        clients.over.set()
    assert clients.failed == []
    assert clients.retried > 0
    assert len(clients.acknowledged) > 50
    with Lake.open(settings) as lake:
        with lake.store.reading() as session:
            held = session.execute(
                select(IncidentRow.incident_id, func.count()).group_by(IncidentRow.incident_id)
            ).all()
        assert dict(held) == dict.fromkeys(clients.acknowledged, 1)
        assert pending(lake.store, ACME).count == len(clients.acknowledged)


def test_a_day_is_one_for_both_and_a_key_revoked_at_one_ends_at_the_other(
    shared: tuple[Settings, str], replicas: list[Service]
):
    with Lake.open(shared[0]) as lake:
        admin, spare = (issue_key(lake.store, STAFF, ACME, ["admin"]) for _ in range(2))
        set_limits(lake.store, STAFF, ACME, {"records_per_day": DAY})
    asked = [replicas[n % 2].get("/v1/limits", **bearer(admin))[0] for n in range(2 * DAY)]
    assert (asked.count(200), asked.count(429)) == (DAY, DAY)
    with Lake.open(shared[0]) as lake:
        set_limits(lake.store, STAFF, ACME, {"records_per_day": 0})
    time.sleep(REMEMBERED_SECONDS + 0.5)
    assert [one.get("/v1/limits", **bearer(spare))[0] for one in replicas] == [200, 200]
    link = HTTPConnection("127.0.0.1", replicas[0].port, timeout=30)
    link.request("DELETE", f"/v1/keys/{spare.key.id}", headers=bearer(admin))
    assert link.getresponse().status == 200
    link.close()
    revoked = time.monotonic()
    assert replicas[0].get("/v1/limits", **bearer(spare))[0] == 401
    while replicas[1].get("/v1/limits", **bearer(spare))[0] == 200:
        assert time.monotonic() - revoked < REVOKED_SECONDS
        time.sleep(0.1)
    print(f"revoked elsewhere after {time.monotonic() - revoked:.1f} s")


def bearer(key: IssuedKey) -> dict[str, str]:
    return {"Authorization": f"Bearer {key.secret}"}


def test_a_store_that_is_away_is_a_503_and_the_service_goes_on_by_itself(
    postgres_server: Server, shared: tuple[Settings, str], tmp_path: Path
):
    settings, secret = shared
    with running(settings, tmp_path) as service:
        service.wait_until_ready()
        clients = Clients((service.port, service.port), secret)
        assert clients.register("before", 0) == 201
        postgres_server.control("-m", "immediate", "stop")
        try:
            assert clients.register("during", 0) == 503
            time.sleep(1.1)
            assert service.get("/ready")[0] == 503
            assert service.get("/health")[0] == 200
        finally:
            postgres_server.control("start")
        assert clients.register("during", 0) == 201
        assert clients.register("before", 0) == 200
        time.sleep(1.1)
        assert service.get("/ready")[0] == 200


def _kill(replica: Service) -> None:
    """Kill a replica whole: the process that holds the door, and its workers with it."""
    workers = replica.workers()
    replica.process.kill()
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    replica.process.wait()

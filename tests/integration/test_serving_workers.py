"""Workers of the service: killed, kept busy by slow clients, counted, and never orphaned."""

import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest

from foundation.settings import Settings
from tests.service_process import Service, log_lines, running

pytestmark = pytest.mark.slow
Installation = tuple[Settings, str]
SLOW_CLIENTS = 24
PATH_WITH_A_NAME = "/v1/customers-of/juan.perez?cedula=1023456789"
METRICS_KEY = "k3y-of-the-metrics"


@pytest.fixture(scope="module")
def service(
    bare_installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """Return a ready service of two workers whose figures may be read."""
    folder = tmp_path_factory.mktemp("workers")
    key = folder / "metrics.key"
    key.write_text(f"{METRICS_KEY}\n")
    settings = {"ABCALL_METRICS_KEY_FILE": str(key)}
    with running(bare_installation[0], folder, "--workers", "2", environment=settings) as started:
        started.wait_until_ready()
        yield started


def test_clients_that_send_slowly_do_not_keep_others_waiting(
    service: Service, bare_installation: Installation
):
    head = b"POST /v1/score/incidents HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    key = f"Authorization: Bearer {bare_installation[1]}\r\nContent-Length: 100\r\n\r\n{{".encode()
    slow = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(SLOW_CLIENTS)]
    for one in slow:
        one.sendall(head + key)
    time.sleep(0.5)
    begun = time.monotonic()
    assert service.get("/health")[0] == 200
    assert time.monotonic() - begun < 2
    for one in slow:
        one.close()


def test_a_head_that_never_ends_is_cut_off(service: Service):
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as endless:
        endless.sendall(b"GET /health HTTP/1.1\r\nX-Long: ")
        begun = time.monotonic()
        assert b"200" not in endless.recv(4096)
        assert 8 < time.monotonic() - begun < 15


@pytest.mark.parametrize("megabytes", [5, 40])
def test_a_body_that_is_too_large_is_refused_in_words(
    service: Service, bare_installation: Installation, megabytes: int
):
    client = HTTPConnection("127.0.0.1", service.port, timeout=60)
    headers = {
        "Authorization": f"Bearer {bare_installation[1]}",
        "Content-Type": "application/json",
        "Content-Length": str(megabytes << 20),
    }
    client.putrequest("POST", "/v1/score/incidents")
    for name, value in headers.items():
        client.putheader(name, value)
    client.endheaders()
    answer = client.getresponse()
    assert answer.status == 413
    assert "El cuerpo es demasiado grande: admite hasta 4096 KiB." in answer.read().decode()


def test_the_log_has_routes_and_no_paths(service: Service):
    assert service.get(PATH_WITH_A_NAME)[0] == 404
    assert service.get("/health")[0] == 200
    lines = log_lines(service)
    assert {line["route"] for line in lines if line["event"] == "answered"} >= {None, "/health"}
    assert "juan" not in service.err.read_text().lower()
    assert "1023456789" not in service.err.read_text()


def test_figures_add_up_over_workers_and_need_their_key(
    service: Service, bare_installation: Installation
):
    before = _requests(service)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: service.get("/health")[0], range(60))) == {200}
    assert _requests(service) - before == 60
    for shown in ({}, {"Authorization": f"Bearer {bare_installation[1]}"}):
        assert service.get("/metrics", **shown)[0] == 404


def test_a_worker_that_dies_time_and_again_ends_nobody_else(service: Service):
    first, other = service.workers()
    for _ in range(3):
        os.kill(first, signal.SIGKILL)
        first = _next(service, first, other)
    assert service.get("/health")[0] == 200
    assert other in service.workers()


def test_the_next_request_after_killed_workers_is_answered(service: Service):
    before, counted = service.workers(), _requests(service)
    assert len(before) == 2
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    assert service.get("/health")[0] == 200
    service.wait_until_ready()
    after = service.workers()
    assert len(after) == 2
    assert not set(after) & set(before)
    assert "Unexpected exit from worker-1" in [line["event"] for line in log_lines(service)]
    assert _requests(service) == counted + 1


def test_workers_end_with_the_process_that_holds_the_door(service: Service):
    service.process.kill()
    service.process.wait()
    until = time.monotonic() + 10
    while not _free(service.port):
        assert time.monotonic() < until, "a worker goes on alone"
        time.sleep(0.1)


def _next(service: Service, dead: int, other: int) -> int:
    """Wait for a dead worker's replacement."""
    until = time.monotonic() + 20
    while not (new := set(service.workers()) - {dead, other}):
        assert time.monotonic() < until, "the worker is not replaced"
        time.sleep(0.01)
    return new.pop()


def _free(port: int) -> bool:
    """Say whether a service could begin here."""
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            again.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _requests(service: Service) -> int:
    status, page = service.get("/metrics", Authorization=f"Bearer {METRICS_KEY}")
    assert status == 200
    counted = re.findall(rb'abcall_requests_total\{.*route="/health".*\} ([\d.]+)', page)
    return int(sum(map(float, counted)))

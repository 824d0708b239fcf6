"""The service as a process: it starts, stops within five seconds, and finishes what has begun."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from foundation.ports import free_port
from foundation.settings import Settings
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.api_keys import issue_key
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
STAFF = Actor("staff:tests", "staff", None, frozenset({"manager"}))
ACME = Tenant("acme", "Acme", "telecom")
SECONDS_TO_STOP = 5.0
BODY = json.dumps({"text": "Soy Juan Pérez, cédula 1.023.456.789", "kind": "claim"}).encode()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, str]:
    """Return a new installation's settings and the secret of a key."""
    settings = Settings.at(tmp_path_factory.mktemp("process") / "data")
    settings.data_dir.mkdir()
    with Lake.open(settings) as lake:
        lake.store.upgrade()
        Keyring(settings, lake.store).create_master()
        create_tenant(lake.store, STAFF, ACME)
        return settings, issue_key(lake.store, STAFF, ACME, ["score"]).secret


@contextmanager
def running(settings: Settings, log: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Start the service on a free port, and leave no process behind."""
    port = free_port()
    environment = os.environ | {"ABCALL_DATA": str(settings.data_dir)}
    command = [sys.executable, "-m", "serving", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as err:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=err)
    try:
        wait_until_alive(process, port)
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_until_alive(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the service did not start: exit code {process.poll()}")


def seconds_to_stop(process: subprocess.Popen[bytes], number: signal.Signals) -> float:
    begun = time.monotonic()
    process.send_signal(number)
    assert process.wait(timeout=30) == 0
    return time.monotonic() - begun


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_time_though_a_client_keeps_its_connection(
    installation: tuple[Settings, str], tmp_path: Path, number: signal.Signals
):
    with (
        running(installation[0], tmp_path / "log") as (process, port),
        socket.create_connection(("127.0.0.1", port)) as idle,
    ):
        idle.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 200 OK" in idle.recv(4096)
        assert seconds_to_stop(process, number) <= SECONDS_TO_STOP


def test_a_request_that_has_begun_is_answered_after_sigterm(
    installation: tuple[Settings, str], tmp_path: Path
):
    settings, secret = installation
    head = (
        "POST /v1/score/incidents HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {secret}\r\nContent-Length: {len(BODY)}\r\n\r\n"
    ).encode()
    log = tmp_path / "log"
    with running(settings, log) as (process, port):
        assert ready(port)
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(head + BODY[:10])
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
                pass
            client.sendall(BODY[10:])
            response = HTTPResponse(client, method="POST")
            response.begin()
            answer = json.loads(response.read())
            assert process.wait(timeout=SECONDS_TO_STOP) == 0
        assert response.status == 404
        assert answer["error"]["key"] == "models.no_champion"
    told = log.read_text()
    assert '"route": "/v1/score/incidents"' in told
    assert "Juan" not in told
    assert "1.023.456.789" not in told


def test_a_client_that_never_finishes_does_not_keep_it_alive(
    installation: tuple[Settings, str], tmp_path: Path
):
    with (
        running(installation[0], tmp_path / "log") as (process, port),
        socket.create_connection(("127.0.0.1", port)) as stuck,
    ):
        stuck.sendall(b"POST /v1/score/incidents HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.3)
        assert seconds_to_stop(process, signal.SIGTERM) <= SECONDS_TO_STOP


def test_a_taken_port_is_said_in_words(installation: tuple[Settings, str], tmp_path: Path):
    with running(installation[0], tmp_path / "log") as (_, port):
        command = [sys.executable, "-m", "serving", "--port", str(port)]
        environment = os.environ | {"ABCALL_DATA": str(installation[0].data_dir)}
        second = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
    assert second.returncode == 78
    assert f"No se puede atender en 127.0.0.1:{port}. Elija otro puerto" in second.stderr


def ready(port: int) -> bool:
    request = Request(f"http://127.0.0.1:{port}/ready")
    try:
        with urlopen(request, timeout=60) as answer:
            return bool(json.load(answer)["ready"])
    except HTTPError as error:
        return bool(json.load(error)["ready"])

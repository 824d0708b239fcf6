"""The service as a process: it starts, stops within five seconds, and finishes what has begun."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPResponse
from pathlib import Path

import pytest

from foundation.settings import Settings
from tests.service_process import ROOT, running

pytestmark = pytest.mark.slow
SECONDS_TO_STOP = 5.0
CLOSED_SECONDS = 2.0
BODY = json.dumps({"text": "Soy Juan Pérez, cédula 1.023.456.789", "kind": "claim"}).encode()


def seconds_to_stop(process: subprocess.Popen[bytes], number: signal.Signals) -> float:
    begun = time.monotonic()
    process.send_signal(number)
    assert process.wait(timeout=30) == 0
    return time.monotonic() - begun


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_time_though_a_client_keeps_its_connection(
    bare_installation: tuple[Settings, str], tmp_path: Path, number: signal.Signals
):
    with (
        running(bare_installation[0], tmp_path) as service,
        socket.create_connection(("127.0.0.1", service.port)) as idle,
    ):
        idle.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 200 OK" in idle.recv(4096)
        assert seconds_to_stop(service.process, number) <= SECONDS_TO_STOP


def wait_until_closed(port: int) -> None:
    """Wait until nobody is let in any more: sooner than a request under way is cut off."""
    until = time.monotonic() + CLOSED_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=CLOSED_SECONDS).close()
        except OSError:
            return
        time.sleep(0.05)
    raise AssertionError("the door is still open")


def test_a_request_that_has_begun_is_answered_after_sigterm(
    bare_installation: tuple[Settings, str], tmp_path: Path
):
    settings, secret = bare_installation
    head = (
        "POST /v1/score/incidents HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {secret}\r\nContent-Length: {len(BODY)}\r\n\r\n"
    ).encode()
    with running(settings, tmp_path) as service:
        service.wait_until_ready()
        port, process = service.port, service.process
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(head + BODY[:10])
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            wait_until_closed(port)
            client.sendall(BODY[10:])
            response = HTTPResponse(client, method="POST")
            response.begin()
            answer = json.loads(response.read())
            assert process.wait(timeout=SECONDS_TO_STOP) == 0
        assert response.status == 404
        assert answer["error"]["key"] == "models.no_champion"
    told = service.err.read_text()
    assert '"route": "/v1/score/incidents"' in told
    assert "Juan" not in told
    assert "1.023.456.789" not in told


def test_a_client_that_never_finishes_does_not_keep_it_alive(
    bare_installation: tuple[Settings, str], tmp_path: Path
):
    with (
        running(bare_installation[0], tmp_path) as service,
        socket.create_connection(("127.0.0.1", service.port)) as stuck,
    ):
        stuck.sendall(b"POST /v1/score/incidents HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.3)
        assert seconds_to_stop(service.process, signal.SIGTERM) <= SECONDS_TO_STOP


def test_a_taken_port_is_said_in_words(bare_installation: tuple[Settings, str], tmp_path: Path):
    with running(bare_installation[0], tmp_path) as service:
        command = [sys.executable, "-m", "serving", "--port", str(service.port)]
        environment = os.environ | {"ABCALL_DATA": str(bare_installation[0].data_dir)}
        second = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
    assert second.returncode == 78
    assert f"No se puede atender en 127.0.0.1:{service.port}. Elija otro puerto" in second.stderr

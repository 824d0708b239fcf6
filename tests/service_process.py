"""The service as a process of its own, on loopback, with an installation behind it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from foundation.ports import free_port
from foundation.settings import Settings
from lakehouse.lake import Lake
from serving.observed.logs import WAIT_SECONDS
from tenancy.actor import Actor
from tenancy.api_keys import issue_key
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant

ROOT = Path(__file__).resolve().parents[1]
STAFF = Actor("staff:tests", "staff", None, frozenset({"manager"}))
ACME = Tenant("acme", "Acme", "telecom")
START_SECONDS = 90


@dataclass
class Service:
    """A running service.

    Attributes
    ----------
    err
        What it writes to its standard error; nothing goes to its standard output.
    """

    process: subprocess.Popen[bytes]
    port: int
    err: Path

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Return status and body of a GET."""
        request = Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urlopen(request, timeout=30) as answer:
                return int(answer.status), answer.read()
        except HTTPError as error:
            return error.code, error.read()

    def ready(self) -> bool:
        """Say whether it is ready."""
        return self.get("/ready")[0] == 200

    def workers(self) -> list[int]:
        """Return the workers' process ids."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(child) for child in children.read_text().split()]

    def wait_until_ready(self) -> None:
        """Wait until it says so."""
        until = time.monotonic() + START_SECONDS
        while not self.ready():
            assert time.monotonic() < until, self.get("/ready")
            time.sleep(0.1)


@contextmanager
def running(
    settings: Settings,
    folder: Path,
    *options: str,
    environment: Mapping[str, str] | None = None,
    port: int | None = None,
) -> Iterator[Service]:
    """Start the service, on a free port unless one is given, and leave no process behind."""
    port = port or free_port()
    whole = os.environ | {
        "ABCALL_DATA": str(settings.data_dir),
        "ABCALL_STORE_URL": settings.store_url,
    }
    command = [sys.executable, "-m", "serving", "--host", "127.0.0.1", "--port", str(port)]
    err, out = folder / f"err-{port}", folder / f"out-{port}"
    with err.open("ab") as told, out.open("wb") as said:
        process = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=whole | dict(environment or {}),
            stdout=said, stderr=told,
        )  # fmt: skip
    try:
        _wait_until_alive(process, port, err)
        yield Service(process, port, err)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
    assert out.read_bytes() == b"", "the service wrote to its standard output"


def _wait_until_alive(process: "subprocess.Popen[bytes]", port: int, err: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the service did not start ({process.poll()}): {err.read_text()[-3000:]}")


def new_installation(settings: Settings) -> str:
    """Make an installation with the tenant acme; returns the secret of a key that may score."""
    settings.data_dir.mkdir()
    with Lake.open(settings) as lake:
        lake.store.upgrade()
        Keyring(settings, lake.store).create_master()
        create_tenant(lake.store, STAFF, ACME)
        return issue_key(lake.store, STAFF, ACME, ["score"]).secret


@pytest.fixture(scope="module")
def bare_installation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, str]:
    """Return a new installation's settings and the secret of a key."""
    settings = Settings.at(tmp_path_factory.mktemp("process") / "data")
    return settings, new_installation(settings)


def log_lines(service: Service) -> list[dict[str, object]]:
    """Return what the service has logged so far: every line is a JSON object."""
    time.sleep(2 * WAIT_SECONDS)  # a worker writes several lines at once
    return [json.loads(line) for line in service.err.read_text().splitlines()]

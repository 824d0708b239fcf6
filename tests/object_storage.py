"""A real S3-speaking server on loopback (moto's, a process of its own), and buckets in it."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from uuid import uuid4

import pytest

from foundation.ports import free_port

START_SECONDS = 30.0


class Storage:
    """The server's address, and the variables by which an installation finds it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.environment = {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "tests",
        }

    def new_bucket(self) -> str:
        """Make a bucket and return its URL."""
        name = f"lake-{uuid4().hex[:12]}"
        request = urllib.request.Request(f"{self.endpoint}/{name}", method="PUT")
        with urllib.request.urlopen(request, timeout=10):
            return f"s3://{name}"


@pytest.fixture(scope="session")
def object_storage() -> Iterator[Storage]:
    """Return a running server; it ends with the tests."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    storage = Storage(f"http://127.0.0.1:{port}")
    try:
        _wait_for(f"{storage.endpoint}/moto-api/")
        yield storage
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def bucket(object_storage: Storage, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URL of a new bucket; the environment names its server."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in object_storage.environment.items():
        monkeypatch.setenv(name, value)
    return object_storage.new_bucket()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(address, timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("the storage did not start")

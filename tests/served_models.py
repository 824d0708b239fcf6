"""A registered model behind ``mlflow models serve``: a process of its own, on loopback."""

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest

from benchmarks.served import mlflow_server
from features.spec import is_missing
from foundation.ports import free_port

SECONDS = 120.0
Ask = Callable[[Sequence[Mapping[str, object]]], np.ndarray]


@contextmanager
def served(source: str, log: Path) -> Iterator[Ask]:
    """Serve a model's folder; yields a function from records to what the server predicts."""
    port = free_port()
    command, environment = mlflow_server(Path(source), port)
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        try:
            _wait(server, f"http://127.0.0.1:{port}/ping", log)
            yield lambda records: _ask(f"http://127.0.0.1:{port}/invocations", records)
        finally:
            os.killpg(server.pid, 15)
            server.wait(30)


def _wait(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except (URLError, OSError):
            time.sleep(0.5)
        else:
            return
    pytest.fail(f"the model was not served:\n{log.read_text(errors='replace')[-3000:]}")


def _ask(address: str, records: Sequence[Mapping[str, object]]) -> np.ndarray:
    names = list(records[0])
    rows = [[None if is_missing(r[name]) else r[name] for name in names] for r in records]
    body = json.dumps({"dataframe_split": {"columns": names, "data": rows}}).encode()
    asked = urllib.request.Request(
        address, body, {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return np.array(json.load(answer)["predictions"], dtype=np.float64)

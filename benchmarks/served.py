"""The scoring service and ``mlflow models serve`` on one model: one worker each, on loopback."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np

from features.shapes import Record
from features.spec import is_missing
from foundation.ports import free_port
from foundation.settings import Settings
from models.arrays import Floats
from tenancy.limits import NAMES
from tenancy.tenant import PLANS

UP_SECONDS = 180.0
REST_SECONDS, RESTING = 60.0, 0.05
TOGETHER = 8
"""Records of a request when answers are compared: as many as are scored one after the other."""
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Served:
    """A server that runs, and how a record is asked for there."""

    process: int
    port: int
    path: str
    headers: dict[str, str]

    def asked_for(self, model: str, key: str) -> "Served":
        """Return this server as it is asked for a model of whose key that is, without reasons."""
        headers = {**self.headers, "Authorization": f"Bearer {key}"}
        return replace(self, path=f"/v1/models/{model}/score?reasons=false", headers=headers)

    def body(self, records: Sequence[Record]) -> str:
        """Return records as this server takes them."""
        plain = [{n: None if is_missing(v) else v for n, v in one.items()} for one in records]
        if self.path == "/invocations":
            names = list(records[0])
            rows = [[one[name] for name in names] for one in plain]
            return json.dumps({"dataframe_split": {"columns": names, "data": rows}})
        return json.dumps({"records": plain})

    def probabilities(self, records: Sequence[Record]) -> list[float]:
        """Return the probability of each record's outcome."""
        told = self._asked(self.body(records))
        if self.path == "/invocations":
            return [float(one[1]) for one in told["predictions"]]
        return [float(one["probability"]) for one in told["scores"]]

    @property
    def processor_seconds(self) -> float:
        """What the server and its workers have used of processors."""
        return _processor_seconds(self.process)

    def _asked(self, body: str) -> dict[str, Any]:
        address = f"http://127.0.0.1:{self.port}{self.path}"
        asked = urllib.request.Request(address, body.encode(), self.headers, method="POST")
        with urllib.request.urlopen(asked, timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
            return found


def difference(one: Served, other: Served, records: Sequence[Record]) -> float:
    """Return the largest difference between two servers' probabilities, a few records at once."""
    parts = [records[at : at + TOGETHER] for at in range(0, len(records), TOGETHER)]
    found: list[Floats] = [
        np.concatenate([server.probabilities(part) for part in parts]) for server in (one, other)
    ]
    return float(np.abs(found[0] - found[1]).max())


@contextmanager
def ours(settings: Settings, log: Path) -> Iterator[Served]:
    """Serve an installation, without the plans' limits."""
    port = free_port()
    environment = {
        "ABCALL_DATA": str(settings.data_dir),
        "ABCALL_MASTER_KEY_FILE": str(settings.master_key_file),
        "ABCALL_LIMITS": ",".join(f"{plan}.{name}=0" for plan in PLANS for name in NAMES),
    }
    command = [sys.executable, "-m", "serving", "--port", str(port)]
    with _running(command, environment, log, f"http://127.0.0.1:{port}/ready") as process:
        yield Served(process, port, "/ready", {"Content-Type": "application/json"})


def mlflow_server(source: Path, port: int) -> tuple[list[str], dict[str, str]]:
    """Return the command that serves a model's folder as MLflow does, and what its variables are.

    By them it finds the uvicorn of this environment.
    """
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--model-uri", str(source)]
    command += ["--env-manager", "local", "--workers", "1", "--port", str(port)]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return command, {"PATH": path, "MLFLOW_DISABLE_TELEMETRY": "true"}


@contextmanager
def mlflows(source: Path, log: Path) -> Iterator[Served]:
    """Serve a registered model's folder as MLflow does."""
    port = free_port()
    command, environment = mlflow_server(source, port)
    with _running(command, environment, log, f"http://127.0.0.1:{port}/ping") as process:
        yield Served(process, port, "/invocations", {"Content-Type": "application/json"})


@contextmanager
def bare(log: Path) -> Iterator[Served]:
    """Serve a constant by what the service stands on (see ``bare_flask``)."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.bare_flask", str(port)]
    with _running(command, {}, log, f"http://127.0.0.1:{port}/ready") as process:
        yield Served(process, port, "/score", {"Content-Type": "application/json"})


@contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], log: Path, address: str
) -> Iterator[int]:
    """Run a server on the last core once it is up, with one thread a library, until it is left."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **ONE_THREAD, **environment},
            start_new_session=True,
        )
        try:
            _wait(server, address, log)
            _keep_to(cores()[0], server.pid)
            rest(lambda: _processor_seconds(server.pid))
            yield server.pid
        finally:
            os.killpg(server.pid, 15)
            server.wait(30)


def cores() -> tuple[list[int], list[int]]:
    """Return the cores of the servers, and those of the clients; none where there is only one."""
    every = sorted(os.sched_getaffinity(0))
    return ([every[-1]], every[:-1]) if len(every) > 1 else ([], [])


def _keep_to(server_cores: Sequence[int], session: int) -> None:
    """Let a session's threads, and whatever they begin, run on those cores; on any where none."""
    if not server_cores:
        return
    for folder, _ in _processes(session):
        for thread in (folder / "task").glob("[0-9]*"):
            with suppress(ProcessLookupError):  # it ended meanwhile
                os.sched_setaffinity(int(thread.name), server_cores)


def _processor_seconds(session: int) -> float:
    """Return what the processes of a session have used of processors."""
    ticks = sum(int(told[11]) + int(told[12]) for _, told in _processes(session))
    return ticks / os.sysconf("SC_CLK_TCK")


def _processes(session: int) -> Iterator[tuple[Path, list[str]]]:
    """Yield the folder and the figures (proc(5), from the state on) of a session's processes."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if int(told[3]) == session:
            yield folder, told


def rest(processor_seconds: Callable[[], float]) -> None:
    """Wait until a server has done what it begins with: a second in which it hardly works."""
    until = time.monotonic() + REST_SECONDS
    while time.monotonic() < until:
        before = processor_seconds()
        time.sleep(1.0)
        if processor_seconds() - before < RESTING:
            return


def _wait(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    until = time.monotonic() + UP_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except (URLError, OSError):
            time.sleep(0.5)
        else:
            return
    raise RuntimeError(f"no server came up:\n{log.read_text(errors='replace')[-3000:]}")

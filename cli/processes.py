"""Runs the servers of ``abcall up`` as child processes, each in a group of its own, and ends them.

A server that is told to stop has ``GRACE_SECONDS``; what is left of its group is then killed, so
that no process outlives the command (``dagster dev`` alone may take 20 s).
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from foundation.errors import MissingPart

GRACE_SECONDS = 2.5
"""Less than the command itself has (``foundation.ending``): who is killed kills nobody any more."""
KILLED_SECONDS = 0.7
"""A killed process of some hundred megabytes is not gone at once."""
START_SECONDS = 60.0
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Server:
    """One server to run on loopback: its page to open, and the path that says it is ready.

    Without a port it works for another one and answers nobody.
    """

    name: str
    command: Sequence[str]
    port: int | None = None
    ready_path: str = "/"
    page: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """What a person opens."""
        return f"http://{LOOPBACK}:{self.port}{self.page}"


def free_port(preferred: int) -> int:
    """Return ``preferred`` when it is free on loopback, else a free port."""
    for port in (preferred, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((LOOPBACK, port))
            return int(probe.getsockname()[1])
    raise MissingPart("cli.no_port", port=preferred)


class Servers:
    """The running servers; as a context manager it leaves none of them behind."""

    def __init__(self, log_dir: Path) -> None:
        self._log_dir = log_dir
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Servers":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, server: Server) -> None:
        """Start a server in a process group of its own; its output goes to a log file."""
        self._log_dir.mkdir(parents=True, exist_ok=True)
        with (self._log_dir / f"{server.name}.log").open("ab") as log:
            self._running[server.name] = subprocess.Popen(
                server.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **server.environment},
                start_new_session=True,
            )

    def wait_until_ready(self, server: Server) -> None:
        """Wait for the answer of a server that has a port; ``MissingPart`` names its log."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._running[server.name].poll() is None:
            if _answers(server):
                return
            time.sleep(0.2)
        log = self._log_dir / f"{server.name}.log"
        raise MissingPart("cli.server_did_not_start", server=server.name, log=str(log))

    def ended(self) -> str | None:
        """Return the name of a server that ended by itself, if any."""
        return next((n for n, p in self._running.items() if p.poll() is not None), None)

    def stop(self) -> None:
        """Ask every group to end, wait ``GRACE_SECONDS`` in all, and kill what is left.

        How a server ends that was told to says nothing: the dashboard's may end by its own alarm.
        """
        for process in self._running.values():
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self._running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            _signal_group(process, signal.SIGKILL)
            process.wait()
        for process in self._running.values():
            _wait_for_group(process, deadline + KILLED_SECONDS)
        self._running.clear()


def _answers(server: Server) -> bool:
    if server.port is None:
        return True
    link = HTTPConnection(LOOPBACK, server.port, timeout=2)
    with suppress(OSError, HTTPException):
        link.request("GET", server.ready_path)
        return link.getresponse().status < 500
    return False


def _wait_for_group(process: subprocess.Popen[bytes], deadline: float) -> None:
    """Wait until nobody is left of a group, children of a killed child included."""
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(process.pid, 0)
            time.sleep(0.02)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)

"""Programs started by tests, each in a group of its own: told to end, and counted afterwards."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
END_SECONDS = 5.0


@dataclass
class Program:
    """A running program whose output is collected in a file."""

    process: subprocess.Popen[bytes]
    log: Path
    family: set[int] = field(default_factory=set)

    def said(self) -> str:
        """Return what it has said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, words: str, seconds: float) -> None:
        """Wait until it says ``words``; fail with what it said instead."""
        deadline = time.monotonic() + seconds
        while words not in self.said():
            assert self.process.poll() is None, f"it ended:\n{self.said()}"
            assert time.monotonic() < deadline, f"it never said «{words}»:\n{self.said()}"
            time.sleep(0.2)

    def remember_family(self) -> None:
        """Note every process that descends from it now."""
        self.family |= descendants(self.process.pid)

    def end(self, number: signal.Signals) -> float:
        """Send a signal to this one process and return the seconds until it ended."""
        self.remember_family()
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=60)
        return time.monotonic() - started

    def left_behind(self) -> dict[int, str]:
        """Return those of its family that still run, with their command lines."""
        return {pid: command_line(pid) for pid in self.family if alive(pid)}

    def clear(self) -> None:
        """End what a failing test left."""
        self.remember_family()
        for pid in [self.process.pid, *self.family]:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def start(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Program:
    """Start a Python module as a person would, from the project's root."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Program(process, log)


def descendants(pid: int) -> set[int]:
    """Return the processes that descend from one (Linux), whatever their group."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        told = _stat(int(stat.parent.name))
        if told is not None:
            parents.setdefault(int(told[1]), []).append(int(stat.parent.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        below = parents.get(waiting.pop(), [])
        found.update(below)
        waiting += below
    return found


def alive(pid: int) -> bool:
    """Say whether a process runs; one that ended and waits to be collected does not."""
    told = _stat(pid)
    return told is not None and told[0] != "Z"


def command_line(pid: int) -> str:
    """Return how a process was started."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None

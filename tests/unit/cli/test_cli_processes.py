"""The servers of ``abcall up``: one that ends by itself is a fault, one that is stopped is none."""

import sys
import time
from pathlib import Path

import pytest

from cli.processes import Server, Servers
from cli.up import watch
from foundation import ending
from foundation.errors import MissingPart

BY_ALARM = """
import signal, time
signal.signal(signal.SIGTERM, lambda *_: signal.setitimer(signal.ITIMER_REAL, 0.05))
print("ready", flush=True)
time.sleep(60)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""
SHORT = "print('ready', flush=True)"


def started(running: Servers, logs: Path, program: str) -> None:
    running.start(Server("one", [sys.executable, "-c", program], port=0, ready_path="/"))
    deadline = time.monotonic() + 20
    while "ready" not in (logs / "one.log").read_text():
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)


def test_a_server_that_ends_by_itself_is_a_fault_that_names_it(tmp_path: Path):
    with Servers(tmp_path) as running:
        started(running, tmp_path, SHORT)
        with pytest.raises(MissingPart) as fault:
            watch(running)
    assert (fault.value.key, fault.value.details["server"]) == ("cli.server_ended", "one")


@pytest.mark.parametrize("program", [BY_ALARM, STUBBORN])
def test_one_that_was_stopped_is_none_and_is_gone_while_the_command_lives(
    program: str, tmp_path: Path
):
    with Servers(tmp_path) as running:
        started(running, tmp_path, program)
        assert running.ended() is None
        begun = time.monotonic()
        running.stop()
        assert time.monotonic() - begun < ending.GRACE_SECONDS
        assert running.ended() is None

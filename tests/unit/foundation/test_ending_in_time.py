"""A process that was told to stop is gone in time, whatever its main thread is in."""

import signal
import subprocess
import sys

import pytest

from foundation.ending import GRACE_SECONDS, SIGNALLED

BEGIN = """
import ctypes, threading, time
from foundation.ending import ending_in_time, stop_on_signals

stop_on_signals()
with ending_in_time():
    print("ready", flush=True)
"""
STUCK = {
    "a lock of a library that never opens": """
    lock, library = ctypes.create_string_buffer(64), ctypes.CDLL(None)
    library.pthread_mutex_lock(lock)
    library.pthread_mutex_lock(lock)
""",
    "the lock that new threads need": """
    with threading._active_limbo_lock:
        while True:
            try:
                time.sleep(60)
            except BaseException:
                threading.Thread(target=print).start()
""",
    "a retry that begins anew": """
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
""",
}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("stuck", list(STUCK))
def test_it_ends_though_stuck_in(stuck: str, number: signal.Signals):
    program = subprocess.Popen(
        [sys.executable, "-c", BEGIN + STUCK[stuck]], stdout=subprocess.PIPE, text=True
    )
    with program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        try:
            program.send_signal(number)
            assert program.wait(timeout=GRACE_SECONDS + 5) == SIGNALLED + number
        finally:
            program.kill()


def test_work_that_ends_by_itself_is_left_alone():
    program = subprocess.run(
        [sys.executable, "-c", BEGIN + "print('after')"], capture_output=True, text=True, check=True
    )
    assert program.stdout == "ready\nafter\n"

"""Ending in time: a process that was told to stop is gone some seconds later, whatever it is in.

A library may swallow the interruption, or a retry begin anew. Nothing is lost by a hard end: every
write of the platform survives a kill, and the next run goes on where this one stopped.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

GRACE_SECONDS = 4.0
SIGNALLED = 128
"""A process that a signal ended has this exit code plus the signal's number (POSIX shells)."""


def leave(code: int) -> NoReturn:
    """End the process at once: unloading a gigabyte of libraries takes seconds on a busy machine.

    For a process that has done its work: its answers are sent, no transaction is open.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def stop_on_signals() -> None:
    """Let Ctrl-C and SIGTERM unwind the program, so that what it started is stopped."""

    def stop(number: int, _: object) -> None:
        raise SystemExit(SIGNALLED + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


@contextmanager
def ending_in_time() -> Iterator[None]:
    """Let SIGTERM and SIGINT end a block of work in time, beside whatever else handles them.

    The interpreter's C handler tells a thread that waits from the start: the main thread may be
    stuck in a library, or hold the very lock that a new thread would need.
    Only the main thread can handle signals; elsewhere this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard, told = socket.socketpair()
    told.setblocking(False)
    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_end_when_told, args=[heard], daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        told.close()


def _end_when_told(heard: socket.socket) -> None:
    """Read the numbers of signals; end hard ``GRACE_SECONDS`` after one that asks for the end."""
    with heard:
        while told := heard.recv(1):
            if told[0] in (signal.SIGTERM, signal.SIGINT):
                time.sleep(GRACE_SECONDS)
                os._exit(SIGNALLED + told[0])


# A child begun by fork shares the pipe: what it is told must not end its parent.
os.register_at_fork(after_in_child=lambda: signal.set_wakeup_fd(-1))

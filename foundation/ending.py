"""Ending in time: a process that was told to stop is gone some seconds later, whatever it is in.

A library may swallow the interruption, or a retry begin anew. Nothing is lost by a hard end: every
write of the platform survives a kill, and the next run goes on where this one stopped.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

GRACE_SECONDS = 4.0
SIGNALLED = 128
"""A process that a signal ended has this exit code plus the signal's number (POSIX shells)."""


def end_in_time(number: int) -> None:
    """End this process hard unless it has ended within ``GRACE_SECONDS``."""
    timer = threading.Timer(GRACE_SECONDS, os._exit, [SIGNALLED + number])
    timer.daemon = True
    timer.start()


def leave(code: int) -> NoReturn:
    """End the process at once: unloading a gigabyte of libraries takes seconds on a busy machine.

    For a process that has done its work: its answers are sent, no transaction is open.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@contextmanager
def ending_in_time() -> Iterator[None]:
    """Let SIGTERM and SIGINT end a block of work in time, after whatever else handles them.

    Only the main thread can handle signals; elsewhere this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def handle(number: int, frame: FrameType | None) -> None:
        end_in_time(number)
        earlier = before[signal.Signals(number)]
        if callable(earlier):
            earlier(number, frame)

    for number in before:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)

"""A process of tests that does not end says where each of its threads stands, and is ended.

The time limit of a single test does not hold once the last has passed, and code that waits outside
Python obeys no signal: the watch is a thread of its own, in C.
"""

import faulthandler
import sys

import pytest

ENDING_SECONDS = 120


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """Begin to watch."""
    faulthandler.dump_traceback_later(ENDING_SECONDS, exit=True, file=sys.__stderr__)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Watch no longer."""
    faulthandler.cancel_dump_traceback_later()

"""How long work takes, where other tests' threads and the machine's load do not count."""

import gc
from collections.abc import Callable
from time import thread_time


def seconds_of(work: Callable[[], object], times: int = 3) -> float:
    """Give the least processor seconds of this thread that `work` took in so many tries."""
    gc.collect()
    gc.disable()
    try:
        return min(_once(work) for _ in range(times))
    finally:
        gc.enable()


def _once(work: Callable[[], object]) -> float:
    begun = thread_time()
    work()
    return thread_time() - begun

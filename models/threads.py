"""Learning takes two threads at most, so that a tenant's training leaves room for the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

THREADS = 2


@contextmanager
def bounded(threads: int = THREADS) -> Iterator[None]:
    """Bound the threads of BLAS and OpenMP within."""
    with import_module("threadpoolctl").threadpool_limits(limits=threads):
        yield

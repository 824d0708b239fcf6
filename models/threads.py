"""Learning takes one thread: on a busy machine BLAS and OpenMP threads wait for each other.

Measured with a load of 13 on two cores: more than ten times longer with two threads. Several
tenants are trained side by side instead.
"""

from collections.abc import Iterator
from contextlib import contextmanager

THREADS = 1


@contextmanager
def bounded(threads: int = THREADS) -> Iterator[None]:
    """Bound the threads of BLAS and OpenMP within."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=threads):
        yield

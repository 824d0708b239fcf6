"""Where a process of the service stands in its life: warming up, at work, or stopping."""

import mmap
from typing import Self

STOPPING, BEGUN = 0, 1
"""Where each flag stands in what the processes share."""


class Life:
    """What readiness asks of the process itself, and what its processes tell each other.

    Attributes
    ----------
    warm
        Whether what the first request would wait for is loaded.
    """

    def __init__(self, flags: mmap.mmap | None = None, *, warm: bool = True) -> None:
        self._flags = flags
        self.warm = warm

    @classmethod
    def shared(cls) -> Self:
        """Return the life of processes that are forked from this one: still cold, ended at once."""
        return cls(mmap.mmap(-1, 2), warm=False)

    @property
    def stopping(self) -> bool:
        """Whether the service was told to stop."""
        return self._is(STOPPING)

    def stop(self) -> None:
        """Tell every process that shares this life."""
        self._set(STOPPING)

    @property
    def begun(self) -> bool:
        """Whether a process of the service has ever come so far as to answer."""
        return self._is(BEGUN)

    def begin(self) -> None:
        """Say that this process answers from now on."""
        self._set(BEGUN)

    def _is(self, flag: int) -> bool:
        return self._flags is not None and self._flags[flag] == 1

    def _set(self, flag: int) -> None:
        if self._flags is not None:
            self._flags[flag] = 1

"""Where a process of the service stands in its life: warming up, at work, or stopping."""

import mmap
from typing import Self


class Life:
    """What readiness asks of the process itself.

    Attributes
    ----------
    warm
        Whether what the first request would wait for is loaded.
    """

    def __init__(self, flag: mmap.mmap | None = None, *, warm: bool = True) -> None:
        self._flag = flag
        self.warm = warm

    @classmethod
    def shared(cls) -> Self:
        """Return the life of processes that are forked from this one: still cold, ended at once."""
        return cls(mmap.mmap(-1, 1), warm=False)

    @property
    def stopping(self) -> bool:
        """Whether the service was told to stop."""
        return self._flag is not None and self._flag[0] == 1

    def stop(self) -> None:
        """Tell every process that shares this life."""
        if self._flag is not None:
            self._flag[0] = 1

"""A disk that is full or may not be written is the operator's matter, whoever met it first.

Python says it by a number, SQLite and delta-rs in words of their own; people hear one sentence.
"""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from foundation.errors import AbcallError, OperatorError

NUMBERS = {
    errno.ENOSPC: "disk.full",
    errno.EDQUOT: "disk.full",
    errno.EFBIG: "disk.full",
    errno.EROFS: "disk.not_writable",
    errno.EACCES: "disk.not_writable",
    errno.EPERM: "disk.not_writable",
    errno.EIO: "disk.broken",
}
WORDS = (
    ("disk.full", re.compile(r"no space left|disk is full|quota exceeded|os error (28|122)", re.I)),
    (
        "disk.not_writable",
        re.compile(
            r"read-?only (database|file ?system)|permission denied|os error (13|30)"
            r"|unable to open database file",
            re.I,
        ),
    ),
    ("disk.broken", re.compile(r"disk i/o error|input/output error|os error 5\b", re.I)),
    ("disk.store_damaged", re.compile(r"image is malformed|file is not a database", re.I)),
)


@contextmanager
def disk_told() -> Iterator[None]:
    """Turn what is said of a disk into an ``OperatorError``; any other error stays as it is."""
    try:
        yield
    except AbcallError:
        raise
    except Exception as error:
        key = disk_fault(error)
        if key is None:
            raise
        raise OperatorError(key) from error


def disk_fault(error: BaseException) -> str | None:
    """Return the key of the sentence that says what is wrong with the disk; none where it is not.

    Looks at the error and at what caused it.
    """
    cause: BaseException | None = error
    while cause is not None:
        key = _by_number(cause) or _by_words(str(cause))
        if key is not None:
            return key
        cause = cause.__cause__ or cause.__context__
    return None


def _by_number(error: BaseException) -> str | None:
    number = error.errno if isinstance(error, OSError) else None
    return None if number is None else NUMBERS.get(number)


def _by_words(said: str) -> str | None:
    return next((key for key, words in WORDS if words.search(said)), None)

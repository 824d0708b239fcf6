"""What is said of a disk becomes one sentence for an operator, whoever said it."""

import errno

import pytest

from foundation.disk import disk_fault, disk_told
from foundation.errors import NotFound, OperatorError
from foundation.texts import LANGUAGES

SAID = [
    (OSError(errno.ENOSPC, "x"), "disk.full"),
    (OSError(errno.EROFS, "x"), "disk.not_writable"),
    (PermissionError(errno.EACCES, "x"), "disk.not_writable"),
    (OSError(errno.EIO, "x"), "disk.broken"),
    (RuntimeError("(sqlite3.OperationalError) database or disk is full"), "disk.full"),
    (RuntimeError("Generic LocalFileSystem error: … No space left on device"), "disk.full"),
    (RuntimeError("attempt to write a readonly database"), "disk.not_writable"),
    (RuntimeError("unable to open database file"), "disk.not_writable"),
    (RuntimeError("… Permission denied (os error 13)"), "disk.not_writable"),
    (RuntimeError("database disk image is malformed"), "disk.store_damaged"),
    (RuntimeError("no such column: size"), None),
    (FileNotFoundError(errno.ENOENT, "x"), None),
]


@pytest.mark.parametrize(("error", "key"), SAID)
def test_a_fault_of_the_disk_is_known_by_number_or_words(error: Exception, key: str | None):
    assert disk_fault(error) == key


def test_the_cause_counts_too_and_the_operator_hears_it_in_both_languages():
    failed = RuntimeError("the writer failed")
    failed.__cause__ = OSError(errno.ENOSPC, "x")
    with pytest.raises(OperatorError) as told, disk_told():
        raise failed
    assert told.value.key == "disk.full"
    assert all(told.value.say(language) for language in LANGUAGES)


def test_every_other_error_stays_what_it_is():
    with pytest.raises(ZeroDivisionError), disk_told():
        _ = 1 / 0
    with pytest.raises(NotFound), disk_told():
        raise NotFound("lakehouse.no_person")

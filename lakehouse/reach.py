"""Storage that cannot be reached is the operator's matter: say which setting to look at."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from foundation.errors import OperatorError
from foundation.settings import BUCKET_SCHEME

CAUSES = {
    "storage.no_bucket": re.compile(r"NoSuchBucket|NO_SUCH_BUCKET|bucket does not exist", re.I),
    "storage.no_access": re.compile(
        r"ACCESS_DENIED|AccessDenied|\b40[13]\b|InvalidAccessKeyId|SignatureDoesNotMatch"
        r"|credential|INVALID_CLIENT_TOKEN_ID|InvalidToken",
        re.I,
    ),
    "storage.no_endpoint": re.compile(
        r"NETWORK_CONNECTION|could not resolve|couldn.t connect|could not connect|retry_timeout"
        r"|timed? ?out|error sending request|dns error|connection refused|scheme is not allowed",
        re.I,
    ),
}
FAILED = "storage.failed"


@contextmanager
def reached(root: str) -> Iterator[None]:
    """Turn what a bucket's driver says into a sentence that names the setting to look at.

    A file that is not there stays ``FileNotFoundError``; errors of a folder stay as they are.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if not root.startswith(BUCKET_SCHEME):
            raise
        raise OperatorError(_cause_of(str(error)), place=_bucket_of(root)) from error


def _cause_of(message: str) -> str:
    return next((key for key, words in CAUSES.items() if words.search(message)), FAILED)


def _bucket_of(root: str) -> str:
    """Return scheme and bucket: what lies below them may be a tenant's."""
    return BUCKET_SCHEME + root.removeprefix(BUCKET_SCHEME).split("/", 1)[0]

"""What comes inside a letter: every file in it is looked at as if it had come alone."""

from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from ingestion.media.kinds import Refusal

MOST_PARTS = 100
MOST_BYTES = 32 * 2**20
"""Of all parts decoded."""


def enclosed(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files in a letter: their name (empty where they bear none) and content.

    Raises
    ------
    Refusal
        They are too many, or too large together.
    """
    letter = BytesParser(policy=policy.default).parsebytes(content)
    size = 0
    for count, part in enumerate(letter.walk()):
        if count >= MOST_PARTS:
            raise Refusal("media.bomb", large=True)
        if part.is_multipart() or not isinstance(part, EmailMessage):
            continue
        name = part.get_filename() or ""
        written = part.get_payload(decode=True)
        payload = written if isinstance(written, bytes) else b""
        size += len(payload)
        if size > MOST_BYTES:
            raise Refusal("media.bomb", large=True)
        if name or part.get_content_maintype() != "text":
            yield name, payload

"""A note or a letter as a row of ``silver.extract_text``: what it says, masked."""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html import unescape
from typing import Any
from unicodedata import normalize

import pyarrow as pa

from foundation.errors import InvalidUpload
from ingestion.extractors.persons import NONE, Own
from ingestion.masking import MASKER_VERSION, mask
from ingestion.media.kinds import kind_of, plain

COLUMNS = pa.schema([
    ("text", pa.string()),
    ("is_whole", pa.bool_()),
    ("masker_version", pa.string()),
])  # fmt: skip
"""``is_whole``: nothing was left out at the end."""

MOST_CHARACTERS = 200_000
TAG = re.compile(r"<(?:style|script)\b.*?(?:</(?:style|script)>|\Z)|<[^<>]{0,2000}>", re.I | re.S)
NEVER = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def row_of(content: bytes, own: Own = NONE) -> dict[str, Any]:
    """Return a text under the names of ``COLUMNS``.

    Raises
    ------
    InvalidUpload
        It has no words that can be read.
    """
    written = _letter(content) if kind_of(content).name == "eml" else plain(content)
    if written is None:
        raise InvalidUpload("texts.unreadable")
    tidy = NEVER.sub(" ", normalize("NFC", written.replace("\r\n", "\n"))).strip()
    text = normalize("NFC", mask(tidy[:MOST_CHARACTERS], own))
    whole = len(tidy) <= MOST_CHARACTERS
    return {"text": text, "is_whole": whole, "masker_version": MASKER_VERSION}


def _letter(content: bytes) -> str | None:
    """Return subject and words of a letter; its addresses are the persons'."""
    try:
        letter = BytesParser(policy=policy.default).parsebytes(content)
        body = letter.get_body(("plain", "html")) if isinstance(letter, EmailMessage) else None
        words = str(body.get_content()) if body is not None else ""
    except (LookupError, ValueError, KeyError, RecursionError):
        return None  # an encoding that nobody knows, or letters in letters without end
    if body is not None and body.get_content_subtype() == "html":
        words = unescape(TAG.sub(" ", words))
    return "\n".join(filter(None, (str(letter["subject"] or "").strip(), words.strip()))) or None

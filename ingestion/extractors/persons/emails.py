"""Addresses of e-mail, written or spelled out."""

import re
from collections.abc import Iterator

from ingestion.extractors.persons.found import Found

# Every repetition is bounded: a cell may hold a million characters.
_LAST = r"(?:com|co|net|org|edu|gov|gob|mil|info|es|mx|ar|pe|cl|ec|ve|us|uk|io|me)"
_LABEL = r"[^\W_][\w-]{0,62}"
_WRITTEN = re.compile(
    rf"[\w.%+-]{{1,64}}(?: ?@ ?| ?[(\[] ?(?:at|arroba) ?[)\]] ?){_LABEL}(?:\.{_LABEL}){{0,8}}"
    r"(?:\.[a-z]{2,24}| ?\. ?(?:com|co|net|org|edu|gov))(?!\w)",
    re.IGNORECASE,
)
_DIGIT = r"(?:cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)"
_SPOKEN = rf"(?:{_DIGIT}(?: {_DIGIT}){{0,5}}|\w{{1,30}})"
_PART = rf"{_SPOKEN}(?: (?:punto|gui[oó]n(?: bajo| medio)?) {_SPOKEN}){{0,4}}"
_SPELLED = re.compile(rf"\b{_PART} arroba {_PART} punto {_LAST}\b(?: punto [a-z]{{2}}\b)?", re.I)


def emails(text: str) -> Iterator[Found]:
    """Find addresses of e-mail."""
    for pattern in (_WRITTEN, _SPELLED):
        for found in pattern.finditer(text):
            yield Found(*found.span(), "email")

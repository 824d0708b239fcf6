"""Numbers in words, as transcripts of calls hold them: «tres cero cero, cincuenta y cinco…»."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml
from stdnum import luhn

from ingestion.extractors.persons.around import cue, is_quantity
from ingestion.extractors.persons.found import Found, Kind
from ingestion.extractors.plain import plain

FEWEST_DIGITS = 7
"""Fewer digits in words, with nothing beside them that says what they are, identify nobody."""
FEWEST_WORDS = 4
OF_CUE: dict[str, Kind] = {"document": "document", "tax_number": "tax_number", "phone": "phone"}
_WORD = re.compile(r"[^\W\d_]+")


class Numerals(NamedTuple):
    """Number words, and how a run of them is cut."""

    values: dict[str, int]
    scales: frozenset[str]
    run: re.Pattern[str]


def spoken(text: str) -> Iterator[Found]:
    """Find cards, telephones and documents whose digits are said in words."""
    for run in numerals().run.finditer(plain(text)):
        kind = _kind_of(text, run.start(), run.end(), _WORD.findall(run[0]))
        if kind:
            yield Found(*run.span(), kind)


def _kind_of(text: str, start: int, end: int, words: list[str]) -> Kind | None:
    said = cue(text, start)
    if said in {"order", "amount", "free"} or is_quantity(text, end):
        return None
    if numerals().scales & set(words):
        return "document" if said in {"document", "tax_number"} and len(words) > 3 else None
    digits = _digits(words)
    if len(digits) < (FEWEST_DIGITS if said in {"", "tax_number"} else 6):
        return None
    if len(digits) >= 13:
        return "card" if said == "card" or luhn.is_valid(digits) else None
    mobile = len(digits) == 10 and digits.startswith(("3", "60"))
    return OF_CUE.get(said, "phone" if mobile else "document")


def _digits(words: list[str]) -> str:
    """Write each number below a thousand as its digits, one after another.

    >>> _digits(["trescientos", "quince", "cuarenta", "y", "dos", "cero"])
    '315420'
    """
    values = [numerals().values[word] for word in words if word in numerals().values]
    numbers: list[int] = []
    room = 0
    for value in values:
        if 0 < value < room:
            numbers[-1] += value
        else:
            numbers.append(value)
        room = 100 if value >= 100 else 10 if 30 <= value < 100 else 0
    return "".join(map(str, numbers))


@cache
def numerals() -> Numerals:
    """Read the number words."""
    file = Path(__file__).with_name("numerals.yaml")
    listed = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    scales = frozenset(listed.pop("scales"))
    values = {word: value for group in listed.values() for word, value in group.items()}
    word = rf"(?:{'|'.join(sorted(values.keys() | scales, key=len, reverse=True))})\b"
    check = rf"(?:,? (?:digito(?: de verificacion)?|guion|raya) {word})?"
    run = re.compile(rf"\b{word}(?:,? (?:y )?{word}){{{FEWEST_WORDS - 1},40}}{check}")
    return Numerals(values, scales, run)

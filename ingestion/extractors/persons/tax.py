"""Tax numbers: Colombian ones (NIT) by their check digit or form, others by form or cue."""

import re
from collections.abc import Iterator

from stdnum.cl import rut
from stdnum.co import nit

from ingestion.extractors.persons.around import Spot
from ingestion.extractors.persons.found import Found

_CHECKED = re.compile(
    r"(?<![\w.,/#-])(?:[0-9]{1,3}(?:[. ]?[0-9]{3}){2,3}|[0-9]{8,10}) ?[-–—] ?[0-9kK](?![\w-])"
)
_AFTER_WORD = re.compile(
    r"(?<![0-9.,/#-])[0-9]{1,3}(?:[., ]?[0-9]{3}){2,3}(?: ?[-–—] ?[0-9]| [0-9])?(?![\w-])"
    r"|(?<![0-9.,/#-])[0-9]{9,13}(?![\w-])"
)
_SHAPED = re.compile(
    r"(?<![\w.,/#-])(?:[89][0-9]{8} ?[-–—] ?[0-9]|(?:2[03-7]|3[034])-[0-9]{8}-[0-9])(?![\w-])"
)
"""A company's nine digits and a check digit, right or mistyped; Argentina's numbers."""
_MEXICAN = re.compile(
    r"(?<!\w)[A-ZÑ&]{3,4}[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[A-Z0-9]{3}(?!\w)"
)
_DASH = re.compile("[-–—]")
FIRST_COMPANY = 50_000_000
"""Chile's numbers of companies begin here; those before are persons'."""


def tax_numbers(text: str, spot: Spot) -> Iterator[Found]:
    """Find tax numbers; a Chilean one that is no company's is its bearer's document."""
    if spot.said == "tax_number":
        for found in _AFTER_WORD.finditer(text, spot.low, spot.high):
            if not _is_chilean(found[0]):
                yield Found(*found.span(), "tax_number")
    elif spot.said == "phone":
        return
    if text[spot.start - 1 : spot.start].isalpha():
        mexican = (_MEXICAN.match(text, max(0, spot.start - letters)) for letters in (3, 4))
        yield from (Found(*found.span(), "tax_number") for found in mexican if found)
    if not _DASH.search(text, spot.start, spot.high):
        return
    for found in _SHAPED.finditer(text, spot.low, spot.high):
        yield Found(*found.span(), "tax_number")
    for found in _CHECKED.finditer(text, spot.low, spot.high):
        number = found[0].replace("–", "-").replace("—", "-")
        if _is_chilean(number):
            company = int(rut.compact(number)[:-1]) >= FIRST_COMPANY
            yield Found(*found.span(), "tax_number" if company else "document")
        elif nit.is_valid(number):
            yield Found(*found.span(), "tax_number")


def _is_chilean(number: str) -> bool:
    return (
        len(number) >= 9 and number[-2] == "-" and rut.is_valid(number) and not nit.is_valid(number)
    )

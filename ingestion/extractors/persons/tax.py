"""Colombian tax numbers (NIT): by their check digit, or by the word before them."""

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
    r"|(?<![0-9.,/#-])[0-9]{9,11}(?![\w-])"
)


def tax_numbers(text: str, spot: Spot) -> Iterator[Found]:
    """Find tax numbers; a Chilean one is its bearer's document."""
    if spot.said == "tax_number":
        for found in _AFTER_WORD.finditer(text, spot.low, spot.high):
            if not _is_chilean(found[0]):
                yield Found(*found.span(), "tax_number")
    elif spot.said == "phone":
        return
    for found in _CHECKED.finditer(text, spot.low, spot.high):
        number = found[0].replace("–", "-").replace("—", "-")
        if _is_chilean(number):
            yield Found(*found.span(), "document")
        elif nit.is_valid(number):
            yield Found(*found.span(), "tax_number")


def _is_chilean(number: str) -> bool:
    return (
        len(number) >= 9 and number[-2] == "-" and rut.is_valid(number) and not nit.is_valid(number)
    )

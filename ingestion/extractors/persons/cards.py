"""Numbers of payment cards: by Luhn's check, or by the word before them."""

import re
from collections.abc import Iterator

from stdnum import luhn

from ingestion.extractors.persons.around import Spot
from ingestion.extractors.persons.found import Found

_CARD = re.compile(
    r"(?<![\w.,/#-])(?:[2-6][0-9]{3}(?:[ .-]?[0-9]{4}){2}[ .-]?[0-9]{1,7}"
    r"|3[0-9]{3}[ .-]?[0-9]{6}[ .-]?[0-9]{4,5}|[2-6][0-9]{12,18})(?![\w-])(?![.,][0-9])"
)
_TIME = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])[0-2][0-9][0-5][0-9]")


def cards(text: str, spot: Spot) -> Iterator[Found]:
    """Find numbers of cards.

    A typing error breaks the check digit: after a word like «tarjeta» it is not asked for.
    """
    for found in _CARD.finditer(text, spot.low, spot.high):
        digits = "".join(filter(str.isdigit, found[0]))
        if 13 <= len(digits) <= 19 and (
            spot.said == "card" or (luhn.is_valid(digits) and not _TIME.match(digits))
        ):
            yield Found(*found.span(), "card")

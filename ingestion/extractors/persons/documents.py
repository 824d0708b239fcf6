"""Numbers of identity: cédulas, foreigners' and children's cards, passports."""

import re
from collections.abc import Iterator

from ingestion.extractors.persons.around import REACH, Spot
from ingestion.extractors.persons.found import Found

_AFTER = r"(?!\w)(?![-/][0-9])(?![.,][0-9])"
_AFTER_WORD = re.compile(
    r"(?<![0-9])(?<![0-9][.,/-])(?:[0-9]{1,3}(?:[.,'´’` -]{0,2}[0-9]{3}){1,3}|[0-9]{5,15}"
    r"|[0-9]{9}-[0-9])" + _AFTER
)
_LETTERED = re.compile(r"(?<![^\W_])[A-Z]{1,2} ?[0-9]{6,9}[A-Z]?(?!\w)")
_DOTTED = re.compile(
    r"(?<![\w.,/#-])(?:[0-9]{1,3}(?:\.[0-9]{3}){2,3}|[0-9]{1,3}['´’`][0-9]{3}(?:[.'´’`][0-9]{3}){2})"
    + _AFTER
)
"""With an apostrophe and fewer groups it is an amount: «1'899.000»."""
_BARE = re.compile(r"(?<![\w/#_-])(?<![0-9]\.)[0-9]{7,12}(?!\w)(?![-/][0-9])")
_MEXICAN = re.compile(r"(?<!\w)[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[A-Z0-9][0-9]\b")
_VENEZUELAN = re.compile(r"\b[VE]-? ?[0-9]{1,2}\.?[0-9]{3}\.?[0-9]{3}(?!\w)")
_ROUND = re.compile(r"[0-9]{1,3}\.[0-9]{3}\.[09]00")
FEWEST_BARE = 7
_DAY = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")


def documents(text: str, spot: Spot) -> Iterator[Found]:
    """Find numbers of identity.

    A bare number of 7 to 12 digits is taken for one where nothing says that it is something else:
    what is masked for nothing is lost, what is left in the open cannot be called back.
    """
    mexican = _MEXICAN.match(text, max(0, spot.start - 4))
    if mexican:
        yield Found(*mexican.span(), "document")
    patterns = [_VENEZUELAN] if "V" in text or "E" in text else []
    if spot.said == "document":
        passport = "pasaporte" in text[max(0, spot.start - REACH) : spot.start].lower()
        patterns += [_LETTERED, _AFTER_WORD] if passport else [_AFTER_WORD]
    if spot.said != "free" and spot.digits >= FEWEST_BARE:
        patterns += [_DOTTED, _BARE]
    bare = _BARE if spot.said == "phone" else None  # a neighbour's: «cel 5512904487»
    for pattern in patterns:
        for found in pattern.finditer(text, spot.low, spot.high):
            if not _is_nobodys(found[0], spot):
                yield Found(*found.span(), "phone" if pattern is bare else "document")


def _is_nobodys(number: str, spot: Spot) -> bool:
    """Say whether a number is a day, one that all call free, or a price.

    Where nothing announces a document, what ends as prices do is one («Lavadora LG 1.899.000»): of
    documents two in a thousand end so.
    """
    price = spot.said != "document" and _ROUND.fullmatch(number) is not None
    return price or number.startswith("018000") or _DAY.fullmatch(number) is not None

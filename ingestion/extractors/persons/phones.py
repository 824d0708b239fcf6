"""Telephone numbers: Colombian ones in any grouping, others after a plus."""

import re
from collections.abc import Iterator
from functools import cache

import phonenumbers
from phonenumbers import PhoneMetadata

from ingestion.extractors.persons.around import NO_DIGIT, Spot
from ingestion.extractors.persons.found import Found

_START = r"(?<![\w.,/#+-])"
_AFTER = r"(?!\w)(?![.,-][0-9])"
_COUNTRY = r"(?:\(?\+? ?57\)?[ .-]{0,2})?"
_SEVEN = r"(?:[ .-]{0,2}[0-9]){7}"
_LAST = r"[0-9]{2}[ .-]?[0-9]{2}"
_ABROAD = re.compile(r"\+ ?[0-9]{1,3}(?:[ .-]{0,2}\(?[0-9]{1,4}\)?){2,6}(?!\w)")
_MOBILE = re.compile(
    rf"(?<![\d.,#+-])(?<![A-Z]){_COUNTRY}\(?3(?:[ .-]?[0-9]){{2}}\)?{_SEVEN}{_AFTER}"
)
_FIXED = re.compile(rf"{_START}{_COUNTRY}\(?60[1-8]\)?{_SEVEN}{_AFTER}")
_AREA = re.compile(rf"{_START}{_COUNTRY}\([1-8]\)[ .-]?[0-9]{{3}}[ .-]?{_LAST}{_AFTER}")
_LOCAL = re.compile(rf"(?<![\w.,#+-])(?<!\d )[2-8][0-9]{{2}}[ .-]?{_LAST}{_AFTER}")
_DASHED = re.compile(rf"{_START}[2-8][0-9]{{2}}-[0-9]{{4}}{_AFTER}")
_GROUPED = re.compile(
    r"(?<![\w.,/#+-])(?:\([0-9]{2,3}\)|[0-9]{2,4})(?:[ .-]{1,2}[0-9]{2,4}){1,4}"
    + _AFTER
    + r"|(?<![\w.,/#+-])0?9[0-9]{8}"
    + _AFTER
)
"""As neighbouring countries write theirs without the country's own number."""
_DAY = re.compile(r"[0-3]?[0-9]([ .-])[01]?[0-9]\1(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}[ .-].*")
_IN_THREES = re.compile(r"(?<![\w.,/#+-])[2-9][0-9]{2}([ -])[0-9]{3}\1[0-9]{4}" + _AFTER)
"""As Mexico writes its own: groups that hardly anything else has."""
_OLD_MEXICAN = re.compile(r"(?<=^\+52)[ .-]?1(?=[ .-]?[0-9])")
"""Until 2019 a mobile had a one after the country's number; people write it still."""
FEWEST_GROUPED, MOST_GROUPED = 8, 11
"""Digits."""
_COLOMBIAN = (("3", _MOBILE), ("60", _FIXED), ("(", _AREA))
"""With what no number of the kind lacks."""
NATIONAL = 10
"""Digits of a number without the country's own."""
OF_OTHERS = frozenset({"document", "tax_number", "card"})


def phones(text: str, spot: Spot) -> Iterator[Found]:
    """Find telephone numbers."""
    abroad = "+" in text[spot.low : spot.high]
    for found in _ABROAD.finditer(text, spot.low, spot.high) if abroad else ():
        if _is_possible(found[0]):
            yield Found(*found.span(), "phone")
    if spot.said in OF_OTHERS:
        return
    for sign, pattern in _COLOMBIAN:
        if sign not in text:
            continue
        for found in pattern.finditer(text, spot.low, spot.high):
            if spot.said == "phone" or is_given_out(found[0]):
                yield Found(*found.span(), "phone")
    for found in _GROUPED.finditer(text, spot.low, spot.high) if spot.said == "phone" else ():
        digits = sum(map(str.isdigit, found[0]))
        if FEWEST_GROUPED <= digits <= MOST_GROUPED and not _DAY.fullmatch(found[0]):
            yield Found(*found.span(), "phone")
    for found in () if spot.said == "phone" else _IN_THREES.finditer(text, spot.low, spot.high):
        yield Found(*found.span(), "phone")
    for found in (_LOCAL if spot.said == "phone" else _DASHED).finditer(text, spot.low, spot.high):
        yield Found(*found.span(), "phone")


def _is_possible(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(_OLD_MEXICAN.sub("", number)))
    except phonenumbers.NumberParseException:
        return False


def is_given_out(number: str) -> bool:
    """Say whether Colombia's plan of numbers has it; signs between its digits do not count."""
    digits = NO_DIGIT.sub("", number)[-NATIONAL:]
    return _plan().fullmatch(digits) is not None


@cache
def _plan() -> re.Pattern[str]:
    """Read the plan once: asking the library of each number takes twenty times as long."""
    plan = PhoneMetadata.metadata_for_region("CO")
    kinds = (plan.fixed_line, plan.mobile, plan.premium_rate) if plan else ()
    return re.compile("|".join(kind.national_number_pattern or "(?!)" for kind in kinds if kind))

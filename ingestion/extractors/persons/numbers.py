"""Numbers that identify a person, each looked for where so many digits stand."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from ingestion.extractors.persons.around import (
    FEWEST_DIGITS,
    NO_DIGIT,
    REACH,
    Spot,
    spots,
    without_figures,
)
from ingestion.extractors.persons.cards import cards
from ingestion.extractors.persons.documents import documents
from ingestion.extractors.persons.found import Found, without
from ingestion.extractors.persons.phones import phones
from ingestion.extractors.persons.tax import tax_numbers

FEWEST_OF_CARD, FEWEST_OF_PHONE, FEWEST_OF_TAX = 13, 7, 6
"""Digits."""

LONGEST_SEEN = 256
"""Characters."""


def numbers(text: str) -> Iterator[Found]:
    """Find cards, tax numbers, telephones and documents."""
    text = without_figures(text)
    for spot in spots(text):
        before = max(0, spot.low - REACH)
        beside = text[before : spot.high + REACH]
        look: Callable[[str, Spot], tuple[Found, ...]] = (
            _seen if len(beside) <= LONGEST_SEEN else _at
        )
        for start, end, kind in look(beside, _moved(spot, before)):
            yield Found(start + before, end + before, kind)


def _at(text: str, spot: Spot) -> tuple[Found, ...]:
    """Return what stands at one place of a text, of which what is far from it was cut off."""
    all_found, left = list[Found](), spot.digits
    for finder in _finders(text, spot):
        found = list(finder(text, spot))
        if found:
            left -= len(NO_DIGIT.sub("", "".join(text[one.start : one.end] for one in found)))
            text = without(text, ((one.start, one.end) for one in found))
            all_found += found
        if left < FEWEST_DIGITS:
            break
    return tuple(all_found)


_seen = lru_cache(maxsize=1024)(_at)
"""Lists and logs say the same line over and over."""


def _moved(spot: Spot, by: int) -> Spot:
    return spot._replace(low=spot.low - by, high=spot.high - by, start=spot.start - by)


def _finders(text: str, spot: Spot) -> Iterator[Callable[[str, Spot], Iterable[Found]]]:
    """Return those that may find something, each after those whose findings it would mistake."""
    if spot.digits >= FEWEST_OF_CARD and spot.said not in {"order", "tax_number"}:
        yield cards
    if spot.said in {"order", "amount"}:
        if "+" in text[spot.low : spot.start]:
            yield phones
        if spot.said == "amount" and "-" in text[spot.start : spot.high]:
            yield tax_numbers  # No amount has a check digit.
        return
    if spot.digits >= FEWEST_OF_TAX:
        yield tax_numbers
    if spot.digits >= FEWEST_OF_PHONE:
        yield phones
    if spot.digits >= FEWEST_OF_PHONE or spot.said == "document":
        yield documents

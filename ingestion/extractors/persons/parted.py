"""Numbers parted by signs that no usual writing has: «300/123/4567», «1.020_304.050», a line's end.

A stroke also parts dates, years and numbers of cases, so only the whole form of a telephone, card,
tax number or document counts, or a word before that says what the number is.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from stdnum import luhn
from stdnum.co import nit

from ingestion.extractors.persons.around import cue
from ingestion.extractors.persons.found import Found, Kind, Place
from ingestion.extractors.persons.harmless import without_times_and_files
from ingestion.extractors.persons.phones import is_given_out

_ODD = r" ?[/\\_|~*·•∙‧] ?|[ .-]{0,2}\n ?"
_CHAIN = re.compile(rf"[0-9]+(?:(?:{_ODD}|[ .-])[0-9]+)+")
_IS_ODD = re.compile(_ODD)
_HAS_ODD = re.compile(rf"[0-9](?:{_ODD})[0-9]")
_GROUP = re.compile("[0-9]+")
_YEAR = re.compile("(?:19|20)[0-9]{2}")
MOST_GROUPS = 6
OF_THINGS = frozenset({"order", "amount", "free"})
PHONES = frozenset({(3, 3, 4), (3, 7), (3, 3, 2, 2), (3, 2, 2, 3), (3, 2, 3, 2)})
CARDS = frozenset({(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (4, 4, 4, 1)})
TAX_NUMBERS = frozenset({(3, 3, 3, 1), (9, 1), (3, 6, 1)})
THOUSANDS = frozenset((first, *rest) for first in (1, 2, 3) for rest in ((3, 3), (3, 3, 3)))
FORMS = PHONES | {(2, *form) for form in PHONES} | CARDS | TAX_NUMBERS | THOUSANDS
"""How many digits stand together in each."""

FEWEST_DIGITS, MOST_DIGITS = 6, 19

LONGEST_OF_TWO = 7
"""Digits of a document before the sign that parts it: more are a document already."""


class Number(NamedTuple):
    """Groups of digits, and what stands between them.

    Attributes
    ----------
    sizes
        How many digits stand together.
    said
        What the words before it speak of.
    is_all
        Whether no other digits stand beside it.
    is_whole
        Whether no full stop joins others to it.
    """

    groups: Sequence[str]
    joints: Sequence[str]
    sizes: tuple[int, ...]
    said: str
    is_all: bool
    is_whole: bool

    @property
    def digits(self) -> str:
        """The digits alone."""
        return "".join(self.groups)


class Chain(NamedTuple):
    """Groups of digits in a row of a text, and how many digits each has."""

    text: str
    places: Sequence[Place]
    sizes: tuple[int, ...]


def parted(text: str) -> Iterator[Found]:
    """Find what odd signs part; what usual ones part is left to the other finders."""
    if not _HAS_ODD.search(text):
        return
    text = without_times_and_files(text)
    for chain in _CHAIN.finditer(text):
        if _HAS_ODD.search(chain[0]):
            places = [one.span() for one in _GROUP.finditer(text, *chain.span())]
            yield from _in(Chain(text, places, tuple(high - low for low, high in places)))


def _in(chain: Chain) -> Iterator[Found]:
    """Find numbers in groups of digits, the longest first."""
    at = 0
    while at < len(chain.places):
        start = chain.places[at][0]
        said = cue(chain.text, start)
        end, kind = at + 1, None
        if said not in OF_THINGS and (said or at or not _is_glued(chain.text, start)):
            end, kind = _from(chain, at, said)
        if kind:
            yield Found(start, chain.places[end - 1][1], kind)
        at = end


def _is_glued(text: str, start: int) -> bool:
    """Say whether a letter or sign stands right before: «IMG_2026…»."""
    sign = text[start - 1 : start]
    return sign.isalpha() or sign in {"_", "-", "/", "."}


def _from(chain: Chain, at: int, said: str) -> tuple[int, Kind | None]:
    """Return the group after the longest number from one, and its kind where odd signs part it."""
    text, places = chain.text, chain.places
    for end in range(min(at + MOST_GROUPS, len(places)), at + 1, -1):
        sizes = chain.sizes[at:end]
        if FEWEST_DIGITS <= sum(sizes) <= MOST_DIGITS if said else sizes in FORMS:
            some = places[at:end]
            joints = [text[a[1] : b[0]] for a, b in pairwise(some)]
            is_all = len(some) == len(places)
            whole = not (_goes_on(chain, at - 1) or _goes_on(chain, end - 1))
            groups = [text[low:high] for low, high in some]
            kind = kind_of(Number(groups, joints, sizes, said, is_all, whole))
            if kind:
                return end, kind if any(map(_IS_ODD.fullmatch, joints)) else None
    return at + 1, _of_a_list(chain, at, said)


def _goes_on(chain: Chain, at: int) -> bool:
    """Say whether a full stop joins a group to the next."""
    text, places = chain.text, chain.places
    return 0 <= at < len(places) - 1 and text[places[at][1] : places[at + 1][0]] == "."


def kind_of(number: Number) -> Kind | None:
    """Say what groups of digits are together."""
    lines = sum("\n" in joint for joint in number.joints)
    if lines > (2 if number.said == "phone" else 1) or (
        lines and not number.said and len(number.groups) == 2
    ):
        return None  # a column of figures
    if _is_card(number):
        return "card"
    if _is_phone(number):
        return "phone"
    if _is_tax_number(number):
        return "tax_number"
    return "document" if _is_document(number) else None


def _is_card(number: Number) -> bool:
    digits = number.digits
    if not 13 <= len(digits) <= 19 or digits[0] not in "23456":
        return False
    return number.said == "card" or (number.sizes in CARDS and luhn.is_valid(digits))


def _is_phone(number: Number) -> bool:
    groups = number.groups[1:] if number.groups[0] == "57" else number.groups
    digits, sizes = "".join(groups), tuple(map(len, groups))
    mobile = len(digits) == 10 and digits.startswith(("3", "60")) and is_given_out(digits)
    if number.said == "phone":
        return mobile or (number.is_all and 8 <= len(digits) <= 12 and min(sizes) > 1)
    return mobile and sizes in PHONES and number.said in {"", "name"}


def _is_tax_number(number: Number) -> bool:
    size = len(number.digits)
    if number.said == "tax_number":
        return size in {9, 10, 11} and (number.is_all or number.sizes in TAX_NUMBERS)
    return number.sizes in TAX_NUMBERS and nit.is_valid(number.digits)


def _is_document(number: Number) -> bool:
    sizes = number.sizes
    if number.said == "document":
        whole = 6 <= sum(sizes) <= 11 and sizes[0] <= LONGEST_OF_TWO and sizes[-1] > 2
        return whole and not (len(sizes) == 2 and _YEAR.fullmatch(number.groups[-1]))
    in_thousands = sizes in THOUSANDS and 8 <= sum(sizes) <= 10 and number.is_whole
    if not in_thousands or "." not in "".join(number.joints):
        return False
    lines = any("\n" in joint and "." not in joint for joint in number.joints)
    return not lines and not _are_prices(number)


def _are_prices(number: Number) -> bool:
    """Say whether round amounts stand beside each other: «5.900/120.000»."""
    last = [g for g, j in zip(number.groups, number.joints, strict=False) if _IS_ODD.fullmatch(j)]
    return all(group.endswith("00") for group in [*last, number.groups[-1]])


def _of_a_list(chain: Chain, at: int, said: str) -> Kind | None:
    """Say what one of several numbers is that strokes part: «79456123/52114900»."""
    text, places = chain.text, chain.places
    start, end = places[at]
    if not 7 <= end - start <= 10:
        return None
    beside = [*places[max(0, at - 1) : at], *places[at + 1 : at + 2]]
    gaps = [text[min(p[1], end) : max(p[0], start)] for p in beside]
    odd = any(_IS_ODD.fullmatch(gap) and "\n" not in gap for gap in gaps)
    if not odd or any(b - a < 7 for a, b in beside):
        return None
    if said == "phone" or is_given_out(text[start:end]):
        return "phone"
    return "document" if said == "document" or end - start in {8, 10} else None

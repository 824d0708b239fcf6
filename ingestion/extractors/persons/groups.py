"""What groups of digits are together: by how many stand in each, and by the word before them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from stdnum import luhn
from stdnum.co import nit

from ingestion.extractors.persons.found import Kind
from ingestion.extractors.persons.phones import is_given_out

PHONES = frozenset({(3, 3, 4), (3, 7), (3, 3, 2, 2), (3, 2, 2, 3), (3, 2, 3, 2)})
CARDS = frozenset({(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (4, 4, 4, 1)})
TAX_NUMBERS = frozenset({(3, 3, 3, 1), (9, 1), (3, 6, 1)})
THOUSANDS = frozenset((first, *rest) for first in (1, 2, 3) for rest in ((3, 3), (3, 3, 3)))
FORMS = PHONES | {(2, *form) for form in PHONES} | CARDS | TAX_NUMBERS | THOUSANDS
"""How many digits stand together in each."""


ODD = r" ?[/\\_|~*·•∙‧] ?|[ .-]{0,2}\n ?"
"""What no usual writing puts between digits of a number."""

LONGEST_OF_TWO = 7
"""Digits of a document before the sign that parts it: more are a document already."""

MOST_LINES = 2
"""Ends of lines within a telephone that a word announces; within another number one."""

_IS_ODD = re.compile(ODD)
_YEAR = re.compile("(?:19|20)[0-9]{2}")


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
    def is_odd(self) -> bool:
        """Whether an odd sign is among the joints."""
        return any(map(is_odd, self.joints))

    @property
    def digits(self) -> str:
        """The digits alone."""
        return "".join(self.groups)


def is_odd(joint: str) -> bool:
    """Say whether what stands between digits is no usual sign."""
    return _IS_ODD.fullmatch(joint) is not None


def kind_of(number: Number) -> Kind | None:
    """Say what groups of digits are together."""
    if _is_column(number):
        return None
    if _is_card(number):
        return "card"
    if _is_phone(number):
        return "phone"
    if _is_tax_number(number):
        return "tax_number"
    return "document" if _is_document(number) else None


def _is_column(number: Number) -> bool:
    """Say whether figures stand one below the other, rather than a number that a line cuts."""
    lines = sum("\n" in joint for joint in number.joints)
    if lines and not number.said and len(number.groups) == 2:
        return True
    return lines > (MOST_LINES if number.said == "phone" else 1)


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
    return mobile and sizes in PHONES and number.said != "document"


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
    last = [g for g, j in zip(number.groups, number.joints, strict=False) if is_odd(j)]
    return all(group.endswith("00") for group in [*last, number.groups[-1]])

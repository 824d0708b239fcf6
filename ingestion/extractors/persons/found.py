"""What was found of a person in a text: its kind and its place."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

Kind = Literal["name", "document", "tax_number", "card", "phone", "email", "address"]

Place = tuple[int, int]
"""First character, and the one after the last."""

BLANK = "\ue000"
"""Private-use character in the place of what was found: no letter, no digit, no space."""


class Found(NamedTuple):
    """A place in a text that holds something of a person.

    Attributes
    ----------
    start, end
        Its first character and the one after its last.
    kind
        What it is.
    """

    start: int
    end: int
    kind: Kind


Finder = Callable[[str], Iterable[Found]]
"""Reads a text in which what was found before is blank."""


def without(text: str, places: Iterable[Place]) -> str:
    """Return a text of the same length in which these places are blank."""
    for start, end in places:
        text = f"{text[:start]}{BLANK * (end - start)}{text[end:]}"
    return text

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
    """Return a text of the same length in which these places are blank.

    It takes time by the text's length and the number of places, not by both together.
    """
    pieces, end = [], 0
    for start, stop in sorted(places):
        if stop > end:
            start = max(start, end)  # noqa: PLW2901
            pieces += [text[end:start], BLANK * (stop - start)]
            end = stop
    return "".join([*pieces, text[end:]]) if pieces else text

"""A text as its words are compared: lower case, without accents, letter for letter."""

from functools import lru_cache
from unicodedata import combining, normalize


class _Bare(dict[int, str]):
    """Of a letter the small one without accents; found once."""

    def __missing__(self, code: int) -> str:
        """Take a letter apart; what would become two letters stays as it is."""
        parts = normalize("NFD", chr(code))
        low = (parts[0] if all(map(combining, parts[1:])) else chr(code)).lower()
        self[code] = low if len(low) == 1 else chr(code)
        return self[code]


_BARE = _Bare()


@lru_cache(maxsize=16)  # every reading asks for the same text, one after the other
def plain(text: str) -> str:
    """Return a text in lower case and without accents; as long as the text.

    A place in it is the same place in the text. Accents that stand apart from their letter stay.

    >>> plain("Ñáñez, İzmir y Łódź")
    'nanez, izmir y łodz'
    """
    return text.lower() if text.isascii() else text.translate(_BARE)

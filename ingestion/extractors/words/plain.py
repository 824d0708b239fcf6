"""A text as its words are compared: lower case, without accents, letter for letter."""

from functools import lru_cache

_ACCENTED = "áéíóúüñàèìòùâêîôûäëïöçãõý"
_TABLE = str.maketrans(_ACCENTED, "aeiouunaeiouaeiouaeiocaoy")


@lru_cache(maxsize=16)  # every reading asks for the same text, one after the other
def plain(text: str) -> str:
    """Return a text in lower case and without accents; as long as the text.

    >>> plain("Ñáñez")
    'nanez'
    """
    low = text.lower()
    if len(low) != len(text):  # a few letters of other languages become two
        low = "".join(one if len(one.lower()) != 1 else one.lower() for one in text)
    return low if low.isascii() else low.translate(_TABLE)

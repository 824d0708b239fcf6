"""A text as its words are compared: lower case, without accents, letter for letter."""

_ACCENTED = "áéíóúüñàèìòùâêîôûäëïöçãõý"
_TABLE = str.maketrans(_ACCENTED, "aeiouunaeiouaeiouaeiocaoy")


def plain(text: str) -> str:
    """Return a text in lower case and without accents; as long as the text.

    >>> plain("Ñáñez")
    'nanez'
    """
    low = text.lower()
    if len(low) != len(text):  # a few letters of other languages become two
        low = "".join(one if len(one.lower()) != 1 else one.lower() for one in text)
    return low if low.isascii() else low.translate(_TABLE)

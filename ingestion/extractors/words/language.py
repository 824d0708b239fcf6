"""The language of a text, among those that a contact centre of the region meets."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LANGUAGES = ("es", "en", "pt")
FEWEST_LETTERS = 8
"""Of a shorter text no language is told."""
SURE_LETTERS = 40
"""A text that is so long is nearly never taken for another language."""
READ = 120
"""Characters that are read: more of them change no answer and cost time."""


def language_of(text: str) -> str | None:
    """Return a language's code, or None where there are too few letters.

    >>> language_of("me cobraron dos veces la misma factura")
    'es'
    """
    beginning = text[:READ]
    if sum(map(str.isalpha, beginning)) < FEWEST_LETTERS:
        return None
    code, _ = _identifier().classify(beginning.lower())
    return str(code)


def surely(text: str) -> str | None:
    """Return the language of a text that is long enough to be sure, or None.

    >>> surely("no hay luz"), surely("llevo tres días esperando a que alguien me dé una respuesta")
    (None, 'es')
    """
    letters = sum(map(str.isalpha, text[:READ]))
    return language_of(text) if letters >= SURE_LETTERS else None


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid import langid

    return langid._load_identifier(norm_probs=False, langs=list(LANGUAGES))

"""The language of a text, among those that a contact centre of the region meets."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LANGUAGES = ("es", "en", "pt")
FEWEST_LETTERS = 8
"""Of a shorter text no language is told."""
READ = 200
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


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid import langid

    return langid._load_identifier(norm_probs=False, langs=list(LANGUAGES))

"""Sentences for people, in Spanish and English: one YAML file a room and language.

A key is ``<room>.<name>``; ``foundation/texts/es/ingestion.yaml`` holds ``name: sentence``.
Values are filled in by ``str.format``. Both languages hold the same keys (a test says so).
"""

from functools import cache
from pathlib import Path
from string import Formatter
from typing import Literal

import yaml

Language = Literal["es", "en"]
LANGUAGES: tuple[Language, ...] = ("es", "en")
POINT_AND_COMMA = str.maketrans(",.", ".,")


@cache
def catalogue(language: Language) -> dict[str, str]:
    """Return every sentence of a language by its full key."""
    folder = Path(__file__).parent / language
    sentences: dict[str, str] = {}
    for file in sorted(folder.glob("*.yaml")):
        entries = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}
        sentences |= {f"{file.stem}.{name}": str(value) for name, value in entries.items()}
    return sentences


def text(key: str, language: Language = "es", /, **values: object) -> str:
    """Return the sentence ``key`` in ``language`` with its values filled in.

    Raises
    ------
    KeyError
        The key stands in no catalogue: a bug, and a test finds it.
    """
    return catalogue(language)[key].format(**values)


def alone(key: str, language: Language) -> str | None:
    """Return a sentence that needs no values; None where it does, or there is none of the key."""
    said = catalogue(language).get(key)
    needs = said is None or any(name is not None for _, name, _, _ in Formatter().parse(said))
    return None if needs or said is None else text(key, language)


def counted(key: str, language: Language, count: int, /, **values: object) -> str:
    """Return the sentence ``<key>_one`` or ``<key>_many`` with ``{count}`` filled in."""
    form = "one" if count == 1 else "many"
    return text(f"{key}_{form}", language, count=written_number(count, language), **values)


def written_number(value: float, language: Language, decimals: int = 0) -> str:
    """Return a number as the language writes it.

    >>> written_number(1234.5, "es", 1), written_number(1234.5, "en", 1)
    ('1.234,5', '1,234.5')
    """
    written = f"{value:,.{decimals}f}"
    return written.translate(POINT_AND_COMMA) if language == "es" else written

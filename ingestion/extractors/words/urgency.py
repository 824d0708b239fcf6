"""Whether a text says that it cannot wait: pressing words, danger, fraud, law, being cut off.

A first reading that needs no labels; a tenant that marks priorities has a trained model besides
(``models.urgency``), which learns what is urgent to it.
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from ingestion.extractors.plain import plain

KINDS = ("pressing", "security", "danger", "law", "cut_off")


class Phrases(NamedTuple):
    """What makes a text urgent, and what takes that back."""

    urgent: re.Pattern[str]
    calm: re.Pattern[str]


def is_urgent(text: str) -> bool:
    """Say whether a text calls for something at once.

    >>> is_urgent("huele a gas en el edificio"), is_urgent("no es urgente, cuando puedan")
    (True, False)
    """
    low = plain(text)
    return bool(_phrases().urgent.search(low)) and not _phrases().calm.search(low)


@cache
def _phrases() -> Phrases:
    file = Path(__file__).with_suffix(".yaml")
    told = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return Phrases(_any("|".join(told[kind] for kind in KINDS)), _any(told["calm"]))


def _any(listed: str) -> re.Pattern[str]:
    phrases = (re.escape(phrase.strip()) for phrase in listed.split("|") if phrase.strip())
    ways = "|".join(one.replace(r"\*", "[a-z]*") for one in phrases)
    return re.compile(rf"\b(?:{ways})\b")

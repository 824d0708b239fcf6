"""First names and surnames of Spanish-speaking people that the masker knows (``names.yaml``)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Names:
    """Listed names.

    Attributes
    ----------
    sure
        First names and surnames that are no ordinary words.
    doubtful
        Names that are ordinary words too: they count only beside a sure one.
    """

    sure: frozenset[str]
    doubtful: frozenset[str]


@cache
def listed_names() -> Names:
    """Read the lists."""
    file = Path(__file__).with_suffix(".yaml")
    lists = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    words = {name: frozenset(text.split()) for name, text in lists.items()}
    listed = words["first_names"] | words["surnames"]
    ordinary = words["ordinary_words"]
    return Names(sure=listed - ordinary, doubtful=ordinary | words["joined_only"])

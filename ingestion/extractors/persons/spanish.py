"""Whether a word is one of Spanish: by listed roots (``words.yaml``) and the endings they take."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

Endings = frozenset[str]


def _endings(*lines: str) -> Endings:
    return frozenset(" ".join(lines).split())


AR = _endings(
    "o as a amos an e es emos en aba abas abamos aban aste aron ar are aras ara aremos aran aria",
    "arias ariamos arian aramos ase asen ando ado ada ados adas ador adora adores adoras acion",
    "aciones amiento amientos able ables ante antes adero aje",
)
ER = _endings(
    "o es e emos imos en a as amos an ia ias iamos ian i iste io ieron er ere eras era eremos eran",
    "eria erias eriamos erian ir ire iras ira iremos iran iria irias iriamos irian iera ieras",
    "ieran ieramos iese iesen iendo yendo yo yeron yera ido ida idos idas edor edora edores",
    "imiento imientos icion iciones cion ciones ible ibles",
)
NOUN = _endings("s es ito ita itos itas cito cita citos citas") | {""}
ADJECTIVE = _endings("o a os as amente isimo isima isimos isimas ito ita itos itas")
EITHER = _endings("s es mente isimo isima") | {""}
LONGEST_ENDING = 8
"""Letters."""

OF_NO_NAME = ("cion", "ciones", "sion", "siones", "idad", "idades", "mente")
"""Endings that only words have; names like «Concepción» are listed."""

CLITICS = (
    *("noslo", "nosla", "melos", "melas", "selos", "selas", "melo", "mela", "selo", "sela"),
    *("telo", "tela", "nos", "los", "las", "les", "me", "te", "se", "lo", "la", "le"),
)
_BEFORE_CLITIC = ("r", "ndo", "a", "e", "n")

_SOUNDS = (("c", "qu"), ("z", "c"), ("g", "gu"), ("gu", "g"), ("g", "j"))
"""How a root's last consonant is written before another vowel: «buscar, busque»."""
_VOWELS = (("e", "ie"), ("o", "ue"), ("u", "ue"), ("e", "i"))
"""What becomes of a root's last vowel under the accent: «contar, cuenta»."""


Kinds = tuple[tuple[frozenset[str], Endings], ...]
"""Roots, and the endings that they take."""


class Roots(NamedTuple):
    """Kinds of roots, those of verbs first; words that take no ending."""

    kinds: Kinds
    whole: frozenset[str]


def is_spanish(low: str) -> bool:
    """Say whether a word, lower case and without accents, is listed or inflected from a root.

    >>> [is_spanish(word) for word in ("busquenme", "facturaciones", "claramente", "yurleidys")]
    [True, True, True, False]
    """
    verbs, others = roots().kinds[:2], roots().kinds[2:]
    return (
        low in roots().whole
        or low.endswith(OF_NO_NAME)
        or _inflected(low, (*verbs, *others))
        or any(_inflected(verb, verbs) for verb in _before_clitic(low))
    )


def _before_clitic(low: str) -> list[str]:
    """Return what may be a verb's form before «me», «selo», …."""
    verbs = [low[: -len(clitic)] for clitic in CLITICS if low.endswith(clitic)]
    return [verb for verb in verbs if len(verb) > 3 and verb.endswith(_BEFORE_CLITIC)]


def _inflected(low: str, kinds: Kinds) -> bool:
    parts = [(low[:at], low[at:]) for at in range(max(2, len(low) - LONGEST_ENDING), len(low) + 1)]
    return any(
        ending in endings and root in known for known, endings in kinds for root, ending in parts
    )


@cache
def roots() -> Roots:
    """Read the lists."""
    file = Path(__file__).with_name("words.yaml")
    lists = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    listed = {kind: frozenset(words.split()) for kind, words in lists.items()}
    of_both = {noun[:-1] for noun in listed["nouns"] if noun.endswith("o")}
    kinds = (
        (_as_written(listed["ar"]), AR),
        (_as_written(listed["er"]), ER),
        (_with_plurals(listed["nouns"]), NOUN),
        (_as_written(listed["adjectives"] | of_both), ADJECTIVE),
        (_with_plurals(listed["either"]), EITHER),
    )
    return Roots(kinds, listed["others"])


def _with_plurals(words: frozenset[str]) -> frozenset[str]:
    return words | {_before_es(word) for word in words}


def _before_es(word: str) -> str:
    """Return a word as its plural and diminutive have it: «vez, veces», «casa, casita»."""
    if word.endswith("z"):
        return f"{word[:-1]}c"
    return word[:-1] if word[-1] in "aeo" and len(word) > 3 else word


def _as_written(listed: frozenset[str]) -> frozenset[str]:
    """Return roots in all their forms."""
    accented = listed | {form for root in listed for form in _accented(root)}
    return accented | {
        root[: -len(old)] + new for root in accented for old, new in _SOUNDS if root.endswith(old)
    }


def _accented(root: str) -> set[str]:
    at = max(root.rfind(vowel) for vowel in "aeiou")
    return {root[:at] + new + root[at + 1 :] for old, new in _VOWELS if root[at : at + 1] == old}

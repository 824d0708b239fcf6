"""What stands around a name: «me llamo …», «la señora …», «…, identificado con cédula»."""

from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple, Protocol

from ingestion.extractors.persons.vocabulary import listed

Evidence = Literal["sure", "likely", "greeting", ""]

LONGEST_CUE = 5
"""Words."""
BETWEEN = frozenset(" :,.-–\n\r\t\"'(¿¡*")
"""What may stand between a cue and a name, three characters at most."""
SHORTENED = frozenset({"sr", "sra", "srta", "sres", "dr", "dra", "lic", "lcdo", "lcda", "ing"}) | {
    *("abg", "arq", "att", "atte", "atentamente", "cordialmente", "gracias", "saludos"),
    *("atento", "atenta"),
}
"""Words after which a full stop parts nothing."""


class Spoken(Protocol):
    """A word."""

    @property
    def plain(self) -> str:
        """Without accents, in lower case."""


class Lists(NamedTuple):
    """Phrases around names."""

    before: dict[str, Evidence]
    after: frozenset[str]
    joints: frozenset[str]
    never: frozenset[str]
    cues: frozenset[str]


def evidence_before(gaps: Sequence[str], words: Sequence[Spoken], at: int) -> Evidence:
    """Return how surely the words before a word say that a name follows.

    ``gaps`` holds what stands before each word.
    """
    gap = gaps[at]
    if not at or len(gap) > 3 or not BETWEEN.issuperset(gap):
        return ""
    if "." in gap and words[at - 1].plain not in SHORTENED:
        return ""
    said = said_before(words, at)
    return "sure" if said == "likely" and ":" in gap else said


def said_before(words: Sequence[Spoken], at: int) -> Evidence:
    """Return what the longest known phrase that ends before a word says."""
    known = lists().before
    phrase = ""
    found: Evidence = ""
    for word in reversed(words[max(0, at - LONGEST_CUE) : at]):
        phrase = f"{word.plain} {phrase}" if phrase else word.plain
        found = known.get(phrase, found)
    return found


def is_told_after(gaps: Sequence[str], words: Sequence[Spoken], end: int) -> bool:
    """Say whether the words from here tell that a person stands before them."""
    if end == len(words) or len(gaps[end]) > 2:
        return False
    phrase = " ".join(word.plain for word in words[end : end + 3])
    return any(f"{phrase} ".startswith(f"{told} ") for told in lists().after)


@cache
def lists() -> Lists:
    """Read the phrases."""
    told = listed("cues")
    before: dict[str, Evidence] = {}
    kinds: tuple[Evidence, ...] = ("greeting", "likely", "sure")
    for kind in kinds:
        before |= dict.fromkeys(_phrases(told[kind]), kind)
    return Lists(
        before=before,
        after=frozenset(_phrases(told["after"])),
        joints=frozenset(told["joints"].split()),
        never=frozenset(told["never"].split()),
        cues=frozenset(phrase for phrase in before if " " not in phrase),
    )


def _phrases(text: str) -> list[str]:
    return [phrase.strip() for phrase in text.split("|")]

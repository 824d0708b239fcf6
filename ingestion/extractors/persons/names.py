"""Names of persons: by list, by what stands around them, and by how they are written."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from ingestion.extractors.persons.cues import (
    Evidence,
    evidence_before,
    is_told_after,
    lists,
    said_before,
)
from ingestion.extractors.persons.found import Found
from ingestion.extractors.persons.own import NONE, Own, Phrase
from ingestion.extractors.persons.vocabulary import vocabulary
from ingestion.extractors.persons.word import LIKELY, words_of

LONGEST_NAME = 7
"""Words."""
FOREIGN = 0.4
"""A text of which more words are unknown is in another language."""

WITHIN = frozenset(" -0123456789")
"""What may stand between the words of a company's own name: «Móvil 40 GB»."""
LEGAL_FORMS = frozenset({"ltda", "sas", "spa", "sa", "inc", "corp", "srl", "eirl", "cia"})
ABBREVIATIONS = frozenset({"", "cc", "ce", "ti", "nit", "tp", "sa", "sas", "eu", "uu", "pd", "no"})
"""Letters with full stops that are nobody's initials."""

_WORD = re.compile(r"(?<!\w)([^\W\d_]+(?:[\u0300-\u036f][^\W\d_]*)*(?:['’][^\W\d_]+)*)(?!\w)")
_ENGLISH = re.compile(r"ck|ee|oo|gh|wn|(?:ing|tion|rd|ld|nd|rk|ch|ss|st|sh|ls|ts)$")
"""What Spanish words and names hold not, and those of English brands and places do."""


def names(text: str, own: Own = NONE) -> Iterator[Found]:
    """Find names of persons; a company's own names are none."""
    reading = Reading(text, own)
    end = 0
    for at, word in enumerate(reading.words):
        if word.may_begin and at >= end:
            end, is_name = reading.name_at(at)
            if is_name:
                yield Found(*reading.place(at - reading.initials(at), end), "name")


class Reading:
    """A text as words and what stands before each, and where a name begins and ends in it."""

    def __init__(self, text: str, own: Own = NONE) -> None:
        self.parts = _WORD.split(text)
        self.gaps = self.parts[0::2]
        self.words = words_of(self.parts[1::2])
        self.ends = list(accumulate(map(len, self.parts)))
        for at in self._beginnings(own) if own.phrases else ():
            self._spare(at, own.phrases[self.words[at].plain])

    def _beginnings(self, own: Own) -> list[int]:
        """Return where a company's own name may begin."""
        return [at for at, word in enumerate(self.words) if word.plain in own.phrases]

    def _spare(self, at: int, phrases: Sequence[Phrase]) -> None:
        """Make words of nobody of a company's own name, where one is here.

        A person may be called as a company or product is («Arturo Calle»): who says «me llamo» is
        one, and after a mere label («Firma:») who bears a listed name.
        """
        if self._is_announced(at):
            return
        for phrase in phrases:
            end = at + len(phrase)
            near = WITHIN.issuperset("".join(self.gaps[at + 1 : end]))
            if near and phrase == tuple(word.plain for word in self.words[at:end]):
                self.words[at:end] = [word.of_nobody() for word in self.words[at:end]]
                return

    def _is_announced(self, at: int) -> bool:
        """Say whether a person's name surely begins here, although a company's does too."""
        sort = self.words[at].sort
        if evidence_before(self.gaps, self.words, at) != "sure":
            return False
        return sort == "sure" or (sort == "unknown" and said_before(self.words, at) == "sure")

    def place(self, first: int, end: int) -> tuple[int, int]:
        """Return the characters from a word to the one before another."""
        return self.ends[2 * first], self.ends[2 * end - 1]

    @cached_property
    def foreign(self) -> bool:
        """Whether the text is in another language."""
        small = [word.sort == "unknown" for word in self.words if not word.capital]
        return sum(small) > max(3, FOREIGN * len(small))

    def name_at(self, at: int) -> tuple[int, bool]:
        """Return the number of the word after what begins here, and whether that is a name.

        What is the name of a thing is passed over whole: «aeropuerto Jorge Chaves».
        """
        evidence = evidence_before(self.gaps, self.words, at)
        if not evidence and self.initials(at):
            evidence = "greeting"
        if not self._may_begin(at, evidence):
            return 0, False
        end = self._end(at)
        if self._is_company(at, end) or self._of_a_thing(at, evidence):
            return end, False
        if not any(word.sort in LIKELY for word in self.words[at:end]):
            return 0, False
        is_name = bool(evidence) or self._speaks_for_itself(at, end)
        return (end, True) if is_name else (0, False)

    def initials(self, at: int) -> int:
        """Return how many initials stand before a word: «R. T. Cifuentes»."""
        count = 0
        while count < at and self.gaps[at - count] in {".", ". "}:
            if len(self.words[at - count - 1].plain) > 1:
                break
            count += 1
        letters = "".join(word.plain for word in self.words[at - count : at])
        return 0 if letters in ABBREVIATIONS else count

    def _may_begin(self, at: int, evidence: Evidence) -> bool:
        word = self.words[at]
        if word.sort == "sure":
            return True
        announced = evidence in {"sure", "likely"}
        if word.sort == "doubtful":
            return word.capital or announced or self._before_a_name(at)
        if word.sort == "unknown":
            return word.capital or (announced and not word.is_verb and not self.foreign)
        return evidence == "sure"

    def _end(self, at: int) -> int:
        """Return the number of the word after the longest name from here."""
        end = at + 1
        while end < len(self.words) and end - at < LONGEST_NAME:
            following = self._after_joints(end)
            if not self._continues(at, end, following):
                break
            end = following + 1
        return end

    def _after_joints(self, at: int) -> int:
        """Return the number of the first word from here that is no «de», «del», «la»."""
        following = at
        while following < len(self.words) - 1 and self.words[following].plain in lists().joints:
            following += 1
        return following

    def _before_a_name(self, at: int) -> bool:
        """Say whether two more words of a name follow, the second of them listed."""
        following = self.words[at + 1 : at + 3]
        if len(following) < 2 or not (self._linked(at + 1) and self._linked(at + 2)):
            return False
        return following[0].sort in LIKELY and following[1].sort == "sure"

    def _continues(self, at: int, end: int, following: int) -> bool:
        word, first = self.words[following], self.words[at]
        if not all(self._linked(i) for i in range(end, following + 1)):
            return False
        if word.sort == "sure":
            return True
        if word.plain in lists().never or word.plain in lists().cues:
            return False
        if word.sort in {"doubtful", "unknown"}:
            return word.capital or not (first.capital or self.foreign)
        if word.sort == "known":  # Towns are surnames too.
            listed = any(before.sort == "sure" for before in self.words[at:end])
            town = listed and following == end and word.plain in vocabulary().places
            return town and word.capital and first.capital
        return word.capital and first.capital

    def _linked(self, at: int) -> bool:
        """Say whether only a space or a hyphen stands between a word and the one before it."""
        widow = self.gaps[at] == ". " and self.words[at - 1].plain == "vda"
        return widow or self.gaps[at] in {" ", "-"}

    def _of_a_thing(self, at: int, evidence: Evidence) -> bool:
        """Say whether a word before makes it the name of something: «barrio San José»."""
        if at > 1 and self.words[at - 1].plain in {"don", "dona"}:
            return self._linked(at - 1) and self.words[at - 2].sort == "thing"
        if evidence == "sure" or not at or not self._linked(at):
            return False
        return self.words[at - 1].sort in {"thing", "known"}

    def _is_company(self, at: int, end: int) -> bool:
        """Say whether the words end in a company's legal form."""
        last = self.words[at:end][-1:] + self.words[end : end + 1]
        return any(word.plain in LEGAL_FORMS for word in last)

    def _speaks_for_itself(self, at: int, end: int) -> bool:
        chain = [word for word in self.words[at:end] if word.plain not in lists().joints]
        if any(word.sort == "sure" for word in chain):
            return True
        if self.foreign or not all(word.capital for word in chain):
            return False
        if any(_ENGLISH.search(word.plain) for word in chain):
            return False
        likely = [word for word in chain if word.sort in {"unknown", "doubtful"}]
        return len(likely) > 1 or is_told_after(self.gaps, self.words, end)

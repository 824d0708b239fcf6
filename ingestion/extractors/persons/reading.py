"""A text as it is read: signs that only look different are the same, what nobody sees is gone.

Letters and programs part digits with spaces that do not break, hyphens that do not break, signs of
no width, or write them in full width: who reads sees a number all the same. Places of what is read
are told as places of what was written.
"""

import re
from collections.abc import Sequence
from unicodedata import category, combining, digit, normalize

from ingestion.extractors.persons.found import Found

_UNSEEN = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u20e3\ufe00-\ufe0f\ufeff\ue000-\uf8ff\U000e0000-\U000e0fff"
)
"""Default ignorable signs (Unicode's DerivedCoreProperties), keys' frames, and private ones."""
PLAIN = r"\n -~\u00a1-\u00ac\u00ae-\u00ff"
ODD = rf"[^{PLAIN}]"
"""A text without such a sign is read as it is written."""

_ODD = re.compile(ODD)
_GONE = re.compile(f"[{_UNSEEN}]+")
_PARTED = re.compile(r"[^\W\d_][\u0300-\u036f]+")


class _Alike(dict[int, str]):
    """Of a sign the usual one that looks like it; found once."""

    def __missing__(self, code: int) -> str:
        """Look for a sign's usual likeness of one character."""
        self[code] = self._of(chr(code)) if is_odd(chr(code)) else chr(code)
        return self[code]

    @staticmethod
    def _of(sign: str) -> str:
        number, usual = digit(sign, None), normalize("NFKC", sign)
        if number is not None:
            return str(number)
        if category(sign) == "Pd" or sign == "\u2212":
            return "-"
        if sign.isspace():
            return " "
        return usual if len(usual) == 1 and not combining(sign) else sign


_ALIKE = _Alike()


def is_odd(text: str) -> bool:
    """Say whether a text may be read otherwise than it is written."""
    return _ODD.search(text) is not None


def read(text: str) -> tuple[str, Sequence[int] | None]:
    r"""Return a text as it is read, and where each of its characters was written.

    The last of the places is the end of the text; None where all are where they were.

    >>> read("300\u00a0123\u200b4567")
    ('300 1234567', [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12])
    """
    if not is_odd(text):
        return text, None
    if not (_GONE.search(text) or _PARTED.search(text)):
        return text.translate(_ALIKE), None
    seen = [n for n, sign in enumerate(text) if not _GONE.match(sign)]
    rest = "".join(text[n] for n in seen)
    pieces, places, end = [], list[int](), 0
    for parted in _PARTED.finditer(rest):
        start, whole = parted.start(), normalize("NFC", parted[0])[: len(parted[0])]
        pieces += [rest[end:start], whole]
        places += seen[end : start + len(whole)]
        end = parted.end()
    joined = "".join([*pieces, rest[end:]])
    return joined.translate(_ALIKE), [*places, *seen[end:], len(text)]


def written(found: Sequence[Found], places: Sequence[int] | None) -> list[Found]:
    """Return what was found in a text that was read, where it was written."""
    if places is None:
        return list(found)
    # Up to the sign after the last one: accents apart and what nobody sees go with their letter.
    return [Found(places[one.start], places[one.end], one.kind) for one in found]

"""Names of files as people send them: what in them could deceive a person or a program."""

import unicodedata

from foundation.errors import InvalidUpload
from ingestion.media.kinds import KINDS, SUBTITLES, SUFFIXES, Refusal

SHOWN_CHARACTERS = 80
LONGEST_ENDING = 5
"""What is longer after a dot is taken for words."""
DECEIVING = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode's categories of what is not seen: controls, marks of direction, halves, line ends."""


def shown(name: str) -> str:
    r"""Return a name as a sentence may show it: nothing unseen in it, and not too long.

    >>> shown("foto\u202egnp.exe")
    'foto�gnp.exe'
    """
    seen = "".join("�" if unicodedata.category(c) in DECEIVING else c for c in name)
    return seen if len(seen) <= SHOWN_CHARACTERS else f"{seen[: SHOWN_CHARACTERS - 1]}…"


def check_name(name: str) -> None:
    """Refuse a name that leads elsewhere, hides what it is, or ends as no kept kind does.

    Raises
    ------
    Refusal
    """
    if any(unicodedata.category(character) in DECEIVING for character in name):
        raise Refusal("media.name_unseen")
    # A dot may end the words before the ending: «10.00 a. m..png», as telephones write it.
    stem, dot, suffix = name.rpartition(".")
    if name.strip(" .") != name.rstrip(" ") or ".." in stem or "/" in name or "\\" in name:
        raise Refusal("media.name_leads")
    ending = dot and suffix.isalnum() and not suffix.isdecimal() and len(suffix) <= LONGEST_ENDING
    if ending and suffix.lower() not in SUFFIXES:
        raise Refusal("media.name_ending", known=", ".join((*KINDS, *SUBTITLES)))


def check_file_name(name: str) -> None:
    """Check the name of a file whose content lies elsewhere.

    Raises
    ------
    InvalidUpload
    """
    try:
        check_name(name)
    except Refusal as refusal:
        raise InvalidUpload(refusal.key, file=shown(name), **refusal.details) from None

"""Texts that came from outside, made fit to be written down."""

import re

EDGES = " \t\r\n\u00a0\u202f\ufeff"
"""What is cut from both ends of a cell; the same set in Python and in the engine."""

_ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_PICTURES, _SPACE = 0x2400, 0x20
"""Unicode has a picture of each control character below the space."""


def well_formed(words: str) -> str:
    """Return the text with a question mark for each half of a surrogate pair.

    Command lines and JSON can bring such halves; no encoder, driver or terminal takes them.
    """
    return words.encode("utf-8", "replace").decode()


def printable(words: str, keep: str = "") -> str:
    r"""Return somebody else's words as a terminal or a log can show them: nothing in them acts.

    Escape sequences move the cursor or write to the clipboard, a line's end begins a forged line,
    marks of direction turn a name round. A picture stands in the place of each.

    Parameters
    ----------
    keep
        Signs that stay: in sentences of ours, the ends of lines.

    >>> printable("a\x1b[2Jb\n2026-01-01 fine \u202evsc.exe")
    'a␛[2Jb␊2026-01-01 fine �vsc.exe'
    """

    def shown(found: re.Match[str]) -> str:
        sign = found[0]
        if sign in keep:
            return sign
        return chr(_PICTURES + ord(sign)) if ord(sign) < _SPACE else "�"

    return _ACTING.sub(shown, well_formed(words))

"""The masker of version 1, unchanged: the peer of today's.

One list of replacements serves the engine (``mask_expression``, no Python per row) and Python
(``mask``, for one text): no look-around, word boundary or class of digits, which differ between
Java, Rust and Python. Amounts of money are protected first, so that ``$ 1.250.000`` is not taken
for a cédula.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from benchmarks.multimodal.before.names import listed_names

if TYPE_CHECKING:
    from pyspark.sql import Column as Expression

MASKER_VERSION = "1"

_SHIELD = "\ue000"
"""Private-use character put before an amount while numbers are masked."""
_LETTER = "0-9A-Za-zÀ-ÖØ-öø-ÿ"
_BEFORE = f"(^|[^0-9A-Za-z{_SHIELD}.,]|[^0-9{_SHIELD}][.,])"
_BEFORE_BARE = f"(^|[^0-9A-Za-z{_SHIELD}.,/#_-]|[^0-9{_SHIELD}][.,])"
_AFTER = r"($|[^0-9A-Za-z])"
_DOCUMENT = (
    r"((?:[Cc][ée\u00c9E]dula|C[ÉE]DULA|[Dd]ocumento|DOCUMENTO|[Ii]dentificaci[óo]n|[Nn][Ii][Tt]|"
    r"[Cc]\.? ?[Cc]\.?|[Tt]\.? ?[Ii]\.?|[Cc]\.? ?[Ee]\.?|[Pp]asaporte)"
    r"(?: de ciudadan[íi]a| de extranjer[íi]a)?(?: (?:es|n[úu]mero|no?\.?|#))*[ .:#]{1,3})"
)
# Every repetition is bounded: a cell may hold a million characters, and Java's and Python's engines
# would try each of them as a beginning.
_EMAIL = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
_MAY_HOLD_NUMBER = (
    rf"[@{_SHIELD}]|\+[0-9]|[0-9][-0-9 .()]{{5,64}}[0-9]|{_DOCUMENT}[0-9][0-9. ]{{3,14}}[0-9]"
)
"""Matches every text that the steps for numbers and addresses change."""

_ACCENTS = {"a": "aáAÁ", "e": "eéEÉ", "i": "iíIÍ", "o": "oóOÓ", "u": "uúüUÚÜ", "n": "nñNÑ"}
_PLAIN = str.maketrans("áéíóúüñ", "aeiouun")


def mask(text: str) -> str:
    """Return a text without what identifies a person.

    >>> mask("Soy María Pérez, cédula 1.023.456.789, pagué $ 1.250.000")
    'Soy [NOMBRE], cédula [DOCUMENTO], pagué $ 1.250.000'
    """
    for may_hold, steps in _compiled():
        if may_hold.search(text):
            for pattern, replacement in steps:
                text = pattern.sub(replacement, text)
    return text


def mask_expression(text: "Expression") -> "Expression":
    """Return the engine's twin of ``mask``; NULL stays NULL."""
    from pyspark.sql import functions as fn

    for may_hold, steps in _passes():
        masked = text
        for pattern, replacement in steps:
            masked = fn.regexp_replace(masked, pattern, replacement)
        text = fn.when(text.rlike(may_hold), masked).otherwise(text)
    return text


Steps = tuple[tuple[str, str], ...]
"""Patterns and their replacements (``$1`` is a group), in the order of their use."""


@cache
def _passes() -> tuple[tuple[str, Steps], ...]:
    """Return what a text must match for some steps to change it, and these steps.

    Most texts hold neither number nor name: one look at them each saves thirty passes.
    """
    return (_MAY_HOLD_NUMBER, _numbers()), (_may_hold_name(), _name_steps())


@cache
def _numbers() -> Steps:
    bounded = [
        (r"[0-9]{4}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{1,7}", "[TARJETA]"),
        (r"3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}", "[TARJETA]"),
        (r"[0-9]{13,19}", "[TARJETA]"),
        (r"[0-9]{3}[. ]?[0-9]{3}[. ]?[0-9]{3} ?- ?[0-9]", "[DOCUMENTO]"),
        (r"(?:\(?\+?57\)?[ -]?)?3[0-9]{2}[ .-]?[0-9]{3}[ .-]?[0-9]{2}[ .-]?[0-9]{2}", "[TELÉFONO]"),
        (
            r"(?:\(?\+?57\)?[ -]?)?\(?60[1-8]\)?[ .-]?[0-9]{3}[ .-]?[0-9]{2}[ .-]?[0-9]{2}",
            "[TELÉFONO]",
        ),
        (r"\+[0-9]{1,3}(?:[ .-]?\(?[0-9]{1,4}\)?){2,5}", "[TELÉFONO]"),
        (r"[0-9]{3}-[0-9]{4}", "[TELÉFONO]"),
        (r"[0-9]{1,3}(?:\.[0-9]{3}){2,3}", "[DOCUMENTO]"),
    ]
    numbers = [(f"{_BEFORE}{pattern}{_AFTER}", f"$1{word}$2") for pattern, word in bounded]
    numbers.append((f"{_BEFORE_BARE}[0-9]{{7,12}}{_AFTER}", "$1[DOCUMENTO]$2"))
    return (
        (_SHIELD, ""),
        (_EMAIL, "[CORREO]"),
        (r"([$€£] ?|COP ?|USD ?)([0-9])", f"$1{_SHIELD}$2"),
        (r"([0-9][0-9.,]{0,30})( (?:mil|millones|[Pp]esos|COP|USD|d[óo]lares))", f"{_SHIELD}$1$2"),
        (_DOCUMENT + r"[0-9][0-9. ]{3,14}[0-9](?:-[0-9])?", "$1[DOCUMENTO]"),
        # Twice: two neighbours share the one character between them.
        *(step for step in numbers for _ in range(2)),
        (_SHIELD, ""),
    )


def _name_steps() -> Steps:
    return (_names(), _names(), (r"\[NOMBRE\](?: \[NOMBRE\])+", "[NOMBRE]"))


@cache
def _may_hold_name() -> str:
    """Match every text of which the names' steps change anything."""
    return rf"(?:^|[^{_LETTER}]){_any_of(listed_names().sure)}(?:$|[^{_LETTER}])|\[NOMBRE\] \["


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], list[tuple[re.Pattern[str], str]]], ...]:
    return tuple(
        (
            re.compile(may_hold),
            [(re.compile(found), re.sub(r"\$([0-9])", r"\\\1", word)) for found, word in steps],
        )
        for may_hold, steps in _passes()
    )


def _names() -> tuple[str, str]:
    """Match a listed name with the names beside it; one at least is no ordinary word."""
    names = listed_names()
    sure, name = _any_of(names.sure), _any_of(names.sure | names.doubtful)
    joint = r"(?: (?:[Dd][Ee] |[Dd][Ee][Ll] |[Ll][Aa] |[Yy] ){0,2}|-)"
    chain = f"(?:{name}{joint})*{sure}(?:{joint}{name})*"
    return f"(^|[^{_LETTER}]){chain}($|[^{_LETTER}])", "$1[NOMBRE]$2"


def _any_of(words: frozenset[str]) -> str:
    """Match any of the words, whatever their case and accents, as a tree of shared beginnings."""
    tree: dict[str, dict[str, Any]] = {}
    for word in words:
        branch: dict[str, Any] = tree
        for character in word.lower().translate(_PLAIN):
            branch = branch.setdefault(character, {})
        branch[""] = {}
    return _pattern_of(tree)


def _pattern_of(tree: dict[str, dict[str, Any]]) -> str:
    branches = [_letter(c) + _pattern_of(rest) for c, rest in sorted(tree.items()) if c]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}){'?' if '' in tree else ''}"


def _letter(plain: str) -> str:
    return f"[{_ACCENTS.get(plain, plain + plain.upper())}]"

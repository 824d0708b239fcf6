"""Where digits stand in a text, and what the words around them tell of them."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import yaml

from ingestion.extractors.persons.found import without
from ingestion.extractors.persons.harmless import without_prices, without_times
from ingestion.extractors.plain import plain

REACH = 64
"""Characters before a number that are read, and the words among them that count."""
WORDS = 6

_WORD = re.compile(r"[^\W\d_]+")
NO_DIGIT = re.compile("[^0-9]+")
_CURRENCY = re.compile(r"[$€£]|COP|USD|cop|usd|US")
_UNIT = (
    r" ?(?:mil\b|mill[oó]n|(?:de )?pesos?\b|cop\b|usd\b|d[oó]lares|euros|soles|bol[ií]vares|puntos"
    r"|megas|mbps|mb\b|gb\b|kwh|unidades|de razones|[%€$])"
)
_FOLLOWED = re.compile(_UNIT, re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?:[$€£]|\bCOP|\bUSD|\bUS\$) ?[0-9]{1,15}(?:[.,'´’][0-9]{1,15}){0,6}"
    r"|(?<![\w.,])[0-9]{1,15}(?:[.,'´’ ][0-9]{3}){0,6}(?:,[0-9]{1,4})?" + _UNIT,
    re.IGNORECASE,
)
_RUN = re.compile(r"(?<![0-9])[0-9](?:[^\w\n]{0,3}[0-9])*")
FEWEST_DIGITS = 5
LONGEST_CURRENCY = 4
"""Characters."""
BESIDE = 12
"""Characters beside digits that may be a part of the number: a plus, letters of a passport."""


class Spot(NamedTuple):
    """Digits in a row, but for what may part them, and what is beside them.

    Attributes
    ----------
    low, high
        Between these characters a number may be looked for.
    start
        The first digit.
    digits
        How many there are.
    said
        What the words before them speak of.
    """

    low: int
    high: int
    start: int
    digits: int
    said: str


def spots(text: str) -> Iterator[Spot]:
    """Yield where so many digits stand that they may identify someone."""
    runs = list(_RUN.finditer(text))
    for run, following in zip_longest(runs, runs[1:]):
        digits = len(NO_DIGIT.sub("", run[0]))
        if digits >= FEWEST_DIGITS:
            start, end = run.span()
            high = min(end + BESIDE, following.start() if following else len(text))
            yield Spot(max(0, start - BESIDE), high, start, digits, cue(text, start))


def without_figures(text: str) -> str:
    """Return a text of the same length without amounts, prices and times."""
    text = without_prices(without_times(text))
    money = [run for run in _RUN.finditer(text) if _is_money(text, run)]
    return _without_amounts(text, money) if money else text


def _without_amounts(text: str, money: list[re.Match[str]]) -> str:
    """Return a text without the amounts at some runs, each read after those before it are gone."""
    signs = list(text)
    for run in money:
        low, high = max(0, run.start() - LONGEST_CURRENCY), run.end() + BESIDE
        before = max(0, low - 1)  # one sign more is looked at
        beside = "".join(signs[before:high])
        rest = without(beside, (one.span() for one in _AMOUNT.finditer(beside, low - before)))
        signs[before:high] = rest
    return "".join(signs)


def _is_money(text: str, run: re.Match[str]) -> bool:
    signs = f"{text[max(0, run.start() - LONGEST_CURRENCY) : run.start()]}{run[0]}"
    return bool(_CURRENCY.search(signs) or _FOLLOWED.match(text, run.end()))


def cue(text: str, start: int) -> str:
    """Return what the nearest telling word before a place speaks of, or ``""``.

    >>> cue("mi cédula es la 1234567", 16)
    'document'
    """
    letters = ""
    for word in reversed(_WORD.findall(text, max(0, start - REACH), start)[-WORDS:]):
        letters = word + letters if len(word) == 1 else ""  # C.C., N.I.T.
        said = _said(letters or word)
        if said:
            return said
    return ""


def is_quantity(text: str, end: int) -> bool:
    """Say whether a unit follows."""
    return bool(_FOLLOWED.match(text, end))


@cache
def words_of(kind: str) -> frozenset[str]:
    """Return the words that speak of a kind, without accents."""
    return frozenset(word for word, told in _cues().items() if told == kind)


@lru_cache(maxsize=65_536)
def _said(word: str) -> str:
    return _cues().get(plain(word), "")


@cache
def _cues() -> dict[str, str]:
    file = Path(__file__).with_name("contact.yaml")
    listed = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return {word: kind for kind, words in listed.items() for word in words.split()}

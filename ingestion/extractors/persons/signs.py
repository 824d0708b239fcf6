"""Signs that a text may hold something of a person: a look that spares most texts the reading.

The same signs are read in one text by Python and in millions of them by Polars and Arrow; they are
on the safe side: a text without a sign holds nothing that the finder of that sign would find.
"""

import re
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from ingestion.extractors.persons.addresses import STREETS
from ingestion.extractors.persons.around import words_of
from ingestion.extractors.persons.cues import lists
from ingestion.extractors.persons.reading import ODD, read
from ingestion.extractors.persons.spoken import FEWEST_WORDS, numerals
from ingestion.extractors.persons.vocabulary import is_acronym, sort_of
from ingestion.extractors.plain import plain

EMAIL, STREET, DIGITS, SPOKEN, NAME = 1, 2, 4, 8, 16
"""Bits: something of an address of e-mail; of a street; five digits in a row that are no dollars;
number words; a name, or a word that may be one."""

_SURE, _MAYBE, _CUE, _WAY, _NUMERAL = 1, 2, 4, 8, 16
"""Bits of a word: a listed name or an unknown word with a capital; one that needs a cue to be a
name; a word of a cue; of a street; of a number."""

_LETTERS = re.compile(r"[^\W\d_]+")
_SAME_LETTERS = r"[\p{L}\p{Nl}\p{No}]+"
_AT = r"@|\(at\)|\[at\]|(?i:arroba)"
_MANY_DIGITS = r"(?:^ *|[^0-9.,$ ]|[^$ ] +|\$ {2,}|[^0-9$ ][.,])[0-9](?:[^0-9A-Za-z]{0,3}[0-9]){4}"
_HAS_AT, _HAS_DIGITS, _HAS_DIGIT = map(re.compile, (_AT, _MANY_DIGITS, "[0-9]"))
_OF_AN_ORDER = (
    rf"(?:^|[ .,;:(\n])(?:{'|'.join(sorted(words_of('order')))})"
    r"[ :]{1,2}(?:no\.? |nro\.? |# ?)?[0-9]{1,20}(?:[.-][0-9]{1,20}){0,4}"
)
"""A number right after a word like «contrato» identifies nobody: most numbers are of that kind."""


def signs_of(text: str) -> int:
    """Return the signs in a text, as it is read."""
    words = [_trait_of(word) for word in _LETTERS.findall(text)]
    held = 0
    for word in words:
        held |= word
    return (
        EMAIL * bool(_HAS_AT.search(text))
        | STREET * bool(held & _WAY and (held & _NUMERAL or _HAS_DIGIT.search(text)))
        | DIGITS * bool(_HAS_DIGITS.search(text))
        | SPOKEN * (words.count(_NUMERAL) >= FEWEST_WORDS)
        | NAME * bool(held & _SURE or (held & _MAYBE and held & _CUE))
    )


def signs_of_all(texts: pa.StringArray) -> npt.NDArray[np.int64]:
    """Return the signs in each of many texts, none of them NULL."""
    column = _as_read(pl.Series(texts, dtype=pl.String))
    held, numeral_words = _traits_of_all(column)
    numbered = (held & _NUMERAL > 0) | column.str.contains("[0-9]").to_numpy()
    street = (held & _WAY > 0) & numbered
    name = (held & _SURE > 0) | ((held & _MAYBE > 0) & (held & _CUE > 0))
    elsewhere = column.str.to_lowercase().str.replace_all(_OF_AN_ORDER, " ")
    digits = elsewhere.str.contains(_MANY_DIGITS)
    signs: npt.NDArray[np.int64] = (
        EMAIL * column.str.contains(_AT).to_numpy().astype(np.int64)
        | STREET * street
        | DIGITS * digits.to_numpy()
        | SPOKEN * (numeral_words >= FEWEST_WORDS)
        | NAME * name
    )
    return signs


def _as_read(column: pl.Series) -> pl.Series:
    odd = column.str.contains(ODD).arg_true()
    return (
        column.scatter(odd, [read(text)[0] for text in column.gather(odd)]) if len(odd) else column
    )


def _traits_of_all(column: pl.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the traits that the words of each text hold, and how many are of numbers."""
    words = column.str.extract_all(_SAME_LETTERS)
    counts = words.list.len().to_numpy().astype(np.int64)
    flat = (
        words.list.explode(empty_as_null=False) if counts.sum() else pl.Series([], dtype=pl.String)
    )
    kinds = flat.to_arrow(compat_level=pl.CompatLevel.oldest()).dictionary_encode()
    of_kind = np.array([_trait_of(word) for word in kinds.dictionary.to_pylist()], dtype=np.int64)
    # One word without traits after the last: a text without words begins there.
    traits = np.append(of_kind[kinds.indices.to_numpy(zero_copy_only=False)], 0)
    starts = np.append(0, np.cumsum(counts))[:-1]
    empty = counts == 0
    held = np.where(empty, 0, np.bitwise_or.reduceat(traits, starts))
    return held, np.where(empty, 0, np.add.reduceat((traits == _NUMERAL).astype(np.int64), starts))


@lru_cache(maxsize=65_536)
def _trait_of(word: str) -> int:
    low = plain(word)
    if low in numerals().values or low in numerals().scales:
        return _NUMERAL
    if low in STREETS:
        return _WAY
    if low in _cues():
        return _CUE
    sort = sort_of(word)
    if sort not in {"sure", "doubtful", "unknown"}:
        return 0
    return _SURE if sort == "sure" or (word[0].isupper() and not is_acronym(word)) else _MAYBE


@cache
def _cues() -> frozenset[str]:
    """Return the longest word of each phrase after which a name may lack its capital."""
    phrases = [phrase for phrase, told in lists().before.items() if told != "greeting"]
    return frozenset(max(phrase.split(), key=len) for phrase in phrases)

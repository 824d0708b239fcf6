"""What a column's values say for or against each column of the contract.

Evidence lies in -1..1: above 0 speaks for, below 0 against (the values would not parse, or lie
outside the limits). Weights were set by hand on what tells columns apart: a set of known values
says much, a yes or no says little.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data_contracts.contract import Column
from ingestion.proposal.profile import Profile
from ingestion.proposal.words import concepts, plain
from ingestion.vocabulary import FALSE_WORDS, TRUE_WORDS

AGAINST = -0.85
_MOSTLY = 0.9
"""Share of values that must fit to speak for a column; the rest may be dirt, which quarantine
takes. Below it values speak against, the more of them do not fit the louder."""
_LOUDNESS = 1.7
_GENERIC = frozenset(TRUE_WORDS) | frozenset(FALSE_WORDS)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
_PHONE = re.compile(r"\+?[\d\s().-]{7,20}")


@dataclass(frozen=True)
class Place:
    """Where a source column stands in its file."""

    first: bool
    last: bool


def evidence(values: Profile, column: Column, place: Place) -> float:
    """Return what the values say about standing for ``column``."""
    if values.is_empty:
        return 0.0
    if column.key or column.role == "entity":
        return _identity(values, column, place)
    if column.classification == "personal":
        return _personal(values, column)
    if column.type == "boolean":
        return _boolean(values, column, place)
    return _BY_TYPE[column.type](values, column)


def known_values(column: Column) -> dict[str, str]:
    """Return every known writing of a column's values, plain → the stored value."""
    writings: dict[str, str] = {}
    for written, stored in column.writings():
        writings.setdefault(plain(written), stored)
    return writings


def stored_value(value: str, writings: dict[str, str]) -> str | None:
    """Return the stored value that a writing most likely means; ``None`` where none is near."""
    exact = writings.get(plain(value))
    if exact is not None:
        return exact
    meant = concepts(value)
    best, stored = 0.0, None
    for writing, candidate in writings.items():
        other = concepts(writing)
        likeness = 2 * len(meant & other) / (len(meant) + len(other)) if meant and other else 0.0
        if likeness > best:
            best, stored = likeness, candidate
    return stored if best >= 0.6 else None


def _identity(values: Profile, column: Column, place: Place) -> float:
    """Judge a key: other values on every row, no amount, no counter, often the first column."""
    decimals = values.number_share > 0.5 and values.integer_share < 0.9
    if (
        decimals
        or _too_long(values, column.max_length or 256)
        or values.moment_share > 0.5
        or values.distinct <= 2
    ):
        return AGAINST
    if not column.key:
        return 0.1 if values.unique_share > 0.05 else -0.3
    if values.is_counter or values.blank_share > 0.01:
        return 0.0
    if values.unique_share < 0.95:
        return -0.5 if values.unique_share < 0.5 else 0.0
    shape = {len(value) for value in values.values}
    return 0.4 + 0.2 * place.first + 0.1 * (len(shape) == 1 or values.number_share < 0.5)


def _personal(values: Profile, column: Column) -> float:
    """Judge names, phones, addresses: only their own form speaks for them."""
    if column.canonical == "email":
        share = _share(values, _EMAIL)
        return 0.8 if share > 0.9 else AGAINST
    if column.canonical == "phone":
        digits = _share(values, _PHONE) * (values.moment_share < 0.5)
        return (0.2 if values.distinct > 10 else 0.0) if digits > 0.9 else AGAINST
    wordy = sum(" " in value.strip() for value in values.values) / len(values.values)
    if values.number_share > 0.5 or values.distinct <= 3 or values.moment_share > 0.5:
        return AGAINST
    return 0.15 if wordy > 0.8 and values.unique_share > 0.5 else -0.3


def _share(values: Profile, pattern: re.Pattern[str]) -> float:
    """Return the share of rows whose whole value fits a pattern."""
    return values.share(np.array([bool(pattern.fullmatch(value[:300])) for value in values.values]))


def _boolean(values: Profile, column: Column, place: Place) -> float:
    """Judge a yes or no by its two values; the outcome often stands last."""
    own = {plain(w) for writings in column.value_synonyms.values() for w in writings} - _GENERIC
    known = [plain(value) in _GENERIC or plain(value) in own for value in values.values]
    fitting = values.share(np.array(known))
    if fitting < _MOSTLY or values.distinct > 6:
        return _misfit(fitting)
    if any(plain(value) in own for value in values.values):
        return 0.7
    base = 0.25 if values.distinct == 2 else 0.1
    return base + 0.15 * (place.last and column.role == "outcome" and values.distinct == 2)


def _string(values: Profile, column: Column) -> float:
    """Judge by known values, a pattern, the length of texts; else hardly at all."""
    if column.role == "text":
        return 0.3 if _mean_length(values) > 25 else -0.4
    if column.pattern is not None:
        return 0.5 if _share(values, re.compile(column.pattern)) > 0.95 else -0.6
    if _too_long(values, column.max_length or 1_000_000) or values.moment_share > 0.5:
        return AGAINST
    writings = known_values(column)
    if writings:
        return _known(values, column, writings)
    decimals = values.number_share > 0.5 and values.integer_share < 0.9
    many = values.unique_share > 0.5 and values.distinct > 20
    return -0.6 if decimals else -0.3 if many else 0.08


def _known(values: Profile, column: Column, writings: dict[str, str]) -> float:
    """Judge by how many values are known; a set of yes and no says little by itself."""
    exact = [plain(value) in writings for value in values.values]
    stored = [
        stored_value(value, writings) if values.distinct <= 50 else None for value in values.values
    ]
    share = values.share(
        np.array(
            [0.0 if s is None else 1.0 if e else 0.8 for s, e in zip(stored, exact, strict=True)]
        )
    )
    telling = {
        s
        for s, value in zip(stored, values.values, strict=True)
        if s is not None and plain(value) not in _GENERIC
    }
    if share > 0.75:
        return share * min(0.85, 0.12 + 0.3 * len(telling))
    if column.allowed:
        return -0.6 if share < 0.4 else -0.2
    spread = values.unique_share > 0.5 and values.distinct > 20
    return AGAINST if spread else -0.35 if values.number_share < 0.5 else -0.1


def _mean_length(values: Profile) -> float:
    """Return the mean length of the values looked at."""
    return sum(map(len, values.values)) / len(values.values)


def _integer(values: Profile, column: Column) -> float:
    """Judge whole numbers within the limits."""
    fitting = min(values.integer_share, _inside(values, column))
    if fitting < _MOSTLY:
        return _misfit(fitting)
    return 0.03 if values.is_flag else 0.15 + _near_examples(values, column)


def _amount(values: Profile, column: Column) -> float:
    """Judge numbers within the limits; decimals say more than whole ones."""
    fitting = min(values.number_share, _inside(values, column))
    if fitting < _MOSTLY:
        return _misfit(fitting)
    whole = values.integer_share > 0.99
    return 0.02 if values.is_flag else (0.08 if whole else 0.2) + _near_examples(values, column)


def _too_long(values: Profile, limit: int) -> bool:
    """Say whether more values are longer than dirt explains."""
    longer = np.array([len(value) > limit for value in values.values])
    return values.share(longer) > 1 - _MOSTLY


def _misfit(fitting: float) -> float:
    """Return what the values say against a column of which only this share fits."""
    return max(AGAINST, -_LOUDNESS * (1 - fitting))


def _inside(values: Profile, column: Column) -> float:
    """Return the share of numbers within the column's limits."""
    numbers = values.numbers[~np.isnan(values.numbers)]
    low = -math.inf if column.minimum is None else float(column.minimum)
    high = math.inf if column.maximum is None else float(column.maximum)
    return float(((numbers >= low) & (numbers <= high)).mean()) if len(numbers) else 0.0


def _near_examples(values: Profile, column: Column) -> float:
    """Return up to 0.1 where the median is of the size of the contract's examples."""
    sizes = [abs(float(e)) for e in column.examples if re.fullmatch(r"-?\d+(\.\d+)?", e)]
    median = float(np.nanmedian(np.abs(values.numbers)))
    if not sizes:
        return 0.0
    return 0.1 * math.exp(-abs(math.log10((median + 0.1) / (float(np.median(sizes)) + 0.1))))


def _moment(values: Profile, column: Column) -> float:
    """Judge dates or times."""
    if values.moment_share < _MOSTLY:
        return _misfit(values.moment_share)
    ends = column.role == "outcome_time"
    return 0.25 + (0.1 if ends == (values.blank_share > 0.2) else -0.1)


_BY_TYPE: dict[str, Callable[[Profile, Column], float]] = {
    "string": _string,
    "integer": _integer,
    "number": _amount,
    "money": _amount,
    "date": _moment,
    "timestamp": _moment,
}

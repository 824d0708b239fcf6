"""What a source column's values look like: shares, cardinality, limits, numbers of a sample."""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.vocabulary import BLANK_TEXT

Floats = npt.NDArray[np.float64]

SAMPLE_ROWS = 1500
_DISTINCT_LOOKED_AT = 200
_LONGEST_NUMBER = 40
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)?|[.,]\d+)([eE][+-]?\d+)?")
_CURRENCY = re.compile(r"^([+-]?)(?:COP|USD|EUR|MXN|PEN|CLP)? ?[$€£¥]? ?(?=[+-]?[\d.,])")
_GROUPED = re.compile(
    r"[+-]?\d{1,3}(?:([.,])\d{3}(?:\1\d{3})+|\.\d{3}(?=,)|,\d{3}(?=\.))([.,]\d+)?"
)
_MOMENT = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ]\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([T ].*)?"
)


@dataclass(frozen=True)
class Profile:
    """A source column in figures; shares are of the sample's values that are not blank.

    Attributes
    ----------
    values
        Distinct non-blank values of the sample, the commonest first (at most 200), trimmed.
    counts
        How often each of ``values`` stands in the sample.
    blank_share, unique_share
        Of all rows: blank, and distinct values ÷ rows.
    integer_share, number_share, moment_share
        Of the values looked at: whole numbers, numbers, dates or times.
    numbers
        The sample's numbers in row order, NaN where there is none.
    is_counter
        The values are 1, 2, 3 … in file order: a row number, not an identity.
    """

    values: tuple[str, ...]
    counts: Floats
    distinct: int
    blank_share: float
    unique_share: float
    integer_share: float
    number_share: float
    moment_share: float
    numbers: Floats
    is_counter: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no value is known."""
        return not self.values

    @property
    def is_moment(self) -> bool:
        """Whether every row has a date or time."""
        return self.blank_share == 0 and self.moment_share > 0.98

    @property
    def is_flag(self) -> bool:
        """Whether the values are only 0 and 1."""
        return set(self.values) <= {"0", "1"}

    def share(self, accepted: Floats) -> float:
        """Return the share of rows whose value is accepted; ``accepted`` goes with ``values``."""
        total = self.counts.sum()
        return float((self.counts * accepted).sum() / total) if total else 0.0


def profile(column: pa.ChunkedArray) -> Profile:
    """Look at a column's values: uniqueness over all rows, the rest over an even sample."""
    rows = len(column)
    step = max(1, rows // SAMPLE_ROWS)
    trimmed = pc.utf8_trim_whitespace(pc.fill_null(column, ""))
    no_value = pc.is_in(pc.utf8_lower(trimmed), pa.array(BLANK_TEXT))
    trimmed = pc.if_else(no_value, "", trimmed)
    sample = trimmed.take(pa.array(np.arange(0, rows, step))) if rows else trimmed
    blank = pc.sum(pc.equal(trimmed, "")).as_py() or 0
    distinct = pc.count_distinct(trimmed).as_py() - (blank > 0)
    values, counts = _distinct(sample)
    plain = [bare_number(value) for value in values]
    looks = ((_INTEGER, plain), (_NUMBER, plain), (_MOMENT, values))
    accepted = np.array([[_matches(pattern, v) for v in seen] for pattern, seen in looks])
    shares = accepted @ counts / max(1, counts.sum()) if values else np.zeros(3)
    numbers = _numbers(sample) if shares[1] > 0.5 else np.full(len(sample), np.nan)
    return Profile(
        values=values,
        counts=counts,
        distinct=distinct,
        blank_share=blank / rows if rows else 0.0,
        unique_share=distinct / rows if rows else 0.0,
        integer_share=float(shares[0]),
        number_share=float(shares[1]),
        moment_share=float(shares[2]),
        numbers=numbers,
        is_counter=_counts_rows(numbers, step, distinct == rows),
    )


def _distinct(sample: pa.ChunkedArray) -> tuple[tuple[str, ...], Floats]:
    """Return the commonest values and their counts, blank left out."""
    counted = pc.value_counts(sample)
    pairs = zip(
        counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True
    )
    common = sorted((p for p in pairs if p[0]), key=lambda pair: -pair[1])[:_DISTINCT_LOOKED_AT]
    return tuple(v for v, _ in common), np.array([c for _, c in common], dtype=float)


def _matches(pattern: re.Pattern[str], value: str) -> float:
    """Return 1 where the whole value fits the pattern."""
    return float(len(value) <= _LONGEST_NUMBER and pattern.fullmatch(value) is not None)


def _numbers(sample: pa.ChunkedArray) -> Floats:
    """Return the sample as numbers; a decimal comma counts as a point."""
    return np.array([_number(value) for value in sample.to_pylist()])


def bare_number(value: str) -> str:
    """Return a number without its currency and its groups of thousands; other texts as they are.

    >>> bare_number("$ 1.234.567,50"), bare_number("12,5"), bare_number("COP 45.900")
    ('1234567,50', '12,5', '45.900')
    """
    if len(value) > _LONGEST_NUMBER:
        return value
    plain = _CURRENCY.sub(r"\1", value)
    if _GROUPED.fullmatch(plain) is None:
        return plain
    last = max(plain.rfind("."), plain.rfind(","))
    is_decimal = plain.count(plain[last]) == 1
    whole = re.sub("[.,]", "", plain[:last] if is_decimal else plain)
    return whole + plain[last:] if is_decimal else whole


def _number(value: str) -> float:
    """Return a number, NaN where the text is none."""
    plain = bare_number(value)
    if len(plain) > _LONGEST_NUMBER or _NUMBER.fullmatch(plain) is None:
        return float("nan")
    return float(plain.replace(",", "."))


def _counts_rows(numbers: Floats, step: int, unique: bool) -> bool:
    """Say whether the numbers are the rows' own: each one more than the row before."""
    if not unique or len(numbers) < 3 or np.isnan(numbers).any() or numbers[0] not in (0, 1):
        return False
    return bool((np.diff(numbers) == step).all())

"""The total of a receipt: by its label, its place, its size, and by sums that agree.

Every row that holds an amount is given a part by its words: total, subtotal, tax, tip, discount,
rounding, cash or change. What fits the arithmetic of the others (cash - change, subtotal + tax +
tip - discount, total + rounding) is preferred over what only bears the name.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, combinations

from rapidfuzz.distance import Levenshtein

from ingestion.extractors.documents.amounts import Amount
from ingestion.extractors.documents.rows import Row, typical_height
from ingestion.extractors.documents.wording import PARTS, part

POINTS = {"strong": 4.0, "weak": 3.0, "faint": 1.0}
EXTRAS = ("tax", "tip", "discount", "rounding")
LEADING = {"subtotal", "tax", "rounding", "cash", "change"}
"""Parts that hardly stand beside an amount elsewhere than on a receipt."""
MOST_EXTRA = Decimal("0.5")
"""Of the subtotal: no tax, tip or discount of a receipt is more."""
SUMS = {"paid": 3.0, "made": 2.5, "rounded": 2.0}


@dataclass(frozen=True)
class Candidate:
    """An amount with the part that its row's words give it."""

    amount: Amount
    part: str


@dataclass(frozen=True)
class _Others:
    """What all candidates tell of one: its part, how often its value stands, the largest item."""

    parts: dict[Amount, str]
    counts: Counter[Decimal]
    largest: Decimal | None

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> "_Others":
        parts: dict[Amount, str] = {}
        for each in candidates:
            parts.setdefault(each.amount, each.part)
        lone = (c.amount.value for c in candidates if c.part in {"", "subtotal", "tax", "tip"})
        counts = Counter(c.amount.value for c in candidates)
        return cls(parts, counts, max(lone, default=None))


def total(rows: Sequence[Row], found: Sequence[Amount]) -> Amount | None:
    """Return the amount to pay; None where nothing looks like one."""
    candidates = list(_candidates(rows, found))
    wanted = [c for c in candidates if c.part in POINTS and c.amount.value > 0]
    sums = _sums(candidates)
    if not wanted:
        if (added := _added_up(candidates)) is not None:
            return added
        agreed = [c for c in candidates if c.amount.marked and c.amount.value in sums]
        wanted = agreed or _largest(candidates)
    beside, scale = _Others.of(candidates), typical_height(rows)
    best = max(
        (c.amount for c in wanted),
        key=lambda a: _points(a, rows, beside, sums, scale),
        default=None,
    )
    return best and _mended(best, candidates)


def is_labelled(rows: Sequence[Row], found: Sequence[Amount]) -> bool:
    """Tell whether words call an amount the one to pay, or two amounts what leads to it."""
    parts = {c.part for c in _candidates(rows, found) if c.amount.marked}
    return bool(parts & {"strong", "weak"}) or len(parts & LEADING) >= 2


def _added_up(candidates: Sequence[Candidate]) -> Amount | None:
    """Return subtotal, tax, tip, discount and rounding that follow one another, added up.

    It stands for a total whose own row could not be read.
    """
    parts = [c for c in candidates if c.amount.marked]
    for place, first in enumerate(parts):
        if first.part != "subtotal":
            continue
        run = list(_extras(first, parts[place + 1 :]))
        if run:
            signed = [-abs(c.amount.value) if c.part == "discount" else c.amount.value for c in run]
            return replace(run[-1].amount, value=first.amount.value + sum(signed), inferred=True)
    return None


def _extras(first: Candidate, after: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield what follows a subtotal while it is added to it."""
    for each in after:
        if each.part not in EXTRAS or abs(each.amount.value) > MOST_EXTRA * first.amount.value:
            return
        yield each


def _mended(best: Amount, candidates: Sequence[Candidate]) -> Amount:
    """Return the amount, one misread figure put right where cash less change says it.

    Only where no other amount is as large: two readings that agree are believed.
    """
    paid = _paid(candidates)
    again = sum(c.amount.value == best.value for c in candidates)
    if best.value in paid or again > 1:
        return best
    near = [v for v in paid if Levenshtein.distance(f"{v:f}", f"{best.value:f}") == 1]
    return replace(best, value=near[0], inferred=True) if len(near) == 1 else best


def _paid(candidates: Sequence[Candidate]) -> list[Decimal]:
    """Return what was handed over less what was given back, where both are written."""
    handed = [c.amount for c in candidates if c.part == "cash" and c.amount.marked]
    back = [c.amount for c in candidates if c.part == "change" and c.amount.marked]
    pairs = {h.value - b.value for h in handed for b in back if b.value >= 0}
    return sorted(value for value in pairs if value > 0)


def _candidates(rows: Sequence[Row], found: Sequence[Amount]) -> Iterator[Candidate]:
    """Yield each amount with the part of its row, or of the row of words alone above it."""
    by_row: dict[int, list[Amount]] = {}
    for amount in found:
        by_row.setdefault(amount.row, []).append(amount)
    for number, there in by_row.items():
        said = part(rows[number].text[: there[-1].start])
        words = re.sub(r"[\W\d_]|RM|COP|MYR", "", rows[number].text)
        if not words and number and number - 1 not in by_row:
            said = part(rows[number - 1].text)
        money = [a for a in there if a.marked] or there
        for amount in money:
            # Of several amounts in a labelled row the last one is what the label means.
            yield Candidate(amount, said if amount is money[-1] else "")


def _points(
    amount: Amount,
    rows: Sequence[Row],
    beside: _Others,
    sums: dict[Decimal, float],
    scale: float,
) -> float:
    points = POINTS.get(beside.parts[amount], 0.0) + sums.get(amount.value, 0.0)
    row = rows[amount.row]
    written = row.among(amount.start, amount.end)
    height = max(word.height for word in written) if written else row.height
    points += min(2.0, max(0.0, height / scale - 1.0) * 1.5)
    points += 0.5 * amount.marked - 2.0 * (not amount.marked)
    points += 0.3 * min(3, beside.counts[amount.value] - 1)
    # What costs more than the whole is no part of it: only money handed over may be larger.
    points -= 1.0 * (beside.largest is not None and beside.largest > amount.value)
    return points + 0.2 * amount.row / max(1, len(rows))


def _sums(candidates: Sequence[Candidate]) -> dict[Decimal, float]:
    """Return the values that the other amounts of the receipt add up to, and what that is worth."""
    of = {p: [c.amount.value for c in candidates if c.part == p] for p in (*PARTS, *POINTS)}
    found: dict[Decimal, float] = {}
    for value in _paid(candidates):
        found[value] = SUMS["paid"]
    extras = [*of["tax"], *of["tip"], *of["rounding"], *(-abs(d) for d in of["discount"])]
    for base in of["subtotal"]:
        for some in _subsets(extras[:6]):
            if some:
                _add(found, base + sum(some), SUMS["made"])
    totals = {*of["strong"], *of["weak"], *of["subtotal"]}
    for before in totals:
        for by in (r for r in of["rounding"] if r and abs(r) < 1):
            for value in (before + by, before - by):
                if value in totals:
                    _add(found, before + by if by > 0 else value, SUMS["rounded"])
    return found


def _add(found: dict[Decimal, float], value: Decimal, points: float) -> None:
    found[value] = max(found.get(value, 0.0), points)


def _subsets(values: Sequence[Decimal]) -> Iterable[tuple[Decimal, ...]]:
    return chain.from_iterable(combinations(values, n) for n in range(1, len(values) + 1))


def _largest(candidates: Sequence[Candidate]) -> list[Candidate]:
    bare = [c for c in candidates if c.part in {"", "subtotal"} and c.amount.marked]
    return sorted(bare, key=lambda c: c.amount.value)[-1:]

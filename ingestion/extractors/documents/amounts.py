"""Amounts of money as they are written, with the decimal mark of the document they stand in.

«9.000» is nine thousand pesos in Bogotá and nine ringgit in Johor: which, the other amounts of the
same document say. A mark before two figures at the end is decimal, marks before threes are of
thousands, and where both readings are left the document's clear amounts vote.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ingestion.extractors.documents.rows import Row

CURRENCIES = {
    "US$": "USD",
    "R$": "BRL",
    "S/.": "PEN",
    "S/": "PEN",
    "RM": "MYR",
    "MYR": "MYR",
    "COP": "COP",
    "USD": "USD",
    "MXN": "MXN",
    "CLP": "CLP",
    "ARS": "ARS",
    "PEN": "PEN",
    "BRL": "BRL",
    "DOP": "DOP",
    "GTQ": "GTQ",
    "CRC": "CRC",
    "UYU": "UYU",
    "BOB": "BOB",
    "EUR": "EUR",
    "GBP": "GBP",
    "€": "EUR",
    "£": "GBP",
    "Bs": "BOB",
}
"""What a sign means. ``$`` alone is the sign of a dozen currencies, and says none."""
SIGNS = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True))
AMOUNT = re.compile(
    rf"(?P<minus>-\s?|\()?(?:(?<![A-Za-z])(?P<sign>{SIGNS})|(?P<dollar>\$))?\s?:?\s?(?P<minus2>-)?"
    r"(?<![\w/])(?<!\d[.,])(?P<figures>\d{1,3}(?:[ ]\d{3})+(?:[.,]\s?\d\d)(?!\d)"
    r"|\d+(?:[.,]\s?\d{1,3})*)(?P<thin>\s\d\d(?![\w.,%:/-]))?(?![\w/:])(?!\s?%)(?![.,]\d)"
)
MOST_FIGURES = 12


@dataclass(frozen=True)
class Amount:
    """An amount and where it is written.

    Attributes
    ----------
    row, start, end
        Number of the row, and the characters of its text.
    marked
        Whether it looks like money: with decimals, thousands or a sign of currency.
    currency
        ISO 4217, empty where no sign says it.
    inferred
        Whether the value follows from other amounts and is not written in this place.
    """

    value: Decimal
    row: int
    start: int
    end: int
    marked: bool
    currency: str = ""
    inferred: bool = False


def amounts(rows: Sequence[Row]) -> list[Amount]:
    """Return every number of a document that may be an amount, in reading order."""
    found = [(number, m) for number, row in enumerate(rows) for m in AMOUNT.finditer(row.text)]
    mark = decimal_mark([m["figures"] for _, m in found])
    return list(_amounts(found, mark))


def decimal_mark(figures: Sequence[str]) -> str:
    """Return the decimal mark that the clear amounts of a document agree on, "" where none does.

    ``12,345.67`` and ``7.10`` are clear, ``1.234.567`` too; ``9.000`` alone is not.
    """
    votes: Counter[str] = Counter()
    for written in (f.replace(" ", "") for f in figures):
        if seen := re.search(r"([.,])\d\d?$", written):
            votes[seen[1]] += 1
        elif re.search(r"\.\d{3}\.\d{3}$", written):
            votes[","] += 1
        elif re.search(r",\d{3},\d{3}$", written):
            votes["."] += 1
    return votes.most_common(1)[0][0] if votes else ""


def value(written: str, mark: str = "") -> Decimal | None:
    """Return the number that figures mean; None where no reading fits."""
    plain = written.replace(" ", "")
    last = max(plain.rfind("."), plain.rfind(","))
    after = len(plain) - last - 1 if last >= 0 else 0
    only = plain.count(".") + plain.count(",") == 1
    decimal = last >= 0 and (after in {1, 2} or (after == 3 and only and plain[last] == mark))
    whole, part = (plain[:last], plain[last + 1 :]) if decimal else (plain, "")
    groups = re.split(r"[.,]", whole)
    if len(groups) > 1 and any(len(group) != 3 for group in groups[1:]):
        return None
    digits = "".join(groups)
    return Decimal(f"{digits}.{part}" if part else digits) if len(digits) <= MOST_FIGURES else None


def _amounts(found: Sequence[tuple[int, re.Match[str]]], mark: str) -> Iterator[Amount]:
    for number, seen in found:
        figures, end = seen["figures"], seen.end("figures")
        sign = CURRENCIES.get(seen["sign"] or "", "")
        # Where the printer's point is too faint to be read, its two figures stand apart.
        if seen["thin"] and mark and not re.search(r"[.,]", figures):
            figures, end = f"{figures}{mark}{seen['thin'].strip()}", seen.end("thin")
        number_value = value(figures, mark)
        if number_value is None:
            continue
        minus = bool(seen["minus"] or seen["minus2"])
        marked = bool(re.search(r"[.,]", figures) or sign or seen["dollar"])
        yield Amount(
            -number_value if minus else number_value,
            number,
            seen.start("figures"),
            end,
            marked,
            sign,
        )

"""Dates as receipts and invoices write them, and which of them is the document's own.

Day before month, as Latin America and Europe write; month first only where the figures allow no
other reading, or where the year comes first. Months are known in Spanish and English, and the few
Malay ones that differ.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ingestion.extractors.documents.rows import Row
from ingestion.extractors.plain import plain

ORDERED = (
    *("ene jan", "feb", "mar mac", "abr apr", "may mei", "jun"),
    *("jul", "ago aug ogo", "sep set", "oct okt", "nov", "dic dec dis"),
)
MONTHS = {name: number for number, names in enumerate(ORDERED, 1) for name in names.split()}
"""By the first three letters."""
NAME = r"(?P<name>[a-z]{3,10})\.?"
BETWEEN = r"\s?[-/.,']?\s?(?:de[l]?\s)?\s?"
FIRST_YEAR, LAST_YEAR = 1990, 2079
FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?<!\d)(?P<year>(?:19|20)\d\d)\s?[-/.]\s?(?P<month>\d\d?)\s?[-/.]\s?(?P<day>\d\d?)(?!\d)",
        r"(?<![\d.,])(?P<day>\d\d?)\s?(?P<mark>[-/.'])\s?(?P<month>\d\d?)\s?(?:(?P=mark)|[-/])\s?"
        r"(?P<year>(?:19|20)?\d\d)(?![\d%]|[.,]\d)",
        rf"(?<!\d)(?P<day>\d\d?)(?:st|nd|rd|th)?{BETWEEN}{NAME}{BETWEEN}(?P<year>(?:20)?\d\d)(?!\d)",
        rf"\b{NAME}\s?(?P<day>\d\d?)(?:st|nd|rd|th)?\s?,?\s?(?:de[l]?\s)?(?P<year>20\d\d)(?!\d)",
    )
)
OWN = re.compile(r"\b(fecha|date|tarikh|emision|expedicion|emitid[ao]|issued?|dated|dia)\b")
OTHER = re.compile(
    r"venc|\bdue\b|valid|expir|caduc|resolucion|autorizaci|vigencia|desde|hasta|\bfrom\b|return"
    r"|nacimiento|birth|proxim|corte|periodo|suspension|limite|antes de|before|delivery|entrega"
)
CLOCK = re.compile(r"\d\d?\s?[:°.]\s?\d\d|\b[ap]\.?m\b")


@dataclass(frozen=True)
class Written:
    """A date and the place where it is written, as characters of its row."""

    value: date
    row: int
    start: int
    end: int


def dates(rows: Sequence[Row]) -> Iterator[Written]:
    """Yield every date of a document, in reading order; each place is read once."""
    for number, row in enumerate(rows):
        text, taken = plain(row.text), [False] * len(row.text)
        for form in FORMS:
            for seen in form.finditer(text):
                value = _value(seen)
                if value is not None and not any(taken[seen.start() : seen.end()]):
                    taken[seen.start() : seen.end()] = [True] * (seen.end() - seen.start())
                    yield Written(value, number, seen.start(), seen.end())


def own_date(rows: Sequence[Row]) -> Written | None:
    """Return the date on which the document was issued, None where none is written.

    The label decides, then a clock beside it, then that it comes first; dates of other things
    (due, valid until, the tax authority's resolution) only where there is no other.
    """
    found = list(dates(rows))
    return max(found, key=lambda written: _points(written, rows), default=None)


def _points(written: Written, rows: Sequence[Row]) -> float:
    text = plain(rows[written.row].text)
    above = plain(rows[written.row - 1].text) if written.row else ""
    before, after = text[: written.start], text[written.end :]
    points = 3.0 * bool(OWN.search(before)) + 1.5 * bool(CLOCK.search(after[:14]))
    points += 1.0 * bool(not before.strip() and OWN.search(above))
    points -= 6.0 * bool(OTHER.search(before) or (not before.strip() and OTHER.search(above)))
    return points - written.row / max(1, len(rows))


def _value(seen: re.Match[str]) -> date | None:
    parts = seen.groupdict()
    name, year, day = parts.get("name"), int(parts["year"]), int(parts["day"])
    month = MONTHS.get(name[:3], 0) if name else int(parts["month"])
    year += 2000 if year < 100 else 0
    if not name and month > 12 >= day:
        day, month = month, day
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None

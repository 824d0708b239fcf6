"""The key fields of a receipt or invoice, each with its place in the document."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from ingestion.extractors.documents.again import looked_again
from ingestion.extractors.documents.amounts import amounts
from ingestion.extractors.documents.company import company
from ingestion.extractors.documents.dates import own_date
from ingestion.extractors.documents.identification import Identification, identifications
from ingestion.extractors.documents.pages import Page
from ingestion.extractors.documents.rows import Row, rows
from ingestion.extractors.documents.total import is_labelled, total
from ingestion.extractors.images.ocr import Word

Value = TypeVar("Value")


@dataclass(frozen=True)
class Place:
    """Where a field stands: page (from 0); left, top, right and bottom in the page's units."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Field(Generic[Value]):
    """A field as it was understood.

    Attributes
    ----------
    written
        As it stands in the document; empty where the value follows from others.
    confidence
        Of the reader in its words, 0 to 1; it does not say that the right words were chosen.
    """

    value: Value
    written: str
    place: Place
    confidence: float


@dataclass(frozen=True)
class Receipt:
    """Key fields of a receipt or invoice; None where the document does not show one.

    Attributes
    ----------
    currency
        ISO 4217 as a sign beside an amount says it; empty where none does (``$`` says none).
    identifications
        Tax numbers, the issuer's first.
    pages_read, pages
        A long document is read from its beginning alone.
    """

    company: Field[str] | None
    issued_on: Field[date] | None
    total: Field[Decimal] | None
    currency: str
    identifications: tuple[Identification, ...]
    pages_read: int = 1
    pages: int = 1


def receipt(read: Sequence[Page], count: int | None = None) -> Receipt:
    """Return the key fields of a document's pages.

    The rows that the fields were found in are looked at again, and the fields taken anew.
    """
    return _receipt(_rows(read), read, count)


def receipt_in(read: Sequence[Page], count: int | None = None) -> Receipt | None:
    """Return the key fields of a document's pages; None where no amount to pay is named so."""
    found = _rows(read)
    return _receipt(found, read, count) if is_labelled(found, amounts(found)) else None


def _rows(read: Sequence[Page]) -> list[Row]:
    return [row for number, page in enumerate(read) for row in rows(page.words, number)]


def _receipt(found: Sequence[Row], read: Sequence[Page], count: int | None) -> Receipt:
    found = looked_again(found, _telling(found), read)
    money = amounts(found)
    signs = [amount.currency for amount in money if amount.currency]
    return Receipt(
        _company(found),
        _issued_on(found),
        _total(found),
        max(set(signs), key=signs.count, default=""),
        tuple(identifications(found)),
        len(read),
        len(read) if count is None else count,
    )


def _telling(found: Sequence[Row]) -> list[int]:
    """Return the rows that hold a field."""
    named, dated, paid = company(found), own_date(found), total(found, amounts(found))
    telling = set(named[1]) if named else set()
    return sorted(telling | {seen.row for seen in (dated, paid) if seen})


def _company(found: Sequence[Row]) -> Field[str] | None:
    seen = company(found)
    if seen is None:
        return None
    name, taken = seen
    return _field(name, name, [w for i in taken for w in found[i].words], found[taken[0]].page)


def _issued_on(found: Sequence[Row]) -> Field[date] | None:
    seen = own_date(found)
    if seen is None:
        return None
    row = found[seen.row]
    written = row.text[seen.start : seen.end]
    return _field(seen.value, written, row.among(seen.start, seen.end), row.page)


def _total(found: Sequence[Row]) -> Field[Decimal] | None:
    seen = total(found, amounts(found))
    if seen is None:
        return None
    row = found[seen.row]
    written = "" if seen.inferred else row.text[seen.start : seen.end]
    return _field(seen.value, written, row.among(seen.start, seen.end), row.page)


def _field(value: Value, written: str, words: Sequence[Word], page: int) -> Field[Value]:
    place = Place(
        page,
        min(word.left for word in words),
        min(word.top for word in words),
        max(word.right for word in words),
        max(word.bottom for word in words),
    )
    return Field(value, written, place, min(word.confidence for word in words))

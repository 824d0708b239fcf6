"""A document as a row of ``silver.extract_document``: its words, and the fields of a receipt."""

from typing import Any

import pyarrow as pa

from ingestion.extractors import masked_words
from ingestion.extractors.documents.fields import Receipt, receipt_in
from ingestion.extractors.documents.identification import Identification
from ingestion.extractors.documents.pages import Pages
from ingestion.extractors.persons import NONE, Own
from ingestion.masking import mask
from ingestion.schema import TYPES

_NUMBER = pa.struct([("kind", pa.string()), ("ending", pa.string()), ("valid", pa.bool_())])
FIELDS = pa.schema([
    ("is_receipt", pa.bool_()),
    ("company", pa.string()),
    ("issued_on", pa.date32()),
    ("total", TYPES["money"]),
    ("currency", pa.string()),
    ("identifications", pa.list_(_NUMBER)),
])  # fmt: skip
"""Of a receipt or invoice: the company masked where it bears a person's name, of each tax number
the kind and its last figures. ``total`` is in ``currency``, which is empty where no sign says it.
"""
_SIZE = pa.struct([("width", pa.int64()), ("height", pa.int64())])
COLUMNS = pa.schema([
    ("pages", pa.int64()),
    ("pages_read", pa.int64()),
    ("page_sizes", pa.list_(_SIZE)),
    *masked_words.COLUMNS,
    *FIELDS,
])  # fmt: skip
ENDING = 3
"""Figures of an identification that are kept: enough to tell two apart, too few to find one."""


def row_of(read: Pages, own: Own = NONE) -> dict[str, Any]:
    """Return a document under the names of ``COLUMNS``."""
    sizes = [{"width": round(page.width), "height": round(page.height)} for page in read.read]
    about = {"pages": read.count, "pages_read": len(read.read), "page_sizes": sizes}
    return about | said_in(read, own)


def said_in(read: Pages, own: Own = NONE) -> dict[str, Any]:
    """Return the words of pages, and the fields where they are a receipt's."""
    found = receipt_in(read.read, read.count)
    fields = {} if found is None else _fields(found, own)
    told = masked_words.row_of([page.words for page in read.read], own)
    return told | {"is_receipt": bool(fields)} | fields


def _fields(found: Receipt, own: Own) -> dict[str, Any]:
    return {
        "company": found.company and mask(found.company.value, own),
        "issued_on": found.issued_on and found.issued_on.value,
        "total": found.total and found.total.value,
        "currency": found.currency,
        "identifications": [_number(one) for one in found.identifications],
    }


def _number(one: Identification) -> dict[str, Any]:
    return {"kind": one.kind, "ending": one.number[-ENDING:], "valid": one.valid}

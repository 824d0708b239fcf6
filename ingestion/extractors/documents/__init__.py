"""Receipts and invoices: company, date, total and tax numbers, from a PDF or a photo.

``extract``: ``pages`` (text layer or OCR) → ``rows`` → ``company``, ``dates``, ``amounts`` with
``total``, ``identification`` → ``fields``, as one ``Receipt``. Spanish first, then English.
"""

from ingestion.extractors.documents.fields import Field, Place, Receipt, receipt
from ingestion.extractors.documents.pages import pages

NAME = "document"
VERSION = 3
"""Raised whenever the output for the same content may change."""
MEDIA_TYPES = ("application/pdf", "image/")
"""Beginnings of the media types it reads."""

__all__ = ["MEDIA_TYPES", "NAME", "VERSION", "Field", "Place", "Receipt", "extract"]


def extract(content: bytes) -> Receipt:
    """Return the key fields of a receipt or invoice.

    Raises
    ------
    MissingPart
        Tesseract is not installed and the document has no text of its own.
    UserError
        It is no readable PDF or picture, locked, or too large; the sentence says which.
    """
    read = pages(content)
    return receipt(read.read, read.count)

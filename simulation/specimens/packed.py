"""Workbooks and packed files, as spreadsheets and mail programs make them."""

import gzip
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from simulation.specimens.encode import Header
from simulation.specimens.rows import Written

INNER = "datos.csv"
MOMENT = "yyyy-mm-dd hh:mm"
WRITTEN = (2026, 11, 1, 8, 0, 0)
"""When such a file says that it was written: the same seed gives the same bytes."""


def zip_of(data: bytes) -> bytes:
    """Return a zip with a CSV file, and a folder of the kind that macOS leaves beside it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo(INNER, WRITTEN), data)
        packed.writestr(zipfile.ZipInfo(f"__MACOSX/._{INNER}", WRITTEN), b"\0\1\2")
    return stream.getvalue()


def gzip_of(data: bytes) -> bytes:
    """Return a gzip of a CSV file."""
    return gzip.compress(data, mtime=0)


def workbook(headers: Sequence[Header], rows: Sequence[Written]) -> bytes:
    """Return a workbook of one sheet: sound rows with typed cells, damaged ones as text."""
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": datetime(*WRITTEN)})
    sheet, moment = book.add_worksheet("Datos"), book.add_format({"num_format": MOMENT})
    for at, (name, _) in enumerate(headers):
        sheet.write_string(0, at, name)
    for number, row in enumerate(rows, start=1):
        for at, (name, column) in enumerate(headers):
            value = None if row.reasons or column is None else row.meaning.get(column)
            if isinstance(value, bool):
                sheet.write_boolean(number, at, value)
            elif isinstance(value, int | Decimal):
                sheet.write_number(number, at, float(value))
            elif isinstance(value, datetime):
                sheet.write_datetime(number, at, value.replace(tzinfo=None), moment)
            else:
                sheet.write_string(number, at, name if column is None else row.cells[column])
    book.close()
    return stream.getvalue()

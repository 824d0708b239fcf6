"""Workbooks and archives as people send them, written for the tests."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter

Cell = object
FORMATS = {date: "dd/mm/yyyy", datetime: "dd/mm/yyyy hh:mm:ss", time: "hh:mm"}


class Formatted(tuple[Cell, str]):
    """A value with a number format of its own: ``Formatted((42, "00000"))``."""


class Broken(str):
    """A cell whose formula failed: ``Broken("#N/A")``."""


def workbook(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Cell]]],
    *,
    hidden: Sequence[str] = (),
    merged: Mapping[str, Sequence[str]] | None = None,
) -> Path:
    """Write a workbook; ``merged`` names ranges of sheets by what stands in their first cell."""
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                _write(book, sheet, row, column, cell)
        for place in (merged or {}).get(name, ()):
            sheet.merge_range(place, None)
    book.close()
    return path


def _write(book: xlsxwriter.Workbook, sheet: object, row: int, column: int, cell: Cell) -> None:
    if cell is None:
        return
    if isinstance(cell, Formatted):
        sheet.write(row, column, cell[0], book.add_format({"num_format": cell[1]}))
    elif isinstance(cell, Broken):
        sheet.write_formula(row, column, "=NA()", None, str(cell))
    elif type(cell) in FORMATS:
        style = book.add_format({"num_format": FORMATS[type(cell)]})
        sheet.write_datetime(row, column, cell, style)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    else:
        sheet.write(row, column, cell)


def zipped(path: Path, members: Mapping[str, str | bytes | Path]) -> Path:
    """Write a zip of texts, bytes and files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content.read_bytes() if isinstance(content, Path) else content)
    return path


def bytes_of_zip(members: Mapping[str, bytes]) -> bytes:
    """Return a zip as bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def compound_file(streams: Sequence[str]) -> bytes:
    """Return an OLE compound file of empty streams: what an encrypted workbook is outside.

    One FAT sector and one directory sector of four entries (MS-CFB 2.2, 2.3, 2.6).
    """
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    sectors = struct.pack("<128I", fat, end, *[free] * 126)
    names = ["Root Entry", *streams]
    entries = [_entry(n, at, len(streams)) for at, n in enumerate(names)]
    return header + sectors + b"".join(entries).ljust(512, b"\0")


def _entry(name: str, at: int, streams: int) -> bytes:
    none = 0xFFFFFFFF
    text = (name + "\0").encode("utf-16-le")
    kind, child = (5, 1) if at == 0 else (2, none)
    right = at + 1 if 0 < at < streams else none
    links = struct.pack("<BB3I", kind, 1, none, right, child)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<H", len(text))
        + links
        + bytes(36)
        + struct.pack("<IQ", 0xFFFFFFFE, 0)
    )


def open_document(path: Path, sheets: Mapping[str, Sequence[Sequence[tuple[str, str]]]]) -> Path:
    """Write an ODS workbook; a cell is its type (``float``, ``date``, ``string``) and value."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{n}="{office}:{n}:1.0"' for n in ("office", "table", "text"))
    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    members = {"mimetype": kind, "META-INF/manifest.xml": "<manifest/>", "content.xml": content}
    return zipped(path, members)


def _cell(cell: tuple[str, str]) -> str:
    kind, value = cell
    names = {"float": "value", "date": "date-value"}
    given = f' office:{names[kind]}="{value}"' if kind in names else ""
    opened = f'<table:table-cell office:value-type="{kind}"{given}>'
    return f"{opened}<text:p>{value}</text:p></table:table-cell>"

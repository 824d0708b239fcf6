"""A workbook's sheets as CSV parts, after a look at how much there is to read."""

from collections.abc import Iterator
from pathlib import Path

from foundation.errors import InvalidUpload, TooLarge
from ingestion.excel.convert import convert_workbook
from ingestion.excel.outcome import Sheet
from ingestion.parts.part import INSIDE, Container, LeftOut, Part
from ingestion.parts.zip_file import open_zip
from ingestion.reading.raw import Note

MOST_BYTES = 768 * 1024 * 1024
"""Unpacked XML of one workbook: several sheets with a million rows."""

_ZIP = b"PK"


def sheets(container: Container, part: Part, folder: Path) -> Iterator[Part | LeftOut]:
    """Return each sheet of a workbook as a part, or why it is left out.

    Parameters
    ----------
    container
        The outermost file, to which the parts point: the workbook, or the zip around it.
    part
        The workbook.

    Raises
    ------
    InvalidUpload
        It is protected, damaged, or none of its sheets holds a table.
    TooLarge
        More than one workbook may take.
    """
    _require_size(part)
    found = convert_workbook(part.path, part.file_name, folder)
    if not any(sheet.file for sheet in found):
        raise InvalidUpload("parts.no_table_inside", file=part.file_name)
    for sheet in found:
        shown = f"{part.file_name}{INSIDE}{sheet.name.replace('.', ' ')}"
        if sheet.file is None:
            error = InvalidUpload(f"parts.sheet_{sheet.why}", file=shown, sheet=sheet.name)
            yield LeftOut(shown, error, container)
        else:
            yield Part(folder / sheet.file, shown, container, _notes(sheet))


def _require_size(part: Part) -> None:
    """Refuse a workbook whose XML would grow beyond what one may take."""
    with part.path.open("rb") as stream:
        zipped = stream.read(len(_ZIP)) == _ZIP
    if not zipped:
        return
    with open_zip(part.path, part.file_name) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > MOST_BYTES:
        raise TooLarge("parts.workbook_too_large", file=part.file_name)


def _notes(sheet: Sheet) -> tuple[Note, ...]:
    if sheet.header_row == 1:
        return ()
    return (Note("parts.header_row", {"sheet": sheet.name, "row": sheet.header_row}),)

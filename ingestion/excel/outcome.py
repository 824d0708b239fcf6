"""What converting a workbook tells: a sheet each, or the code with which it ends."""

from dataclasses import dataclass

PROTECTED, DAMAGED, TOO_LARGE = 3, 4, 5
"""Exit codes of ``python -m ingestion.excel``."""

WHYS = ("hidden", "no_sheet", "empty", "no_table")
"""Why a sheet is left out; ``no_sheet`` is a chart or a macro."""


@dataclass(frozen=True)
class Sheet:
    """What became of one sheet.

    Attributes
    ----------
    file
        Name of its CSV file; ``None`` where it is left out.
    header_row
        Row of the sheet in which its header stands, from 1.
    why
        Why it is left out: one of ``WHYS``.
    """

    name: str
    file: str | None = None
    header_row: int = 0
    why: str | None = None

"""Convert a workbook in a process of its own, with bounded memory and time."""

import json
import subprocess
import sys
from pathlib import Path

from foundation.errors import InvalidUpload, TooLarge
from ingestion.excel.outcome import DAMAGED, PROTECTED, TOO_LARGE, Sheet

LONGEST_SECONDS = 600.0


def convert_workbook(path: Path, file_name: str, folder: Path) -> list[Sheet]:
    """Write each sheet that holds a table as CSV into ``folder``; return all sheets.

    Raises
    ------
    InvalidUpload
        The workbook is protected by a password, or damaged.
    TooLarge
        It needs more memory or time than one workbook may take.
    """
    command = [sys.executable, "-m", "ingestion.excel", str(path.resolve()), str(folder)]
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=LONGEST_SECONDS, cwd=folder
        )
    except subprocess.TimeoutExpired as error:
        raise TooLarge("parts.workbook_too_large", file=file_name) from error
    if done.returncode == PROTECTED:
        raise InvalidUpload("parts.workbook_protected", file=file_name)
    if done.returncode == DAMAGED:
        raise InvalidUpload("parts.workbook_damaged", file=file_name)
    if done.returncode == TOO_LARGE or done.returncode < 0:
        raise TooLarge("parts.workbook_too_large", file=file_name)
    if done.returncode != 0:
        raise RuntimeError(f"converting a workbook ended with code {done.returncode}")
    return [Sheet(**sheet) for sheet in json.loads(done.stdout)]

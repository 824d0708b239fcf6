"""Convert one workbook: ``python -m ingestion.excel WORKBOOK FOLDER``.

Runs in a process of its own. The library is native code, and a sheet of one cell in the last corner
makes it ask for hundreds of gigabytes: here that ends this process alone.
"""

import json
import resource
import sys
import zipfile
from dataclasses import asdict
from pathlib import Path
from xml.parsers.expat import ExpatError

from python_calamine import CalamineError, PasswordError

from ingestion.excel.book import convert
from ingestion.excel.outcome import DAMAGED, PROTECTED, TOO_LARGE

MEMORY_BYTES = 3 * 1024**3
NATIVE_PANIC = "PanicException"
"""What the library's native code raises where a damaged file breaks one of its assumptions."""


def main() -> int:
    """Write the sheets' files and tell what became of each, as JSON on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    workbook, folder = map(Path, sys.argv[1:3])
    try:
        sheets = convert(workbook, folder)
    except PasswordError:
        return PROTECTED
    except MemoryError:
        return TOO_LARGE
    except (CalamineError, zipfile.BadZipFile, ExpatError, EOFError, OSError):
        return DAMAGED
    except BaseException as error:
        if type(error).__name__ == NATIVE_PANIC:
            return DAMAGED
        raise
    sys.stdout.write(json.dumps([asdict(sheet) for sheet in sheets]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Files opened into parts: folders and zips hold files and workbooks, zips no other zips."""

import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from foundation.errors import InvalidUpload, UserError
from ingestion.landing import require_size
from ingestion.parts.archive import unpack
from ingestion.parts.budget import Budget
from ingestion.parts.gz import expand
from ingestion.parts.kinds import kind_of
from ingestion.parts.names import is_besides
from ingestion.parts.part import INSIDE, Container, LeftOut, Part
from ingestion.parts.workbook import sheets

Opened = Part | LeftOut


def files_of(path: Path, file_name: str) -> Iterator[tuple[Path, str]]:
    """Return the files of a folder and of its folders with their names for people.

    A file is itself. Links are not followed, and what programs keep for themselves is no data.
    """
    if not path.is_dir():
        yield path, file_name
        return
    for file in sorted(path.rglob("*")):
        inside = PurePosixPath(file.relative_to(path).as_posix())
        if file.is_file() and not file.is_symlink() and not is_besides(inside):
            yield file, INSIDE.join((file_name, *inside.parts))


def open_file(
    path: Path, file_name: str, folder: Path, budget: Budget, limit_bytes: int
) -> Iterator[Opened]:
    """Open one file into its parts; what cannot be opened is told and left out.

    Parameters
    ----------
    folder
        Where parts are written; it belongs to nobody else.
    limit_bytes
        A larger file is not opened.
    """
    container = Container(path, file_name)
    try:
        require_size(path, file_name, limit_bytes)
        kind = kind_of(path, file_name)
        if kind == "plain":
            yield Part(path, file_name)
        elif kind == "zip":
            for opened in unpack(container, _new(folder), budget):
                yield from _inside(opened, container, folder, budget)
        else:
            yield from _inside(Part(path, file_name, container), container, folder, budget)
    except FileNotFoundError:
        yield LeftOut(file_name, InvalidUpload("parts.gone", file=file_name))
    except UserError as error:
        yield LeftOut(file_name, error, container)


def _inside(opened: Opened, container: Container, folder: Path, budget: Budget) -> Iterator[Opened]:
    """Open a part that is a workbook or compressed; a zip in a container stays shut."""
    if isinstance(opened, LeftOut):
        yield opened
        return
    try:
        yield from _opened(opened, container, folder, budget)
    except UserError as error:
        yield LeftOut(opened.file_name, error, container)


def _opened(part: Part, container: Container, folder: Path, budget: Budget) -> Iterator[Opened]:
    kind = kind_of(part.path, part.file_name)
    if kind == "zip":
        raise InvalidUpload("parts.zip_in_zip", file=part.file_name)
    if kind == "workbook":
        yield from sheets(container, part, _new(folder))
    elif kind == "gzip":
        plain = expand(container, part, _new(folder), budget)
        if kind_of(plain.path, plain.file_name) != "plain":
            raise InvalidUpload("parts.zip_in_zip", file=plain.file_name)
        yield plain
    else:
        yield part


def _new(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder))

"""A zip's members on disk, under names of ours: a name in an archive is never a path here."""

import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from foundation.errors import InvalidUpload, UserError
from ingestion.parts.budget import Budget
from ingestion.parts.names import is_besides, is_unfinished, leads_outside, name_of
from ingestion.parts.part import INSIDE, Container, LeftOut, Part
from ingestion.parts.zip_file import damage_told, open_zip
from ingestion.scratch import ending_of

_ENCRYPTED = 0x1


def unpack(container: Container, folder: Path, budget: Budget) -> Iterator[Part | LeftOut]:
    """Write a zip's members into ``folder`` and return each, or why it is left out.

    Raises
    ------
    InvalidUpload
        It is damaged as a whole, or holds nothing.
    TooLarge
        It lists more members than anybody sends.
    """
    with open_zip(container.path, container.file_name) as archive:
        members = _data_in(archive)
        if not members:
            raise InvalidUpload("parts.nothing_inside", file=container.file_name)
        again = {one for one, times in Counter(map(name_of, members)).items() if times > 1}
        for number, member in enumerate(members):
            shown = shown_inside(container.file_name, name_of(member))
            target = folder / f"{number}{ending_of(shown)}"
            try:
                _require_harmless(member, shown, again)
                _extract(archive, member, target, shown, budget)
            except UserError as error:
                target.unlink(missing_ok=True)
                yield LeftOut(shown, error, container)
            else:
                yield Part(target, shown, container)


def shown_inside(container: str, name: str) -> str:
    """Return a member's name for people; its folders read like containers, never like paths."""
    inside = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part != "/"]
    return INSIDE.join([container, *inside])


def _data_in(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the members that may be somebody's data."""
    files = (member for member in archive.infolist() if not member.is_dir())
    return [member for member in files if not _is_besides(name_of(member))]


def _is_besides(name: str) -> bool:
    return not leads_outside(name) and is_besides(PurePosixPath(name.replace("\\", "/")))


def _require_harmless(member: zipfile.ZipInfo, shown: str, again: set[str]) -> None:
    """Raise ``InvalidUpload`` for what no honest program puts into a zip, and for passwords."""
    name = name_of(member)
    if is_unfinished(name):
        raise InvalidUpload("parts.unfinished", file=shown)
    if leads_outside(name):
        raise InvalidUpload("parts.leads_outside", file=shown)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise InvalidUpload("parts.link", file=shown)
    if name in again:
        raise InvalidUpload("parts.name_twice", file=shown)
    if member.flag_bits & _ENCRYPTED:
        raise InvalidUpload("parts.protected", file=shown)


def _extract(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, shown: str, budget: Budget
) -> None:
    with damage_told(shown), archive.open(member) as source, target.open("xb") as file:
        budget.copy(source, file, shown, member.compress_size)

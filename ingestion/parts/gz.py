"""A compressed file: one part, under its name without ``.gz``."""

import gzip
from pathlib import Path

from ingestion.parts.budget import Budget
from ingestion.parts.part import INSIDE, Container, Part
from ingestion.parts.zip_file import damage_told
from ingestion.scratch import ending_of


def expand(container: Container, part: Part, folder: Path, budget: Budget) -> Part:
    """Write a gzip file's content into ``folder``.

    Raises
    ------
    InvalidUpload
        It is cut or damaged.
    TooLarge
        It grows beyond what is left.
    """
    inner = part.own_name.removesuffix(".gz").removesuffix(".GZ")
    target = folder / f"expanded{ending_of(inner)}"
    with (
        damage_told(part.file_name),
        gzip.open(part.path) as source,
        target.open("xb") as file,
    ):
        budget.copy(source, file, part.file_name, part.path.stat().st_size)
    return Part(target, f"{part.file_name}{INSIDE}{inner}", container)

"""A part of what was sent, and what was left out of it."""

from dataclasses import dataclass
from pathlib import Path

from foundation.errors import UserError
from foundation.texts import Language
from ingestion.reading.raw import Note

INSIDE = " › "
"""Between a container's name and its part's: ``enero.zip › clientes.csv``."""


@dataclass(frozen=True)
class Container:
    """A file that holds files: a zip, a workbook, a compressed file."""

    path: Path
    file_name: str


@dataclass(frozen=True)
class Part:
    """One file to receive, on disk and readable as it is.

    Attributes
    ----------
    file_name
        Its name for people, with the container's before it.
    container
        The outermost file in which it came; ``None`` where it came by itself.
    notes
        What opening it did and a person should know.
    """

    path: Path
    file_name: str
    container: Container | None = None
    notes: tuple[Note, ...] = ()

    @property
    def own_name(self) -> str:
        """Its name without the container's."""
        return self.file_name.rsplit(INSIDE, 1)[-1]


@dataclass(frozen=True)
class LeftOut:
    """Something that is not taken, and why.

    Attributes
    ----------
    part
        Where it could be read but fills no known table: somebody may still name one.
    """

    file_name: str
    error: UserError
    container: Container | None = None
    part: Part | None = None

    def say(self, language: Language = "es") -> str:
        """Return the sentence for a person."""
        return self.error.say(language)


@dataclass(frozen=True)
class Placed:
    """A part with the table that it fills."""

    part: Part
    table: str

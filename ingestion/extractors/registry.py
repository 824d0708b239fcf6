"""The extractors that are on: what each reads, and the columns of what it finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingestion.extractors import audio, documents, images, texts
from ingestion.extractors.audio import columns as sounds
from ingestion.extractors.documents import columns as papers
from ingestion.extractors.documents.pages import pages
from ingestion.extractors.images import columns as photos
from ingestion.extractors.persons import Own
from ingestion.extractors.texts import columns as notes

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc


@dataclass(frozen=True)
class Extractor:
    """A pure function of a file's content, with what the lake has to know of it.

    Attributes
    ----------
    name
        Its table is ``silver.extract_<name>``.
    version
        Raised whenever what it finds in the same content may change: files are read again then.
    media_types
        Beginnings of the media types that it reads.
    columns
        Of what it finds; personal data is masked before it gets there.
    read
        Content and the company's own names, which masking spares → values of these columns;
        raises ``UserError`` of content that it cannot read.
    again
        Rows of this version that are read again nevertheless: more can be found now.
    beside
        What else a file's row is made of: a print by the object's name, kept in the row. A row of
        another print is read again.
    """

    name: str
    version: int
    media_types: tuple[str, ...]
    columns: "pa.Schema"
    read: Callable[[bytes, Own], Mapping[str, object]]
    again: "pc.Expression | None" = None
    beside: Mapping[str, str] | None = None

    def reads(self, media_type: str) -> bool:
        """Say whether it reads files of a media type."""
        return media_type.startswith(self.media_types)

    @property
    def masks(self) -> bool:
        """Whether what it finds depends on the masker: another one reads the files again."""
        return "masker_version" in self.columns.names


EXTRACTORS = (
    Extractor(
        audio.NAME,
        audio.VERSION,
        audio.MEDIA_TYPES,
        sounds.COLUMNS,
        lambda content, _own: sounds.row_of(audio.extract(content)),
    ),
    Extractor(images.NAME, images.VERSION, images.MEDIA_TYPES, photos.COLUMNS, photos.row_of),
    Extractor(
        documents.NAME,
        documents.VERSION,
        ("application/pdf",),
        papers.COLUMNS,
        lambda content, own: papers.row_of(pages(content), own),
    ),
    Extractor(texts.NAME, texts.VERSION, texts.MEDIA_TYPES, notes.COLUMNS, notes.row_of),
)

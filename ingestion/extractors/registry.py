"""The extractors that are on: what each reads, and the columns of what it finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingestion.extractors import audio
from ingestion.extractors.audio.columns import COLUMNS as SOUND
from ingestion.extractors.audio.columns import row_of

if TYPE_CHECKING:
    import pyarrow as pa


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
        Content → values of these columns; raises ``UserError`` of content that it cannot read.
    """

    name: str
    version: int
    media_types: tuple[str, ...]
    columns: "pa.Schema"
    read: Callable[[bytes], Mapping[str, object]]

    def reads(self, media_type: str) -> bool:
        """Say whether it reads files of a media type."""
        return media_type.startswith(self.media_types)


EXTRACTORS = (
    Extractor(
        audio.NAME,
        audio.VERSION,
        audio.MEDIA_TYPES,
        SOUND,
        lambda content: row_of(audio.extract(content)),
    ),
)

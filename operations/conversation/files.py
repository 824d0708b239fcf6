"""The files of a case with what extractors found in them, as far as they have looked.

What nobody has read yet, or a table that nobody has written yet, is no error: it is None.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingestion.extractors.found import extract_ref, newest
from operations.photos import FAMILY
from operations.photos.before import Before, seen_before
from tenancy.incident_files import SealedFile, files_of

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

Row = Mapping[str, Any]
AUDIO, IMAGE = "audio", "image"
WRITINGS = ("document", "text")


@dataclass(frozen=True)
class CaseFile:
    """A file that came with a case.

    Attributes
    ----------
    sha256
        Of the object that holds it.
    sound, transcript, picture
        Newest row of ``silver.extract_audio``, ``extract_transcript`` and ``extract_image``; its
        ``problem`` is the key of a sentence where the content could not be read.
    writing
        The same of ``silver.extract_document`` or ``extract_text``, for what is of neither family.
    before
        Earlier cases with which a photo came.
    """

    incident_id: str
    position: int
    media_type: str
    size_bytes: int
    sha256: str
    sound: Row | None = None
    transcript: Row | None = None
    picture: Row | None = None
    writing: Row | None = None
    before: tuple[Before, ...] = ()

    @property
    def family(self) -> str:
        """What it is: ``audio``, ``image``, ``text``, ``application``, ``message``."""
        return self.media_type.split("/")[0]


def case_files(lake: "Lake", tenant: "Tenant", incident_id: str) -> tuple[CaseFile, ...]:
    """Return the files that came with a case, in order; none where it came without."""
    files = files_of(lake.store, tenant, incident_id)
    if not files:
        return ()
    objects = {one.position: lake.objects.name(tenant, one.stored_as) for one in files}
    wanted = sorted(set(objects.values()))
    names = (AUDIO, "transcript", IMAGE, *WRITINGS)
    found = {name: newest(lake, extract_ref(lake, tenant, name), wanted) for name in names}
    photos = {one.stored_as for one in files if one.media_type.startswith(FAMILY)}
    before = seen_before(lake, tenant, incident_id, photos)
    told = []
    for one in files:
        rows = {name: rows_of.get(objects[one.position]) for name, rows_of in found.items()}
        told.append(_case_file(one, rows, before.get(one.stored_as, ())))
    return tuple(told)


def _case_file(
    file: SealedFile, rows: Mapping[str, Row | None], before: tuple[Before, ...]
) -> CaseFile:
    return CaseFile(
        incident_id=file.incident_id,
        position=file.position,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        sha256=file.stored_as,
        sound=rows[AUDIO],
        transcript=rows["transcript"],
        picture=rows[IMAGE],
        writing=next((row for name in WRITINGS if (row := rows[name])), None),
        before=before,
    )

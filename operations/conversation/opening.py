"""Recordings and photos of a case in the clear, for who may see personal data; each look is noted.

What says who somebody is is taken out all the same, where it was found: those seconds are silent,
those words are covered.
"""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from foundation.errors import Conflict, NotFound
from ingestion.extractors.transcripts.redaction import HIDDEN, Span, silenced, wav_of
from ingestion.media.picture import opened
from ingestion.media.playing import opus_of, playable
from ingestion.media.sound import decoded
from lakehouse.vault import READERS
from operations.conversation.files import CaseFile, Row
from tenancy.audit import record
from tenancy.incident_files import FILES

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

READ = "incident_file.read"
"""Of the audit log; its subject is the object's keyed name."""
MARGIN_PART = 8
"""Of a word's height so much around it is covered too: readers of text cut letters."""

TOO_LONG = "sound.too_long"
WIDEST = 1_400
JPEG_QUALITY = 82


@dataclass(frozen=True)
class Shown:
    """A file as a browser shows or plays it."""

    media_type: str
    content: bytes


def may_open(actor: "Actor") -> bool:
    """Say whether somebody may hear recordings and see photos: who may read names may."""
    return actor.may(*READERS)


def unheard(lake: "Lake", tenant: "Tenant", file: CaseFile) -> str | None:
    """Return why nobody can hear a recording, as the key of a sentence; None where it plays.

    What is only too long to be analysed plays all the same.
    """
    if file.transcript is not None and file.transcript.get("untimed"):
        return "transcripts.not_redacted"
    problem = None if file.sound is None else file.sound["problem"]
    if problem is not None and (problem != TOO_LONG or _spans(file.transcript)):
        return "conversation.not_played"
    there = lake.objects.exists(tenant, FILES, file.sha256)
    return None if there else "conversation.file_away"


def open_sound(lake: "Lake", tenant: "Tenant", actor: "Actor", file: CaseFile) -> Shown:
    """Return a recording, silent where its transcript says personal data.

    Without a transcript nobody knows where that is: it is heard as it is.

    Raises
    ------
    NotAllowed
        The actor may not see personal data.
    NotFound
        The actor is of another tenant, or the recording is not kept (yet, or any more).
    Conflict
        Its transcript names somebody, and does not say when.
    InvalidUpload, TooLarge
        It is damaged, or too long to take anything out of it.
    MissingPart
        ffmpeg is needed, and not installed.
    """
    if file.transcript is not None and file.transcript["untimed"]:
        raise Conflict("transcripts.not_redacted")
    content = _content(lake, tenant, actor, file)
    spans = _spans(file.transcript)
    if not spans:
        return Shown(*playable(content))
    return Shown(*opus_of(wav_of(silenced(decoded(content), spans))))


def open_picture(lake: "Lake", tenant: "Tenant", actor: "Actor", file: CaseFile) -> Shown:
    """Return a photo, upright, no wider than a screen and without what a camera wrote into it.

    Words that were hidden in its text are covered.

    Raises
    ------
    NotAllowed, NotFound, InvalidUpload, TooLarge
        As ``open_sound``.
    """
    picture = opened(_content(lake, tenant, actor, file))
    _cover(picture, file.picture)
    picture.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=JPEG_QUALITY)
    return Shown("image/jpeg", written.getvalue())


def _content(lake: "Lake", tenant: "Tenant", actor: "Actor", file: CaseFile) -> bytes:
    """Return a file's content; there is no look without its entry in the audit log."""
    if not actor.enters_any_tenant and actor.tenant_id != tenant.id:
        raise NotFound("conversation.none")
    actor.require(*READERS)
    if not lake.objects.exists(tenant, FILES, file.sha256):
        raise NotFound("conversation.file_away")
    subject = lake.objects.name(tenant, file.sha256)
    details = {"media_type": file.media_type}
    record(lake.store, actor, READ, tenant.id, subject, details=details)
    return lake.objects.get(tenant, FILES, file.sha256)


def _spans(transcript: Row | None) -> list[Span]:
    told = () if transcript is None else transcript.get("spans") or ()
    return [Span(one["start_seconds"], one["end_seconds"], one.get("channel")) for one in told]


def _cover(picture: Image.Image, found: Row | None) -> None:
    words = () if found is None else found.get("words") or ()
    pen = ImageDraw.Draw(picture)
    for word in words:
        if word["text"] == HIDDEN:
            left, top, margin = word["left"], word["top"], max(2, word["height"] // MARGIN_PART)
            right, bottom = left + word["width"] + margin, top + word["height"] + margin
            pen.rectangle((left - margin, top - margin, right, bottom), "black")

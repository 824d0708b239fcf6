"""The extractor of transcripts: supplied beside the recording, or made by the settings' choice."""

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from foundation.errors import MissingPart, OperatorError
from foundation.texts import Language
from ingestion.extractors.persons import Own
from ingestion.extractors.registry import Extractor
from ingestion.extractors.transcripts import columns
from ingestion.extractors.transcripts.chosen import transcriber_of
from ingestion.extractors.transcripts.reading import read_transcript
from ingestion.extractors.transcripts.transcript import NO_TRANSCRIPT, Transcript
from ingestion.media.kinds import kind_of
from ingestion.media.lengths import seconds
from ingestion.media.limits import DAMAGE
from ingestion.media.sound import decoded
from operations.transcripts.beside import prints_beside, transcript_beside
from tenancy.incident_files import FILES
from tenancy.screen_texts import phrases_in, screen_texts

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


def transcript_extractor(lake: "Lake", tenant: "Tenant") -> Extractor:
    """Return what finds the transcripts of a tenant's recordings; to have none is a state.

    Where somebody makes transcripts, recordings that had none are read again; and so is one beside
    which another text came since.
    """
    transcriber = transcriber_of(lake.settings, tenant.language)
    texts = screen_texts(lake.store, tenant)

    def read(content: bytes, own: Own) -> Mapping[str, object]:
        found, source = _supplied(lake, tenant, hashlib.sha256(content).hexdigest())
        if found.state == "none" and transcriber is not None:
            found, source = transcriber.transcribe(decoded(content)), None
        spoken = found.language or tenant.language
        language: Language = "en" if spoken.startswith("en") else "es"
        return columns.row_of(
            found,
            source,
            greeting=texts["greeting", language],
            closing=texts["closing", language],
            phrases=phrases_in(texts["phrases", language]),
            seconds=_seconds(content),
            own=own,
        )

    return Extractor(
        columns.NAME,
        columns.VERSION,
        columns.MEDIA_TYPES,
        columns.COLUMNS,
        read,
        again=None if transcriber is None else pc.field("state") == "none",
        beside=prints_beside(lake, tenant),
    )


def waits_for(error: OperatorError) -> bool:
    """Say whether files wait for what is away: a program, a model, or who makes transcripts."""
    return isinstance(error, MissingPart) or error.key.startswith("transcripts.")


def _supplied(lake: "Lake", tenant: "Tenant", sha256: str) -> tuple[Transcript, str | None]:
    """Return the transcript that came beside a recording, and the name of its object."""
    beside = transcript_beside(lake, tenant, sha256)
    if beside is None or not lake.objects.exists(tenant, FILES, beside.stored_as):
        return NO_TRANSCRIPT, None  # none, or one that is still on its way
    content = lake.objects.get(tenant, FILES, beside.stored_as)
    return read_transcript("", content), lake.objects.name(tenant, beside.stored_as)


def _seconds(content: bytes) -> float | None:
    """Return how long a recording is; None of a damaged one: what is wrong, its sound tells."""
    try:
        return seconds(content, kind_of(content).name)
    except DAMAGE:
        return None

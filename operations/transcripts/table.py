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
from ingestion.media.sound import decoded
from operations.transcripts.beside import transcript_beside
from tenancy.incident_files import FILES
from tenancy.screen_texts import SCREEN_TEXTS, screen_texts

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


def transcript_extractor(lake: "Lake", tenant: "Tenant") -> Extractor:
    """Return what finds the transcripts of a tenant's recordings; to have none is a state.

    Where somebody makes transcripts, recordings that had none are read again.
    """
    transcriber = transcriber_of(lake.settings, tenant.language)
    texts = screen_texts(lake.store, tenant)

    def read(content: bytes, own: Own) -> Mapping[str, object]:
        found, source = _supplied(lake, tenant, hashlib.sha256(content).hexdigest())
        if found.state == "none" and transcriber is not None:
            found, source = transcriber.transcribe(decoded(content)), None
        spoken = found.language or tenant.language
        language: Language = "en" if spoken.startswith("en") else "es"
        said = (texts[name, language] for name in SCREEN_TEXTS)
        return columns.row_of(found, source, *said, own=own)

    return Extractor(
        columns.NAME,
        columns.VERSION,
        columns.MEDIA_TYPES,
        columns.COLUMNS,
        read,
        again=None if transcriber is None else pc.field("state") == "none",
    )


def waits_for(error: OperatorError) -> bool:
    """Say whether files wait for what is away: a program, a model, or who makes transcripts."""
    return isinstance(error, MissingPart) or error.key.startswith("transcripts.")


def _supplied(lake: "Lake", tenant: "Tenant", sha256: str) -> tuple[Transcript, str | None]:
    """Return the transcript that came beside a recording, and the name of its object."""
    beside = transcript_beside(lake, tenant, sha256)
    if beside is None:
        return NO_TRANSCRIPT, None
    content = lake.objects.get(tenant, FILES, beside.stored_as)
    return read_transcript("", content), lake.objects.name(tenant, beside.stored_as)

"""Which file of an incident is the transcript of its recording.

One that bears the recording's name (``llamada.wav`` with ``llamada.txt``, ``llamada.srt`` or
``llamada.wav.vtt``); or, where the incident has one recording alone, one that says by its kind that
it is a transcript: SRT, WebVTT or JSON. A note of another name is a note. Of several the last one
counts: whoever sends another mends the one before.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingestion.media.kinds import KINDS, SUBTITLES, TRANSCRIPTS
from operations.incidents.sealed import content_of
from tenancy.file_arrivals import incidents_with, kept_beside
from tenancy.incident_files import SealedFile, files_of
from tenancy.incidents import get_incident

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

TEXTS = (KINDS["txt"].media_type, *KINDS["txt"].others)
ENDINGS = tuple(f".{suffix}" for suffix in SUBTITLES)
AUDIO = "audio/"
Named = tuple[str, str]
"""A file's name and media type."""


def transcript_among(files: Sequence[Named], recording: int) -> int | None:
    """Return the place of a recording's transcript among an incident's files.

    >>> files = [("a.wav", "audio/wav"), ("nota.txt", "text/plain"), ("A.txt", "text/plain")]
    >>> transcript_among(files, 0)
    2
    """
    called = files[recording][0].casefold()
    texts = [(n, name.casefold(), kind) for n, (name, kind) in enumerate(files) if kind in TEXTS]
    names = (called, called.rpartition(".")[0] or called)
    named = [place for place, name, _ in texts if name.rpartition(".")[0] in names]
    if named:
        return named[-1]
    if sum(kind.startswith(AUDIO) for _, kind in files) > 1:
        return None
    told = [n for n, name, kind in texts if kind in TRANSCRIPTS or name.endswith(ENDINGS)]
    return told[-1] if told else None


def prints_beside(lake: "Lake", tenant: "Tenant") -> dict[str, str]:
    """Return a print of the texts that lie beside each recording, by its object's name.

    It changes when another text comes, or one again, or one goes: then a transcript is looked for
    again.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    for recording, text in kept_beside(lake.store, tenant, AUDIO, TEXTS):
        texts[lake.objects.name(tenant, recording)].append(lake.objects.name(tenant, text))
    told = {recording: "\n".join(names) for recording, names in texts.items()}
    return {one: hashlib.sha256(names.encode()).hexdigest()[:16] for one, names in told.items()}


def transcript_beside(lake: "Lake", tenant: "Tenant", sha256: str) -> SealedFile | None:
    """Return the transcript that came beside a recording; None where none did.

    Parameters
    ----------
    sha256
        Of the recording's object.
    """
    keys = lake.keys.of(tenant)
    for number in incidents_with(lake.store, tenant, sha256):
        kept = {one.position: one for one in files_of(lake.store, tenant, number)}
        told = content_of(get_incident(lake.store, tenant, number), keys).attachments
        files = [(one["name"], one["media_type"]) for one in told]
        here = (place for place, one in kept.items() if one.stored_as == sha256)
        for place in here:
            found = transcript_among(files, place)
            if found in kept:
                return kept[found]
    return None

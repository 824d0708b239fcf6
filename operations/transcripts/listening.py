"""A recording for somebody who listens: what names a person is silent in it."""

from typing import TYPE_CHECKING

from foundation.errors import Conflict
from ingestion.extractors.found import newest
from ingestion.extractors.transcripts.columns import NAME
from ingestion.extractors.transcripts.redaction import Span, silenced, wav_of
from ingestion.media.sound import decoded
from tenancy.incident_files import FILES

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


def redacted_sound(lake: "Lake", tenant: "Tenant", sha256: str) -> bytes:
    """Return a recording as WAV, silent where its transcript says something personal.

    Parameters
    ----------
    sha256
        Of the recording's object.

    Raises
    ------
    Conflict
        It has no transcript, or one that does not say where a person is named: nobody could tell
        what to silence.
    NotFound
        The tenant has no such recording.
    """
    name = lake.objects.name(tenant, sha256)
    ref = lake.ref(tenant, "silver", f"extract_{NAME}")
    row = newest(lake, ref, [name], ("state", "spans", "untimed")).get(name)
    if row is None or row["state"] == "none" or row["untimed"]:
        raise Conflict("transcripts.not_redacted")
    sound = decoded(lake.objects.get(tenant, FILES, sha256))
    return wav_of(silenced(sound, [Span(**span) for span in row["spans"]]))

"""How it stands with the transcript of each recording of an incident.

``waiting``  nobody has looked for it yet, or in a text that came since: that happens by itself
``none``     none lay beside the recording, and nobody makes any
``read``     it came beside the recording, or was made
``failed``   there is one, and it cannot be read
``unknown``  the lake does not answer now
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from foundation.errors import OperatorError
from foundation.texts import Language, alone, text
from ingestion.extractors.found import extract_ref, newest
from ingestion.extractors.transcripts.columns import NAME
from operations.transcripts.beside import AUDIO, TEXTS

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.incident_files import SealedFile
    from tenancy.tenant import Tenant

State = Literal["waiting", "none", "read", "failed", "unknown"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True)
class TranscriptState:
    """The state of a recording's transcript; ``problem`` is the key of why it failed."""

    state: State
    problem: str | None = None

    def say(self, language: Language) -> str:
        """Return it as a sentence, which says what to do where something can be done."""
        why = self.problem and alone(self.problem, language)
        return why or text(f"transcripts.state_{self.state}", language)


WAITING, UNKNOWN = TranscriptState("waiting"), TranscriptState("unknown")


def state_of(row: Mapping[str, Any] | None, waits: bool = False) -> TranscriptState:
    """Return what the newest row of ``silver.extract_transcript`` says of a recording.

    Parameters
    ----------
    waits
        A text came beside it since, which may be its transcript.
    """
    if row is None or (waits and (row["problem"] or row["state"] == "none")):
        return WAITING
    if row["problem"]:
        return TranscriptState("failed", row["problem"])
    return TranscriptState("none" if row["state"] == "none" else "read")


def states_of(
    lake: "Lake", tenant: "Tenant", files: Sequence["SealedFile"]
) -> dict[int, TranscriptState]:
    """Return the state of each recording among an incident's files, by its place."""
    recordings = {
        one.position: lake.objects.name(tenant, one.stored_as)
        for one in files
        if one.media_type.startswith(AUDIO)
    }
    texts = [one.stored_at for one in files if one.media_type in TEXTS]
    if not recordings:
        return {}
    try:
        ref = extract_ref(lake, tenant, NAME)
        rows = newest(lake, ref, set(recordings.values()), ["state", "extracted_at"])
    except OperatorError:  # the incident itself is in the store, and can be told
        return dict.fromkeys(recordings, UNKNOWN)
    return {place: _state(rows.get(name), texts) for place, name in recordings.items()}


def _state(row: Mapping[str, Any] | None, texts: Sequence[datetime | None]) -> TranscriptState:
    """Return a recording's state beside texts that were stored at some moments, or are not yet."""
    waits = row is not None and any(at is None or at > row["extracted_at"] for at in texts)
    return state_of(row, waits)

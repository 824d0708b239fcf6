"""How it stands with the transcript of each recording of an incident.

``waiting``  nobody has looked for it yet: that happens by itself
``none``     none lay beside the recording, and nobody makes any
``read``     it came beside the recording, or was made
``failed``   there is one, and it cannot be read
``unknown``  the lake does not answer now
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from foundation.errors import OperatorError
from foundation.texts import Language, alone, text
from ingestion.extractors.found import extract_ref, newest
from ingestion.extractors.transcripts.columns import NAME
from operations.transcripts.beside import AUDIO
from tenancy.incident_files import files_of

if TYPE_CHECKING:
    from lakehouse.lake import Lake
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


def state_of(row: Mapping[str, Any] | None) -> TranscriptState:
    """Return what the newest row of ``silver.extract_transcript`` says of a recording."""
    if row is None:
        return WAITING
    if row["problem"]:
        return TranscriptState("failed", row["problem"])
    return TranscriptState("none" if row["state"] == "none" else "read")


def states_of(lake: "Lake", tenant: "Tenant", incident_id: str) -> dict[int, TranscriptState]:
    """Return the state of each recording of an incident, by its place among the files."""
    recordings = {
        one.position: lake.objects.name(tenant, one.stored_as)
        for one in files_of(lake.store, tenant, incident_id)
        if one.media_type.startswith(AUDIO)
    }
    if not recordings:
        return {}
    try:
        rows = newest(lake, extract_ref(lake, tenant, NAME), set(recordings.values()), ["state"])
    except OperatorError:  # the incident itself is in the store, and can be told
        return dict.fromkeys(recordings, UNKNOWN)
    return {place: state_of(rows.get(name)) for place, name in recordings.items()}

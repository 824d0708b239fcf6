"""What answers tell of an incident: itself, its files, and what the models said."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from foundation.errors import UserError
from foundation.texts import Language, text
from operations.incidents.answer import spoken
from operations.incidents.registered import Registered
from operations.photos.told import PhotoTold, photos_told
from operations.transcripts.beside import AUDIO
from operations.transcripts.state import WAITING, TranscriptState, states_of
from serving.caller import Caller
from serving.errors import error_fact
from serving.house import House
from tenancy.incident_files import files_of

CREATED, AGAIN = 201, 200
NOT_READ = PhotoTold(None, None, ())


@dataclass(frozen=True)
class Found:
    """What was found since in the files of an incident; who registers does not wait for it.

    Attributes
    ----------
    transcripts
        Of the recordings, by place.
    photos
        By the SHA-256 with which they came.
    """

    transcripts: Mapping[int, TranscriptState] = field(default_factory=dict)
    photos: Mapping[str, PhotoTold] = field(default_factory=dict)


NOT_ASKED = Found()


def looked_up(house: House, caller: Caller, one: Registered) -> dict[str, Any]:
    """Return what is told of an incident, with what was found since in the files that it has."""
    if not one.content.attachments:
        return told_of(one, caller.language)
    lake, tenant = house.lake, caller.tenant
    files = files_of(lake.store, tenant, one.incident.incident_id)
    found = Found(states_of(lake, tenant, files), photos_told(lake, tenant, files))
    return told_of(one, caller.language, found)


def told_of(one: Registered, language: Language, found: Found = NOT_ASKED) -> dict[str, Any]:
    """Return what is told of an incident."""
    stored, content = one.incident, one.content
    return {
        "incident_id": stored.incident_id,
        "status": "open" if stored.closed_at is None else "closed",
        "opened_at": stored.opened_at,
        "received_at": stored.received_at,
        "closed_at": stored.closed_at,
        "said": content.shown,
        "outcome": content.outcome,
        "feedback": content.feedback,
        "attachments": [
            _file(file, language, place, found) for place, file in enumerate(content.attachments)
        ],
        "answer": _answer(one, language),
    }


def _file(told: dict[str, Any], language: Language, place: int, found: Found) -> dict[str, Any]:
    """Return what is told of a file.

    With what the sender of a useless photo is asked, and how it stands with the transcript of a
    recording that is kept here.
    """
    transcript = found.transcripts.get(place)
    photo = found.photos.get(told["sha256"] or "", NOT_READ)
    fault = next(iter(told.get("faults", ())), None)
    if transcript is None and told["size_bytes"] and told["media_type"].startswith(AUDIO):
        transcript = WAITING
    said = transcript and {"state": transcript.state, "message": transcript.say(language)}
    return told | {
        "repeat": fault and text(f"photo.{fault}", language),
        "transcript": said,
        "label": photo.label,
        "label_probability": photo.label_probability,
        "came_before": [asdict(one) for one in photo.before],
    }


def _answer(one: Registered, language: Language) -> dict[str, Any]:
    told: dict[str, Any] = spoken(one.answer, language)
    for part in ("risk", "churn"):
        if told[part] is not None:
            told[part]["as_of_at"] = datetime.fromisoformat(told[part]["as_of_at"])
    if told["offer"] is not None:
        told["offer"]["decided_at"] = datetime.fromisoformat(told["offer"]["decided_at"])
    return told


def result_of(one: Registered | UserError, language: Language) -> dict[str, Any]:
    """Return what is told of one incident of a batch."""
    if isinstance(one, UserError):
        return {"status": one.http_status, "error": error_fact(one, language)}
    return {"status": AGAIN if one.again else CREATED, "incident": told_of(one, language)}

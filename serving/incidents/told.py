"""What answers tell of an incident: itself, its files, and what the models said."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from foundation.errors import UserError
from foundation.texts import Language, text
from operations.incidents.answer import spoken
from operations.incidents.registered import Registered
from operations.transcripts.beside import AUDIO
from operations.transcripts.state import WAITING, TranscriptState, states_of
from serving.caller import Caller
from serving.errors import error_fact
from serving.house import House

CREATED, AGAIN = 201, 200
NOT_ASKED: Mapping[int, TranscriptState] = {}


def looked_up(house: House, caller: Caller, one: Registered) -> dict[str, Any]:
    """Return what is told of an incident, with what was found since in the files that it has."""
    heard = any(file["media_type"].startswith(AUDIO) for file in one.content.attachments)
    number = one.incident.incident_id
    states = states_of(house.lake, caller.tenant, number) if heard else NOT_ASKED
    return told_of(one, caller.language, states)


def told_of(
    one: Registered, language: Language, states: Mapping[int, TranscriptState] = NOT_ASKED
) -> dict[str, Any]:
    """Return what is told of an incident.

    Parameters
    ----------
    states
        Of the recordings' transcripts, by place; who registers does not wait for the lake.
    """
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
            _file(file, language, states.get(place))
            for place, file in enumerate(content.attachments)
        ],
        "answer": _answer(one, language),
    }


def _file(
    told: dict[str, Any], language: Language, transcript: TranscriptState | None
) -> dict[str, Any]:
    """Return what is told of a file.

    With what the sender of a useless photo is asked, and how it stands with the transcript of a
    recording that is kept here.
    """
    fault = next(iter(told.get("faults", ())), None)
    if transcript is None and told["size_bytes"] and told["media_type"].startswith(AUDIO):
        transcript = WAITING
    said = transcript and {"state": transcript.state, "message": transcript.say(language)}
    return told | {"repeat": fault and text(f"photo.{fault}", language), "transcript": said}


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

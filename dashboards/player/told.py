"""A recording as its player needs it: lanes, turns, faults and words. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.words import Words
from ingestion.extractors.audio.faults import BOTH
from operations.conversation.files import CaseFile, Row

Json = dict[str, Any]
SPEAKERS = ("agent", "customer")
"""Names of speakers that are said in the reader's language."""
PLAYER_WORDS = (
    "listen", "pause", "preparing", "speed", "moment", "at", "transcript", "hidden", "noted",
    "unplayable", "locale",
)  # fmt: skip


def recording_of(file: CaseFile, number: int, words: Words, unheard: str | None = None) -> Json:
    """Return what the player of a recording is told.

    Parameters
    ----------
    number
        Of the recording within the case, from 1.
    words
        Of the room ``conversation``.
    unheard
        Why the reader cannot hear it: then nothing offers to play it.
    """
    sound = _read(file.sound)
    turns = _turns(file.transcript, words)
    lanes = _lanes(sound, turns, words)
    faults = [_fault(one, lanes, words) for one in sound.get("faults") or ()]
    hold = [_span(one) for one in sound.get("hold") or ()]
    return {
        "name": words.say("recording", number=number),
        "may": unheard is None,
        "seconds": sound.get("seconds") or 0.0,
        "lanes": lanes,
        "loudest": max((peak for lane in lanes for peak in lane["peaks"]), default=0) or 1,
        "hold": hold,
        "faults": faults,
        "faultsTitle": words.count("faults", len(faults)),
        "turns": turns,
        "note": unheard or words.say("noting"),
        "seen": _seen(words, turns=lanes, hold=hold, faults=faults),
        "words": {name: _raw(words, name) for name in PLAYER_WORDS},
    }


def speaker_name(speaker: str | None, words: Words) -> str | None:
    """Return who speaks; a name that a source gives is masked since it was read."""
    if not speaker:
        return None
    known = speaker.strip().lower()
    return words.say(f"speaker_{known}") if known in SPEAKERS else speaker


def _read(found: Row | None) -> Row:
    """Return what was found in a recording; nothing where it could not be read."""
    return {} if found is None or found.get("problem") else found


def _turns(transcript: Row | None, words: Words) -> list[Json]:
    return [
        {
            "start": one["start_seconds"],
            "end": one["end_seconds"],
            "speaker": speaker_name(one["speaker"], words),
            "text": one["text"],
            "lane": one["channel"],
        }
        for one in _read(transcript).get("turns") or ()
    ]


def _lanes(sound: Row, turns: Sequence[Mapping[str, Any]], words: Words) -> list[Json]:
    sides = sound.get("sides") or ()
    waveform = sound.get("waveform") or [[] for _ in sides]
    return [
        {
            "name": _lane_name(side, turns, words, alone=len(sides) == 1),
            "peaks": list(peaks),
            "voice": [[one["start_seconds"], one["end_seconds"]] for one in side["voice"] or ()],
        }
        for side, peaks in zip(sides, waveform, strict=True)
    ]


def _lane_name(side: Row, turns: Sequence[Mapping[str, Any]], words: Words, *, alone: bool) -> str:
    """Return a side's name: who speaks in it, as far as the transcript says, and how much."""
    if alone:
        return words.say("mono")
    channel = side["channel"]
    spoken = Counter(one["speaker"] for one in turns if one["lane"] == channel and one["speaker"])
    name = next((who for who, _ in spoken.most_common(1)), None)
    name = name or words.say("channel", number=channel + 1)
    return words.say("lane", name=name, share=words.share(side["talk_share"]))


def _fault(fault: Row, lanes: Sequence[Mapping[str, Any]], words: Words) -> Json:
    name = words.say(f"fault_{fault['kind']}")
    if fault["channel"] != BOTH and len(lanes) > 1:
        lane = lanes[fault["channel"]]["name"].split(" · ")[0]
        name = words.say("fault_in", fault=name, lane=lane)
    return {**_span(fault), "name": name}


def _span(span: Row) -> Json:
    return {"start": span["start_seconds"], "end": span["end_seconds"]}


def _seen(words: Words, **drawn: Sequence[object]) -> str:
    """Return how the drawing is read: a sentence for each thing that is drawn."""
    return " ".join(words.say(f"seen_{name}") for name, there in drawn.items() if there)


def _raw(words: Words, name: str) -> str:
    """Return a sentence; the player itself fills in moments."""
    return words.say(name, at="{at}", all="{all}")

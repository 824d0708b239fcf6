"""JSON with the time of each word, in the shapes that speech services write.

Whisper (``segments`` with ``words``), OpenAI's ``verbose_json`` (``words`` beside ``segments``),
Vosk (``result``, one object or many), Deepgram (``results.channels``) and Google (``results`` with
``startTime``). Each is told by its fields.
"""

from collections.abc import Iterator
from typing import Any

from foundation.spelling import well_formed
from ingestion.extractors.transcripts.transcript import Spoken, Turn, Word, turns_of

Json = Any
MOST_CHANNELS = 64
LONGEST_SECONDS = 1_000_000.0
"""Of a recording: more than eleven days is no time of a word."""


def worded(told: Json) -> tuple[tuple[Turn, ...], str | None]:
    """Return the turns of a transcript in JSON, and its language where it says so.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError
        It is of no known shape, or a time is none.
    """
    pieces = told if isinstance(told, list) else [told]
    if all("result" in one or one.get("text") == "" for one in pieces):
        return turns_of(_vosk(pieces)), None
    (told,) = pieces
    language = _name(told.get("language"))
    if "segments" in told:
        return _whisper(told), language
    if "words" in told:
        return turns_of((_word(one), None, None) for one in told["words"]), language
    results = told["results"]
    if isinstance(results, dict):
        return turns_of(_deepgram(results["channels"])), language
    return turns_of(_google(results)), language


def _whisper(told: Json) -> tuple[Turn, ...]:
    if told.get("words") and not any(one.get("words") for one in told["segments"]):
        return turns_of((_word(one), None, None) for one in told["words"])
    turns = []
    for one in told["segments"]:
        words = tuple(map(_word, one.get("words") or ()))
        start, end = _times(one["start"], one["end"])
        said, who = well_formed(str(one["text"])).strip(), _name(one.get("speaker"))
        turns.append(Turn(said, who, None, start, end, words))
    return tuple(turn for turn in turns if turn.text)


def _vosk(pieces: list[Json]) -> Iterator[Spoken]:
    for piece in pieces:
        for one in piece.get("result", ()):
            yield _word(one), _name(piece.get("speaker")), _channel(piece.get("channel"))


def _deepgram(channels: list[Json]) -> Iterator[Spoken]:
    for number, channel in enumerate(channels):
        for one in channel["alternatives"][0]["words"]:
            yield _word(one), _name(one.get("speaker")), number if len(channels) > 1 else None


def _google(results: list[Json]) -> Iterator[Spoken]:
    tagged = [one for one in results if _first(one) and "speakerTag" in _first(one)[0]]
    # With speakers told apart, the last result holds every word once more, with its speaker.
    for result in tagged[-1:] or results:
        tag = result.get("channelTag")
        channel = None if tag is None else _channel(int(tag) - 1)
        for one in _first(result):
            yield _word(one), _name(one.get("speakerTag")), channel


def _first(result: Json) -> list[Json]:
    alternatives = result.get("alternatives") or [{}]
    words: list[Json] = alternatives[0].get("words", [])
    return words


def _word(one: Json) -> Word:
    text = one.get("punctuated_word") or one.get("word")
    start, end = _times(_either(one, "start", "startTime"), _either(one, "end", "endTime"))
    sure = next((one[n] for n in ("probability", "confidence", "conf") if n in one), None)
    if not isinstance(text, str):
        raise TypeError(one)
    return Word(well_formed(text).strip(), start, end, None if sure is None else float(sure))


def _either(one: Json, name: str, other: str) -> Json:
    return one[name] if name in one else one.get(other, "0s")


def _times(start: Json, end: Json) -> tuple[float, float]:
    begun, ended = (float(str(time).removesuffix("s")) for time in (start, end))
    if not 0 <= begun <= ended < LONGEST_SECONDS:
        raise ValueError(start, end)
    return begun, ended


def _name(told: Json) -> str | None:
    """Return a name or number of a speaker, or a language, as a text."""
    if not isinstance(told, str | int | float | None):
        raise TypeError(told)
    return None if told is None else well_formed(str(told))


def _channel(told: Json) -> int | None:
    if not isinstance(told, int | None):
        raise TypeError(told)
    if told is not None and not 0 <= told < MOST_CHANNELS:
        raise ValueError(told)
    return told

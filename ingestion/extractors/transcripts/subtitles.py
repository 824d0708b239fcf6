"""SRT and WebVTT (W3C), and plain text with or without names before what was said."""

import html
import re
from collections.abc import Iterator

from ingestion.extractors.transcripts.transcript import Turn

TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
CUE = re.compile(rf"^\s*{TIME}\s+-->\s+{TIME}(?:\s.*)?$")
VOICE = re.compile(r"<v(?:\.[^ >]{1,40})?\s+([^>]{1,80})>")
TAG = re.compile(r"<[^>]{0,200}>")
NAMED = re.compile(r"^\s*([^\W\d_][\w .-]{0,30}?)\s*:\s+(\S.*)$")
ASIDE = ("NOTE", "STYLE", "REGION", "WEBVTT")


def is_timed(text: str) -> bool:
    """Tell whether a text holds a cue of SRT or WebVTT."""
    return any(CUE.match(line) for line in text.splitlines())


def timed(text: str) -> Iterator[Turn]:
    """Yield a turn for each cue.

    Raises
    ------
    ValueError
        A cue ends before it begins.
    """
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        place = next((n for n, line in enumerate(lines) if CUE.match(line)), None)
        if place is None or lines[0].startswith(ASIDE[:3]):
            continue
        found = CUE.match(lines[place])
        assert found is not None
        start, end = _seconds(*found.groups()[:4]), _seconds(*found.groups()[4:])
        if end < start:
            raise ValueError(lines[place])
        said = " ".join(line.strip() for line in lines[place + 1 :] if line.strip())
        voice = VOICE.search(said)
        speaker, said = _named(html.unescape(TAG.sub("", said)).strip())
        if said:
            yield Turn(said, voice[1].strip() if voice else speaker, None, start, end)


def plain_turns(text: str) -> Iterator[Turn]:
    """Yield a turn for each line of a text without times; ``Agente: …`` names who speaks."""
    for line in text.splitlines():
        speaker, said = _named(line.strip())
        if said:
            yield Turn(said, speaker)


def _named(line: str) -> tuple[str | None, str]:
    found = NAMED.match(line)
    return (found[1], found[2].strip()) if found else (None, line)


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> float:
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + int(fraction.ljust(3, "0")) / 1000

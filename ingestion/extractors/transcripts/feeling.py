"""How what is said in a call feels, by quarter of its time: from −1 (complains) to 1 (praises).

The lexicon of ``words.sentiment`` on all that begins in a quarter. It reads the customer alone
where the transcript says who that is: agents are polite whatever is said to them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ingestion.extractors.transcripts.transcript import Transcript, Turn
from ingestion.extractors.words.language import language_of
from ingestion.extractors.words.sentiment import felt

QUARTERS = 4
CUSTOMERS = ("customer", "cliente", "client", "caller")
"""As sources name who called."""


def by_quarter(transcript: Transcript, seconds: float | None = None) -> list[float | None] | None:
    """Return how each quarter feels; None of one in which nothing is said.

    Parameters
    ----------
    seconds
        How long the call is; without it, it ends with the last turn.

    Returns
    -------
    list of float, or None
        Four; None of a call in another language than Spanish, or of which nobody knows when what
        was said.
    """
    timed = [turn for turn in transcript.turns if turn.start_seconds is not None]
    if not (timed and _is_spanish(transcript)):
        return None
    speaking = [turn for turn in timed if is_customer(turn.speaker)] or timed
    end = seconds or max(turn.end_seconds or turn.start_seconds or 0.0 for turn in timed)
    said: list[list[str]] = [[] for _ in range(QUARTERS)]
    for turn in speaking:
        said[_quarter(turn, end)].append(turn.text)
    return [felt("\n".join(texts)) if texts else None for texts in said]


def is_customer(speaker: str | None) -> bool:
    """Say whether a source's name of a speaker means who called."""
    return speaker is not None and speaker.strip().lower() in CUSTOMERS


def knows_customer(turns: Iterable[Mapping[str, Any]]) -> bool:
    """Say whether the turns of a row tell who the customer is."""
    return any(is_customer(turn["speaker"]) for turn in turns)


def _is_spanish(transcript: Transcript) -> bool:
    """Say whether the lexicon reads it; what is too short to tell is taken for Spanish."""
    language = (transcript.language or language_of(transcript.text) or "es").lower()
    return language.startswith(("es", "spa"))  # a code, or its English name


def _quarter(turn: Turn, end: float) -> int:
    start = turn.start_seconds or 0.0
    return max(0, min(QUARTERS - 1, int(start * QUARTERS / end))) if end > 0 else 0

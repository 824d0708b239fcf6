"""Sentences on what was said in a recording: the company's texts and phrases, the tone. Pure."""

from collections.abc import Iterator

from dashboards.words import Words
from ingestion.extractors.transcripts.feeling import knows_customer
from ingestion.extractors.words.sentiment import FELT, bounded
from operations.conversation.files import Row

CLEAR = bounded(FELT)
"""From here on, between -1 and 1, a quarter complains or praises."""


def spoken_sentences(transcript: Row | None, words: Words) -> list[str]:
    """Return what a transcript tells of the service; nothing where there is none.

    The phrases come last: those that were not said are named below.
    """
    if transcript is None or transcript.get("problem") or not transcript.get("turns"):
        return []
    return [*_texts(transcript, words), *_tone(transcript, words), *_phrases(transcript, words)]


def phrases_missing(transcript: Row | None, words: Words) -> list[str]:
    """Return a sentence for each phrase that was to be said and was not."""
    told = (transcript or {}).get("phrases") or ()
    return [words.say("phrase_missing", phrase=one["text"]) for one in told if not one["is_said"]]


def _texts(transcript: Row, words: Words) -> Iterator[str]:
    for name in ("greeting", "closing"):
        share = transcript.get(f"{name}_share")
        if share is not None:
            yield words.say(f"{name}_said", share=words.share(share))


def _phrases(transcript: Row, words: Words) -> Iterator[str]:
    told = transcript.get("phrases")
    if told:
        said = sum(one["is_said"] for one in told)
        yield words.say("phrases_said", said=words.number(said), all=words.number(len(told)))


def _tone(transcript: Row, words: Words) -> Iterator[str]:
    quarters = transcript.get("sentiment")
    if quarters:
        whose = "customer_tone" if knows_customer(transcript["turns"]) else "tone"
        yield words.say(whose, quarters=" · ".join(_tone_word(one, words) for one in quarters))


def _tone_word(value: float | None, words: Words) -> str:
    if value is None:
        return words.say("tone_silent")
    name = "complaint" if value <= -CLEAR else "praise" if value >= CLEAR else "neutral"
    return words.say(f"tone_{name}")

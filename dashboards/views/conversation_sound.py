"""The recordings of a case: how they sound, what is said in them, and their sound itself."""

import hashlib

import streamlit as st

from dashboards import cards, session
from dashboards.conversation import Case, words_of
from dashboards.conversation_figures import problem_sentence, quality_word, reason_sentence
from dashboards.conversation_spoken import phrases_missing, spoken_sentences
from dashboards.player.mount import asked_for, player
from dashboards.player.told import recording_of
from dashboards.viewer import Viewer
from dashboards.words import Words
from foundation.errors import UserError
from operations.conversation.files import AUDIO, CaseFile
from operations.conversation.opening import Shown, may_open, open_sound, unheard
from operations.transcripts.state import state_of

ENDPOINT = "endpoint"
"""A maker of transcripts without a name of its own."""


def show(see: Viewer, case: Case) -> None:
    """Show every recording; nothing where a case came without."""
    recordings = [one for one in case.files if one.family == AUDIO]
    for number, file in enumerate(recordings, start=1):
        _recording(see, file, number)


def place_of(see: Viewer, file: CaseFile) -> str:
    """Return the key of a file's place in the page; a case's number may hold any letters."""
    named = hashlib.sha256(f"{see.tenant.id}/{file.incident_id}".encode()).hexdigest()[:16]
    return f"file-{named}-{file.position}"


def _recording(see: Viewer, file: CaseFile, number: int) -> None:
    words = words_of(see)
    st.subheader(words.say("recording", number=number))
    _quality(see, file)
    _spoken(file, words)
    why, place = _unheard(see, file, words), place_of(see, file)
    sound, problem = _sound(see, file, place) if not why and asked_for(place) else (None, None)
    player(recording_of(file, number, words, why), place, sound, problem)
    transcript = _transcript(see, file)
    if transcript:
        st.html(cards.note(transcript))


def _unheard(see: Viewer, file: CaseFile, words: Words) -> str | None:
    """Return why this reader cannot hear a recording; None where it plays for them."""
    if not may_open(see.actor):
        return words.say("not_heard")
    why = unheard(see.lake, see.tenant, file)
    return why and problem_sentence(why, words)


def _spoken(file: CaseFile, words: Words) -> None:
    told = spoken_sentences(file.transcript, words)
    if told:
        missing = phrases_missing(file.transcript, words)
        st.html(cards.lines(told) + cards.reasons(missing))


def _quality(see: Viewer, file: CaseFile) -> None:
    words = words_of(see)
    if file.sound is None:
        st.html(cards.note(words.say("not_analysed")))
    elif file.sound["problem"]:
        st.warning(
            problem_sentence(file.sound["problem"], words), icon=":material/hearing_disabled:"
        )
    else:
        quality = file.sound["quality"]
        points = words.number(quality, 1)
        st.html(
            cards.lines([words.say("sounds", points=points, word=quality_word(quality, words))])
        )
        lost = [reason_sentence(one, words) for one in file.sound["reasons"] or ()]
        if lost:
            st.html(cards.reasons(lost))


def _sound(see: Viewer, file: CaseFile, place: str) -> tuple[Shown | None, str | None]:
    """Return the sound, or why there is none; opened, and noted, once while the page is open."""
    opened = session.opened(see.tenant.id, file.incident_id)
    if place not in opened:
        with st.spinner(words_of(see).say("preparing")):
            try:
                opened[place] = open_sound(see.lake, see.tenant, see.actor, file)
            except UserError as why:
                opened[place] = why.say(see.language)
    found = opened[place]
    return (found, None) if isinstance(found, Shown) else (None, found)


def _transcript(see: Viewer, file: CaseFile) -> str:
    words, found = words_of(see), file.transcript
    state = state_of(found)
    if found is None or state.state == "waiting":
        return words.say("transcript_waits")
    if state.problem:
        return problem_sentence(state.problem, words)
    if state.state == "none":
        return words.say("no_transcript")
    silent = words.say("silenced") if found.get("spans") else ""
    source = found.get("source")
    if not source:
        return silent
    if found["state"] == "supplied":
        return f"{words.say('transcript_supplied')} {silent}"
    named = words.say("source_endpoint") if source == ENDPOINT else source
    return f"{words.say('transcript_from', source=named)} {silent}"

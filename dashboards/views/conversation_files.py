"""The photos of a case with the places of what was read in them, and its other files."""

import streamlit as st

from dashboards import cards, photo, photo_facts, pieces, session
from dashboards.conversation import Case, words_of
from dashboards.conversation_figures import problem_sentence
from dashboards.viewer import Viewer
from dashboards.views.conversation_sound import place_of
from foundation.errors import UserError
from ingestion.media.kinds import KINDS
from operations.conversation.files import AUDIO, IMAGE, CaseFile, Row
from operations.conversation.opening import Shown, may_open, open_picture

KIB = 1024
MOST_SHOWN = 5_000
"""Characters of a file's words: what a person reads on a page; the search finds the rest."""


def show(see: Viewer, case: Case) -> None:
    """Show the photos, and name the other files."""
    words = words_of(see)
    photos = [one for one in case.files if one.family == IMAGE]
    for number, file in enumerate(photos, start=1):
        _photo(see, file, number)
    others = [one for one in case.files if one.family not in (AUDIO, IMAGE)]
    linked = _linked(case)
    if others or linked:
        st.subheader(words.say("other_files"))
    for file in others:
        _other(see, file)
    if linked:
        st.html(cards.lines([words.count("linked", linked)]))
    if not case.files and not linked:
        st.html(cards.note(words.say("no_files")))


def _photo(see: Viewer, file: CaseFile, number: int) -> None:
    words, found = words_of(see), file.picture
    name = words.say("photo", number=number)
    st.subheader(name)
    for sentence in _state(see, found):
        st.html(cards.note(sentence))
    _known(see, file)
    if not may_open(see.actor):
        st.html(cards.note(words.say("not_seen")))
    elif st.toggle(words.say("show_photo"), key=f"show-{place_of(see, file)}"):
        _picture(see, file, words.say("photo_described", name=name))
    else:
        session.opened(see.tenant.id, file.incident_id).pop(place_of(see, file), None)
        st.html(cards.note(words.say("noting_photo")))
    text = (found or {}).get("text")
    if text:
        st.html(cards.note(words.say("read_in_photo")))
        st.html(cards.masked(text, words.say("hidden")))
    _receipt(see, found)


def _known(see: Viewer, file: CaseFile) -> None:
    """Say what the photo is of, and with which earlier cases it came; those are one tap away."""
    words = words_of(see)
    kind = photo_facts.kind(file.picture, words)
    said = [*([kind] if kind else []), *photo_facts.seen_before(file, words)]
    if said:
        st.html(cards.lines(said))
    for one in file.before:
        number, place = one.incident_id, place_of(see, file)
        label = words.say("see_other", name=number)
        pieces.turn_to(see, label, key=f"{place}-{number}", incident=number)


def _receipt(see: Viewer, found: Row | None) -> None:
    """Show the fields of a receipt, as they are kept: masked."""
    words = words_of(see)
    fields = photo_facts.receipt(found, words)
    if fields:
        st.html(cards.note(words.say("read_as_receipt")))
        st.html(cards.pairs(fields))


def _other(see: Viewer, file: CaseFile) -> None:
    """Name a file, and show on request what is written in it, masked."""
    words, found = words_of(see), file.writing
    st.html(cards.lines([_named(see, file)]))
    if found is None:
        st.html(cards.note(words.say("file_not_read")))
    elif found.get("problem"):
        st.html(cards.note(problem_sentence(found["problem"], words)))
    elif text := found.get("text"):
        _receipt(see, found)
        with st.expander(words.say("read_in_file")):
            shown = text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
            st.html(cards.masked(shown, words.say("hidden")))


def _picture(see: Viewer, file: CaseFile, description: str) -> None:
    """Show a photo; opened, and noted, once while it is in sight."""
    opened, place = session.opened(see.tenant.id, file.incident_id), place_of(see, file)
    if place not in opened:
        try:
            opened[place] = open_picture(see.lake, see.tenant, see.actor, file)
        except UserError as why:
            opened[place] = why.say(see.language)
    found = opened[place]
    if isinstance(found, Shown):
        st.html(photo.figure(found, file.picture, description))
        st.html(cards.note(words_of(see).say("noted")))
    else:
        st.warning(found, icon=":material/broken_image:")


def _state(see: Viewer, found: Row | None) -> list[str]:
    """Return what is wrong with a photo, or that nobody has read it yet."""
    words = words_of(see)
    if found is None:
        return [words.say("not_read")]
    if found.get("problem"):
        return [problem_sentence(found["problem"], words)]
    return [words.say(f"photo_{one}") for one in found["faults"] or ()]


def _named(see: Viewer, file: CaseFile) -> str:
    """Return a file by kind and size: its name, which a customer gave, may name somebody."""
    names = (one.name for one in KINDS.values() if file.media_type in (one.media_type, *one.others))
    kind, words = next(names, file.media_type).upper(), words_of(see)
    return words.say("file", kind=kind, size=words.number(max(1, round(file.size_bytes / KIB))))


def _linked(case: Case) -> int:
    """Return how many files were only named by an address, and are not kept."""
    told = () if case.registered is None else case.registered.content.attachments
    return sum(one.get("size_bytes") is None for one in told)

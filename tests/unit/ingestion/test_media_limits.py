"""Attachments at the door: clean files of every kept kind go through, hostile ones are told why."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.multimodal.hostile_files import clean, hostile, letter, pdf, wav
from foundation.errors import TooLarge, UserError
from foundation.texts import LANGUAGES
from ingestion.media.filenames import DECEIVING, shown
from ingestion.media.kinds import KINDS
from ingestion.media.limits import LARGEST_BYTES, accept

CLEAN = clean()
HOSTILE = list(hostile())
WANTED = {
    "zip bomb": {"name_ending", "is_archive", "enclosed"},
    "image bomb": {"too_pixels", "bomb"},
    "pdf bomb": {"bomb", "too_pages"},
    "sound bomb": {"too_seconds"},
    "polyglot with zip": {"two_kinds"},
    "polyglot with page": {"two_kinds"},
    "polyglot with pdf": {"two_kinds"},
    "something behind": {"behind"},
    "other kind than its name says": {"unknown"},
    "broken": {"broken", "empty"},
    "script in svg": {"name_ending", "is_svg", "enclosed"},
    "page": {"is_page"},
    "macros": {"name_ending", "is_office", "enclosed"},
    "program": {"is_program"},
    "script in pdf": {"pdf_script", "pdf_holds_files"},
    "locked pdf": {"pdf_locked"},
    "name": {"name_leads", "name_unseen", "name_ending"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_clean_file_of_every_kept_kind_is_taken_for_what_it_is(kind: str):
    name, content = CLEAN[kind]
    assert accept(name, content, KINDS[kind].media_type).kind == KINDS[kind]


def test_a_screenshot_keeps_the_name_that_its_machine_gave_it():
    name = "Captura de pantalla 2026-11-23 a la(s) 10.00.00 a. m..png"
    assert accept(name, CLEAN["png"][1]).kind == KINDS["png"]


@pytest.mark.parametrize("what", WANTED)
def test_hostile_files_are_refused_with_a_sentence_that_names_the_file(what: str):
    files = [file for tried, file in HOSTILE if tried == what]
    assert files
    for name, content in files:
        with pytest.raises(UserError) as refused:
            accept(name, content)
        assert refused.value.key.removeprefix("media.") in WANTED[what]
        for language in LANGUAGES:
            assert shown(name) in refused.value.say(language)


def test_every_hostile_kind_is_expected():
    assert {what for what, _ in HOSTILE} == set(WANTED)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"pdf"}))
def test_a_content_under_another_media_type_is_refused(kind: str):
    name, content = CLEAN[kind]
    with pytest.raises(UserError) as refused:
        accept(name, content, "application/pdf")
    assert refused.value.key == "media.other_kind"


def test_a_file_larger_than_its_family_may_be_is_refused():
    large = "a" * (LARGEST_BYTES["text"] + 1)
    with pytest.raises(TooLarge) as refused:
        accept("nota.txt", large.encode())
    assert refused.value.key == "media.too_size"


def test_seconds_and_pages_come_from_the_header():
    assert accept("voz.wav", wav(seconds=7)).seconds == 7
    assert accept("recibo.pdf", pdf()).pages == 1


def test_a_letter_keeps_its_logo_and_signature_but_no_program():
    logo = ("logo.gif", b"GIF89a" + bytes(60)), ("smime.p7s", b"\x30\x82" + bytes(60))
    assert accept("queja.eml", letter(*logo)).kind.name == "eml"
    with pytest.raises(UserError) as refused:
        accept("queja.eml", letter(("foto.png", b"MZ" + bytes(60))))
    assert "foto.png" in refused.value.say("es")


def test_whitespace_before_a_page_does_not_take_the_time_of_the_process():
    with pytest.raises(UserError) as refused:
        accept("nota.txt", b" " * 2**20 + b"<html>")
    assert refused.value.key == "media.is_page"


@settings(deadline=None, max_examples=300)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    cut=st.floats(0, 1),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8),
)
def test_damage_anywhere_is_either_harmless_or_told(
    kind: str, cut: float, changes: list[tuple[float, int]]
):
    name, content = CLEAN[kind]
    damaged = bytearray(content[: round(cut * len(content))])
    for place, value in changes:
        if damaged:
            damaged[min(int(place * len(damaged)), len(damaged) - 1)] = value
    try:
        accept(name, bytes(damaged))
    except UserError as refusal:
        assert shown(name) in refusal.say("es")


@given(st.text(max_size=300))
def test_a_shown_name_is_short_and_holds_nothing_unseen(name: str):
    assert len(shown(name)) <= 80
    assert not any(unicodedata.category(c) in DECEIVING for c in shown(name))

"""The files of a case, and their sound and photos for who may hear and see them."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from foundation.errors import InvalidUpload, NotAllowed, NotFound
from foundation.settings import Settings
from ingestion.media.sound import decoded
from operations.conversation.files import CaseFile, case_files
from operations.conversation.opening import READ, open_picture, open_sound
from tenancy.actor import Actor
from tenancy.audit import entries
from tenancy.incident_files import FILES
from tests.cases_house import (
    ACME,
    CALL,
    DAMAGED,
    EMPTY,
    NAMES,
    OTHER,
    SECRET_SECONDS,
    Cases,
    cases_at,
    places,
)

MANAGER = Actor("user:m", "user", ACME.id, frozenset({"manager"}))
VIEWER = Actor("user:v", "user", ACME.id, frozenset({"viewer", "uploader"}))
STRANGER = Actor("user:x", "user", OTHER.id, frozenset({"manager"}))


@pytest.fixture(scope="module")
def cases(
    tmp_path_factory: pytest.TempPathFactory, blank_installation: Callable[[Path], Settings]
) -> Iterator[Cases]:
    with cases_at(blank_installation(tmp_path_factory.mktemp("cases") / "data")) as made:
        yield made


def files(cases: Cases, incident_id: str = CALL) -> tuple[CaseFile, ...]:
    return case_files(cases.lake, ACME, incident_id)


def looks(cases: Cases) -> list[str]:
    found = [one for one in entries(cases.lake.store, ACME) if one.action == READ]
    return [one.subject for one in found]


def test_each_file_comes_with_what_was_found_in_it(cases: Cases):
    sound, photo = files(cases)
    assert sound.family == "audio" and sound.sound and sound.transcript
    assert sound.sound["layout"] == "channels"
    assert [len(peaks) for peaks in sound.sound["waveform"]] == [1000, 1000]
    assert "long_silence" in {one["kind"] for one in sound.sound["faults"]}
    assert [one["channel"] for one in sound.transcript["turns"]] == [0, 1, 1, 0, 1, 0]
    assert photo.family == "image" and photo.picture and photo.picture["faults"] == ["blurred"]
    assert photo.sound is photo.transcript is sound.picture is None


def test_a_damaged_recording_says_why_and_a_case_without_files_has_none(cases: Cases):
    broken, note = files(cases, DAMAGED)
    assert broken.sound and broken.sound["problem"] == "sandbox.refused"
    assert note.sound is None and note.media_type == "text/plain"
    assert note.writing and note.writing["text"] == "Otra vez sin servicio."
    assert files(cases, EMPTY) == files(cases, "nobody's") == ()
    assert case_files(cases.lake, OTHER, CALL) == ()


def test_the_sound_is_silent_where_a_person_is_named_and_there_alone(cases: Cases):
    shown = open_sound(cases.lake, ACME, MANAGER, files(cases)[0])
    heard = decoded(shown.content)
    start, end = (round(second * heard.rate) for second in SECRET_SECONDS)
    before = slice(round(5.2 * heard.rate), round(6.6 * heard.rate))
    assert shown.media_type == "audio/ogg"
    assert heard.seconds == pytest.approx(30, abs=0.1)
    assert np.abs(heard.channels[1, start:end]).max() < 0.01
    assert np.abs(heard.channels[1, before]).max() > 0.05


def test_a_look_is_noted_under_the_objects_keyed_name(cases: Cases):
    sound, photo = files(cases)
    before = len(looks(cases))
    open_sound(cases.lake, ACME, MANAGER, sound)
    open_picture(cases.lake, ACME, MANAGER, photo)
    names = [cases.lake.objects.name(ACME, one.sha256) for one in (photo, sound)]
    assert looks(cases)[: len(looks(cases)) - before] == names


@pytest.mark.parametrize(("actor", "error"), [(VIEWER, NotAllowed), (STRANGER, NotFound)])
@pytest.mark.parametrize("opening", [open_sound, open_picture])
def test_who_may_not_read_names_hears_and_sees_nothing(
    cases: Cases, actor: Actor, error: type[Exception], opening: Callable[..., object]
):
    before = looks(cases)
    with pytest.raises(error):
        opening(cases.lake, ACME, actor, files(cases)[0])
    assert looks(cases) == before


def test_a_hidden_word_is_covered_and_what_the_camera_wrote_is_gone(cases: Cases):
    shown = open_picture(cases.lake, ACME, MANAGER, files(cases)[1])
    picture = Image.open(io.BytesIO(shown.content))
    assert picture.size == (560, 300)
    for word, left, top, width, height in places():
        place = picture.crop((left, top, left + width, top + height)).convert("L")
        darkest, brightest = place.getextrema()
        assert darkest < 90 and (brightest < 60) is (word in NAMES)
    assert not picture.getexif() and b"secret place" not in shown.content


def test_a_damaged_recording_and_one_that_is_away_are_told(cases: Cases):
    broken, note = files(cases, DAMAGED)
    with pytest.raises(InvalidUpload):
        open_sound(cases.lake, ACME, MANAGER, broken)
    cases.lake.objects.delete(ACME, FILES, note.sha256)
    with pytest.raises(NotFound, match="not kept"):
        open_picture(cases.lake, ACME, MANAGER, note)

"""What extractors find in files of incidents becomes a table: once a file, and gone with it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pytest
from PIL import ImageEnhance, ImageFilter
from sqlalchemy import update

from foundation.clock import utc_now
from foundation.errors import InvalidUpload, OperatorError
from foundation.settings import Settings
from ingestion.extractors.audio.table import join_sounds, sound_ref
from ingestion.extractors.duplicates import near_duplicates_of
from ingestion.extractors.found import newest
from ingestion.extractors.gone import forget_gone
from ingestion.extractors.images.alike import perceptual_hash
from ingestion.extractors.images.columns import COLUMNS
from ingestion.extractors.images.sharpness import look
from ingestion.extractors.persons import Own
from ingestion.extractors.registry import Extractor
from ingestion.extractors.run import Extracted, extract_new, table_of
from ingestion.media.picture import opened
from ingestion.retention import plan_retention, run_retention
from ingestion.tokens import token
from operations.photos.before import seen_before
from tenancy.actor import Actor
from tenancy.holds import lift_hold, place_hold
from tenancy.incident_endings import forget_incidents
from tenancy.incident_files import contents_of
from tenancy.incident_tables import IncidentRow
from tests.drawn import as_file, picture
from tests.incident_files import (
    ACME,
    CUSTOMER,
    GLOBEX,
    NOTES,
    SECONDS,
    SOUND,
    House,
    house_at,
    recording,
)
from tests.unit.ingestion.test_photos import scene

OFFICER = Actor("user:officer", "user", "acme", frozenset({"privacy_officer"}))


@pytest.fixture
def house(tmp_path: Path, blank_installation: Callable[[Path], Settings]) -> Iterator[House]:
    with house_at(blank_installation(tmp_path / "data")) as opened:
        yield opened


def test_a_recording_is_read_once(house: House):
    house.send(recording(200))
    house.send(recording(200))  # the same content with another incident
    assert extract_new(house.lake, ACME, SOUND) == Extracted(read=1)
    assert extract_new(house.lake, ACME, SOUND) == Extracted()
    (row,) = house.found()
    assert (row["layout"], row["seconds"], row["problem"]) == ("channels", SECONDS, None)
    assert row["object_id"] not in contents_of(house.lake.store, ACME)
    assert house.lake.objects.name(ACME, *contents_of(house.lake.store, ACME)) == row["object_id"]


def test_a_better_version_reads_again_and_the_earlier_rows_stay(house: House):
    house.send(recording(200), recording(250))
    assert extract_new(house.lake, ACME, SOUND) == Extracted(read=2)
    better = replace(SOUND, version=SOUND.version + 1)
    assert extract_new(house.lake, ACME, better) == Extracted(read=2)
    assert sorted(row["extractor_version"] for row in house.found()) == [
        *[SOUND.version] * 2,
        *[better.version] * 2,
    ]


def test_the_companys_own_name_stays_in_what_is_read(house: House):
    house.send("Hablé con Acme, con Yurleidy Paternina".encode(), kind="text/plain")
    extract_new(house.lake, ACME, NOTES)
    (row,) = house.found(extractor=NOTES)
    assert row["text"] == "Hablé con Acme, con [NOMBRE]"


def test_a_version_that_finds_more_gives_the_table_its_columns(house: House):
    house.send(b"Una nota", kind="text/plain")
    extract_new(house.lake, ACME, NOTES)
    ref, (row,) = table_of(house.lake, ACME, NOTES), house.found(extractor=NOTES)
    (told,) = newest(house.lake, ref, {row["object_id"]}, ("text", "language")).values()
    assert told["text"] == "Una nota" and "language" not in told
    more = NOTES.columns.append(pa.field("language", pa.string()))

    def read(content: bytes, own: Own) -> Mapping[str, object]:
        return dict(NOTES.read(content, own)) | {"language": "es"}

    extract_new(house.lake, ACME, replace(NOTES, version=2, columns=more, read=read))
    every = [(row["extractor_version"], row["language"]) for row in house.found(extractor=NOTES)]
    assert sorted(every) == [(1, None), (2, "es")]


def test_what_cannot_be_read_is_told_and_not_tried_again(house: House):
    noise = recording(250)

    def read(content: bytes, own: Own) -> Mapping[str, object]:
        if content == noise:
            raise InvalidUpload("sandbox.refused", tool="ffmpeg")
        return SOUND.read(content, own)

    strict = replace(SOUND, read=read)
    house.send(noise, recording(200))
    assert extract_new(house.lake, ACME, strict) == Extracted(read=1, unreadable=1)
    assert extract_new(house.lake, ACME, strict) == Extracted()
    (broken,) = (row for row in house.found() if row["problem"])
    assert (broken["problem"], broken["quality"]) == ("sandbox.refused", None)


def test_what_was_read_before_the_reader_failed_is_kept(house: House):
    sounds = recording(200), recording(250)
    _, noise = sorted(sounds, key=lambda one: sha256(one).hexdigest())  # as files are read

    def read(content: bytes, own: Own) -> Mapping[str, object]:
        if content == noise:
            raise OperatorError("transcripts.away", host="away.example")
        return SOUND.read(content, own)

    house.send(*sounds)
    with pytest.raises(OperatorError):
        extract_new(house.lake, ACME, replace(SOUND, read=read))
    assert len(house.found()) == 1
    assert extract_new(house.lake, ACME, SOUND) == Extracted(read=1)


def test_a_run_that_took_its_time_leaves_the_rest_to_the_next(house: House):
    house.send(recording(200), recording(250))
    assert extract_new(house.lake, ACME, SOUND, most_seconds=0) == Extracted(left=2)
    assert extract_new(house.lake, ACME, SOUND) == Extracted(read=2)


def test_what_is_erased_while_it_is_read_leaves_no_row(house: House):
    house.send(recording(200))

    def read(content: bytes, own: Own) -> Mapping[str, object]:
        house.forget_customer()
        return SOUND.read(content, own)

    extract_new(house.lake, ACME, replace(SOUND, read=read))
    assert house.found() == []


def test_what_another_masker_masked_is_read_again(house: House):
    house.send(b"Soy Mar\xc3\xada", kind="text/plain")
    assert extract_new(house.lake, ACME, NOTES) == Extracted(read=1)

    def of_before(content: bytes, own: Own) -> Mapping[str, object]:
        return dict(NOTES.read(content, own)) | {"masker_version": "0", "text": "Soy María"}

    earlier = replace(NOTES, version=NOTES.version + 1, read=of_before)
    extract_new(house.lake, ACME, earlier)
    assert extract_new(house.lake, ACME, replace(earlier, read=NOTES.read)) == Extracted(read=1)
    told = [row["text"] for row in house.found(extractor=NOTES)]
    assert told == ["Soy [NOMBRE]"] * 2


def test_files_of_other_kinds_are_left_alone(house: House):
    house.send(b"una nota", kind="text/plain")
    assert extract_new(house.lake, ACME, SOUND) == Extracted()
    assert house.found() == []


def test_what_was_found_goes_with_the_last_incident_and_comes_back_with_the_file(house: House):
    house.send(recording(200))
    extract_new(house.lake, ACME, SOUND)
    assert forget_gone(house.lake, ACME) == {}
    house.forget_customer()
    assert forget_gone(house.lake, ACME) == {table_of(house.lake, ACME, SOUND): 1}
    assert house.found() == []
    house.send(recording(200))
    assert extract_new(house.lake, ACME, SOUND) == Extracted(read=1)
    assert len(house.found()) == 1


def test_a_hold_on_a_person_keeps_what_came_from_them_and_what_was_heard_in_it(house: House):
    house.send(recording(200))
    extract_new(house.lake, ACME, SOUND)
    opened_at = utc_now() - timedelta(days=366 * 11)
    with house.lake.store.session() as session:
        session.execute(update(IncidentRow).values(opened_at=opened_at))
    keys = house.lake.keys.of(ACME)
    mark = keys.mark("person", token(CUSTOMER, keys.token_key))
    hold = place_hold(house.lake.store, OFFICER, ACME, reason="r", person_mark=mark)
    due = {(due.place, due.count, due.kept) for due in plan_retention(house.lake, ACME)}
    assert due == {("store.incidents", 0, 1), ("audio", 0, 1)}
    assert run_retention(house.lake, ACME, OFFICER) is None
    assert len(house.found()) == 1
    lift_hold(house.lake.store, OFFICER, ACME, hold.id)
    assert run_retention(house.lake, ACME, OFFICER) is not None
    assert house.found() == []


def test_an_incident_sounds_as_its_longest_recording_does(house: House):
    house.send(recording(200), recording(250, SECONDS // 2))
    assert join_sounds(house.lake, ACME) == 0
    extract_new(house.lake, ACME, SOUND)
    assert join_sounds(house.lake, ACME) == 1
    ref = sound_ref(house.lake, ACME)
    (row,) = house.lake.arrow(ref).to_pylist()
    (longest,) = (one for one in house.found() if one["seconds"] == SECONDS)
    assert (row["seconds"], row["quality"]) == (SECONDS, longest["quality"])
    assert 0 <= row["silence_share"] < 1
    assert row["talk_share"] == pytest.approx(0.5, abs=0.1)
    version = house.lake.version(ref)
    assert (join_sounds(house.lake, ACME), house.lake.version(ref)) == (1, version)
    person = token("1010001277", house.lake.keys.of(ACME).token_key)
    assert row["person_token"] == person
    forget_incidents(house.lake.store, ACME, tokens={person})
    assert (join_sounds(house.lake, ACME), house.lake.arrow(ref).num_rows) == (0, 0)


def test_tenants_files_stay_apart_under_names_of_their_own(house: House):
    for tenant in (ACME, GLOBEX):
        house.send(recording(200), tenant=tenant)
        extract_new(house.lake, tenant, SOUND)
    (acme,), (globex,) = house.found(ACME), house.found(GLOBEX)
    assert acme["object_id"] != globex["object_id"]
    assert acme["quality"] == globex["quality"]


def looked_at(content: bytes, own: Own) -> Mapping[str, object]:
    """Return what an image's row says without its words, which take their time."""
    picture = opened(content)
    return {"hash": perceptual_hash(picture), "contrast": look(picture).contrast}


LOOKED = Extractor("image", 1, ("image/",), COLUMNS, looked_at)
"""What reads photos without their words, which take their time."""


def test_a_photo_that_was_sent_again_smaller_is_known_by_the_first(house: House):
    first, again, other = as_file(scene(1)), as_file(scene(1).resize((320, 240))), as_file(scene(2))
    numbers = [house.send(one, kind="image/png") for one in (first, again, other)]
    assert extract_new(house.lake, ACME, LOOKED) == Extracted(read=3)
    hashes = [sha256(one).hexdigest() for one in (first, again, other)]
    names = [house.lake.objects.name(ACME, one) for one in hashes]
    near = near_duplicates_of(house.lake, ACME, names)
    assert [list(near[name]) for name in names] == [[names[1]], [names[0]], []]
    ((before,),) = seen_before(house.lake, ACME, numbers[1], hashes).values()
    assert (before.incident_id, before.is_same) == (numbers[0], False)
    assert seen_before(house.lake, ACME, numbers[0], hashes) == {hashes[0]: ()}


def test_the_incident_says_with_which_earlier_one_its_photo_came_to_this_company(house: House):
    photo = as_file(scene(1))
    house.send(photo, kind="image/png", tenant=GLOBEX)
    first, second = (house.send(photo, kind="image/png") for _ in range(2))
    (told,) = house.get(first).json["attachments"]
    assert (told["came_before"], told["label"], told["label_probability"]) == ([], None, None)
    (told,) = house.get(second).json["attachments"]
    (before,) = told["came_before"]
    assert (before["incident_id"], before["is_same"]) == (first, True)


def test_a_case_is_told_although_what_was_read_of_its_photos_cannot_be(house: House):
    number = house.send(as_file(scene(1)), kind="image/png")
    extract_new(house.lake, ACME, LOOKED)
    table = Path(table_of(house.lake, ACME, LOOKED).path)
    next(table.glob("_delta_log/*.json")).write_text("{")
    with pytest.raises(OperatorError):
        near_duplicates_of(house.lake, ACME, ["any"])
    answer = house.get(number)
    assert answer.status_code == 200, answer.json
    assert answer.json["attachments"][0]["came_before"] == []


def test_two_receipts_that_look_alike_are_two_where_they_say_another_total(house: House):
    totals = {1: (10, 10), 2: (10, None), 3: (10, 20)}
    photos = {
        as_file(scene(seed).resize((wide, 240))): total
        for seed, pair in totals.items()
        for wide, total in zip((320, 330), pair, strict=True)
    }

    def read(content: bytes, own: Own) -> Mapping[str, object]:
        total = photos[content]
        return dict(looked_at(content, own)) | {"total": total and Decimal(total)}

    for start in range(0, len(photos), 3):
        house.send(*list(photos)[start : start + 3], kind="image/png")
    extract_new(house.lake, ACME, replace(LOOKED, read=read))
    names = [house.lake.objects.name(ACME, sha256(one).hexdigest()) for one in photos]
    near = near_duplicates_of(house.lake, ACME, names[::2])
    assert [list(found) for found in near.values()] == [[names[1]], [names[3]], []]


def test_a_photo_of_no_use_is_asked_for_again_in_the_language_of_who_sent_it(house: House):
    blurred = as_file(scene().filter(ImageFilter.GaussianBlur(6)), "JPEG")
    dark = as_file(ImageEnhance.Brightness(scene()).enhance(0.05), "JPEG")
    page = as_file(picture(("FACTURA DE VENTA", "Ventilador industrial", "TOTAL  10.200")), "JPEG")
    files = [(f"{n}.jpg", "image/jpeg", one) for n, one in enumerate((blurred, dark, page))]
    told = house.post(*files, ("nota.txt", "text/plain", b"Una nota")).json["attachments"]
    asked = [one["repeat"] for one in told]
    assert asked[0].startswith("La foto está borrosa, por favor repita")
    assert asked[1].startswith("La foto está muy oscura")
    assert asked[2:] == [None, None]
    (told, *_) = house.post(*files[:1], tenant=GLOBEX).json["attachments"]
    assert told["repeat"].startswith("The photo is blurred")

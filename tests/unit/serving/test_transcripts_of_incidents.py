"""What was said in recordings of incidents: taken from beside them, or made, and redacted."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import update

from foundation.clock import utc_now
from foundation.errors import Conflict, InvalidRequest, OperatorError
from foundation.settings import Settings
from foundation.texts import LANGUAGES, Language, text
from ingestion.extractors.audio.table import join_sounds, sound_ref
from ingestion.extractors.gone import forget_gone
from ingestion.extractors.run import Extracted, extract_new
from ingestion.extractors.transcripts.chosen import transcriber_of
from ingestion.extractors.transcripts.endpoint import Endpoint
from ingestion.extractors.transcripts.transcribers import Vosk
from ingestion.media.sound import decoded
from operations.conversation.files import case_files
from operations.conversation.opening import open_sound
from operations.incidents.keeping import store_files
from operations.transcripts.beside import transcript_among
from operations.transcripts.state import STATES, State, TranscriptState, states_of
from operations.transcripts.table import transcript_extractor
from tenancy.actor import Actor
from tenancy.api_keys import issue_key
from tenancy.incident_files import FILES, contents_of, files_of
from tenancy.incident_tables import AttachmentRow
from tenancy.screen_texts import phrases_in, save_screen_text
from tenancy.tenant import Tenant
from tests.incident_files import ACME, GLOBEX, SOUND, STAFF, House, house_at, recording

CALL = ("llamada.wav", "audio/wav", recording(200))
SAID = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Agente>Buenos días, con Acme

00:00:05.000 --> 00:00:08.000
<v Cliente>Mi cédula es 1.023.456.789
"""
MANAGER = Actor("user:boss", "user", "acme", frozenset({"manager"}))
BESIDE = ("llamada.vtt", "text/vtt", SAID.encode())


@pytest.fixture
def house(tmp_path: Path, blank_installation: Callable[[Path], Settings]) -> Iterator[House]:
    with house_at(blank_installation(tmp_path / "data")) as opened:
        yield opened


def transcripts(house: House) -> tuple[Extracted, list[dict[str, Any]]]:
    """Return what a run finds, and the rows that there are then."""
    extractor = transcript_extractor(house.lake, ACME)
    return extract_new(house.lake, ACME, extractor), house.found(extractor=extractor)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["call.wav", "call.txt"], 1),
        (["CALL.WAV", "nota.txt", "call.wav.srt"], 2),
        (["call.wav", "nota.txt"], None),
        (["call.wav", "otra.json"], 1),
        (["call.wav", "second.wav", "otra.srt"], None),
        (["call.wav", "second.wav", "second.srt", "call.srt"], 3),
        (["call.wav", "call.png"], None),
        (["call.wav", "call.txt", "call.srt"], 2),
        (["call.wav", "otra.json", "mas.json"], 2),
    ],
)
def test_which_file_is_a_recordings_transcript(files: list[str], found: int | None):
    kinds = {"wav": "audio/wav", "txt": "text/plain", "json": "text/plain", "srt": "text/plain"}
    named = [(name, kinds.get(name.lower().rpartition(".")[2], "image/png")) for name in files]
    assert transcript_among(named, 0) == found


def test_a_transcript_beside_its_recording_becomes_turns_without_what_is_personal(house: House):
    house.send_files(CALL, ("nota.txt", "text/plain", b"Una nota"), BESIDE)
    done, (row,) = transcripts(house)
    assert done == Extracted(read=1)
    assert (row["state"], row["source"], row["untimed"]) == ("supplied", "webvtt", 0)
    first, second = row["turns"]
    assert (first["speaker"], first["text"]) == ("Agente", "Buenos días, con Acme")
    assert (first["start_seconds"], first["end_seconds"], first["channel"]) == (1, 4, None)
    assert second["text"] == "Mi cédula es [DOCUMENTO]"
    assert row["spans"] == [{"start_seconds": 5.0, "end_seconds": 8.0, "channel": None}]
    assert transcripts(house)[0] == Extracted()


def test_how_much_of_the_companys_greeting_was_said_is_told(house: House):
    greeting = "Buenos días, gracias por llamar a {company}"
    save_screen_text(
        house.lake.store, MANAGER, ACME, name="greeting", language="es", words=greeting
    )
    house.send_files(CALL, BESIDE)
    _, (row,) = transcripts(house)
    assert row["greeting_share"] == 0.5
    assert row["closing_share"] == 0.0


def test_phrases_count_once_and_too_many_are_said_to_be_phrases(house: House):
    assert phrases_in("Hola\n\n Hola \nAdiós") == ("Hola", "Adiós")
    with pytest.raises(InvalidRequest) as refused:
        save_screen_text(
            house.lake.store, MANAGER, ACME, name="phrases", language="es", words="x" * 1001
        )
    assert refused.value.say("es").startswith("Las frases que se deben decir suman más de 1")


def state_of_call(house: House, number: str) -> State:
    files = files_of(house.lake.store, ACME, number)
    return states_of(house.lake, ACME, files)[0].state


def test_a_transcript_mended_and_sent_again_is_the_one_that_is_read(house: House):
    name, kind, _ = BESIDE
    number = house.send_files(CALL, (name, kind, b"WEBVTT\n\n00:09.000 --> 00:02.000\nHola"))
    transcripts(house)
    assert state_of_call(house, number) == "failed"
    secret = issue_key(house.lake.store, STAFF, ACME, ["score"]).secret
    body = {"name": name, "media_type": kind, "content": base64.b64encode(BESIDE[2]).decode()}
    told = house.client.post(
        f"/v1/incidents/{number}/transcripts", json=body,
        headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    assert told.json["attachments"][0]["transcript"]["state"] == "waiting"
    store_files(house.lake, ACME)
    assert transcripts(house)[1][0]["state"] == "supplied"
    assert state_of_call(house, number) == "read"


def test_the_last_transcript_sent_is_read_though_it_came_before_another(house: House):
    number = house.send_files(CALL, BESIDE)
    for content, turns in ((b"WEBVTT\n\n00:01.000 --> 00:02.000\nHola", 1), (BESIDE[2], 2)):
        assert add_late(house, number, content=content) == ""
        store_files(house.lake, ACME)
        assert len(transcripts(house)[1][0]["turns"]) == turns
    assert add_late(house, number) == "" and len(files_of(house.lake.store, ACME, number)) == 4


def test_what_the_companys_phrases_and_the_call_say_reaches_gold(house: House):
    phrases = "Buenos días, con Acme\nSu llamada será grabada"
    save_screen_text(house.lake.store, MANAGER, ACME, name="phrases", language="es", words=phrases)
    house.send_files(CALL, BESIDE)
    extract_new(house.lake, ACME, SOUND)
    assert join_sounds(house.lake, ACME) == 1
    _, (row,) = transcripts(house)
    assert [one["is_said"] for one in row["phrases"]] == [True, False]
    join_sounds(house.lake, ACME)
    (told,) = house.lake.arrow(sound_ref(house.lake, ACME)).to_pylist()
    assert told["phrases_share"] == row["phrases_share"] == 0.5
    assert [told[f"sentiment_quarter_{n}"] for n in (1, 2, 3, 4)] == row["sentiment"]
    assert row["sentiment"][1] is not None and row["sentiment"][0] is None, "the agent's alone"


def test_a_transcript_that_comes_later_makes_the_calls_row_again(house: House):
    number = house.send_files(CALL)
    assert transcripts(house)[0] == Extracted(read=1)
    assert state_of_call(house, number) == "none"
    house.send_files(CALL, ("nota.txt", "text/plain", b"Una nota"))
    assert transcripts(house)[0] == Extracted(read=1), "a note may be a transcript"
    house.send_files(CALL, BESIDE)
    done, (row,) = transcripts(house)
    assert (done, row["state"], len(row["turns"])) == (Extracted(read=1), "supplied", 2)
    assert state_of_call(house, number) == "read"
    assert transcripts(house)[0] == Extracted()


def test_a_transcript_is_added_to_its_case_once(house: House):
    number = house.send_files(CALL)
    transcripts(house)
    name, kind, content = BESIDE
    body = {"name": name, "media_type": kind, "content": base64.b64encode(content).decode()}
    secret = issue_key(house.lake.store, STAFF, ACME, ["score"]).secret
    asked = {"Authorization": f"Bearer {secret}"}
    way = f"/v1/incidents/{number}/transcripts"
    for _ in range(2):
        told = house.client.post(way, json=body, headers=asked)
        assert [one["name"] for one in told.json["attachments"]] == ["llamada.wav", name]
        assert told.json["attachments"][0]["transcript"]["state"] == "waiting"
    store_files(house.lake, ACME)
    done, (row,) = transcripts(house)
    assert (done, row["state"], len(row["turns"])) == (Extracted(read=1), "supplied", 2)
    assert state_of_call(house, number) == "read"
    note = body | {"name": "nota.txt", "media_type": "text/plain"}
    refused = house.client.post(way, json=note, headers=asked)
    assert refused.json["error"]["key"] == "transcripts.of_no_recording"
    word = body | {"name": "llamada.doc"}
    refused = house.client.post(way, json=word, headers=asked)
    assert refused.json["error"]["message"].endswith("txt, eml, vtt, srt, json.")
    photo = body | {"media_type": "image/png"}
    assert house.client.post(way, json=photo, headers=asked).status_code == 422


def add_late(
    house: House,
    number: str,
    name: str = BESIDE[0],
    *,
    content: bytes = BESIDE[2],
    tenant: Tenant = ACME,
    scope: str = "score",
) -> str:
    """Add a transcript to an incident; returns what was said against it."""
    sent = base64.b64encode(content).decode()
    secret = issue_key(house.lake.store, STAFF, tenant, [scope]).secret
    answer = house.client.post(
        f"/v1/incidents/{number}/transcripts",
        json={"name": name, "media_type": BESIDE[1], "content": sent},
        headers={"Authorization": f"Bearer {secret}"},
    )
    return "" if answer.status_code == 200 else str(answer.json["error"]["key"])


def test_a_late_transcript_is_taken_only_where_it_is_going_to_be_read(house: House):
    note = ("nota.txt", "text/plain", b"Una nota")
    silent, two = house.send_files(note), house.send_files(CALL, ("otra.wav", *CALL[1:]))
    full = house.send_files(CALL, *((f"{n}.txt", *note[1:]) for n in range(4)))
    named = house.send_files(CALL, BESIDE)
    assert add_late(house, named, "otra.vtt") == "transcripts.of_no_recording", "a name counts more"
    assert add_late(house, silent) == "transcripts.of_no_recording"
    assert add_late(house, two, "de-quien.vtt") == "transcripts.of_no_recording"
    assert add_late(house, two, "otra.vtt") == ""
    assert add_late(house, two, "otra.wav.vtt") == "", "the last one counts"
    assert add_late(house, full) == "incidents.too_many_files"
    with house.lake.store.session() as session:  # as when the period of the sound is over
        session.execute(update(AttachmentRow).values(gone_at=utc_now()))
    assert add_late(house, two, "llamada.vtt") == "transcripts.of_no_recording"


def test_nobody_else_adds_a_transcript_nor_anybody_to_what_was_erased(house: House):
    number = house.send_files(CALL)
    assert add_late(house, number, tenant=GLOBEX) == "incidents.no_incident"
    assert add_late(house, number, scope="read") == "tenancy.not_allowed"
    assert add_late(house, number) == ""
    house.forget_customer()
    assert add_late(house, number) == "incidents.no_incident"
    assert store_files(house.lake, ACME) == 0
    assert contents_of(house.lake.store, ACME) == frozenset(), "it goes before it was stored"


def test_a_transcript_still_on_its_way_is_read_when_it_is_there(house: House):
    house.post(CALL, BESIDE)
    note = (CALL[2], BESIDE[2])
    store_files(house.lake, ACME)
    with house.lake.store.session() as session:  # as if it were stored by the next run
        late = AttachmentRow.sha256 == hashlib.sha256(note[1]).hexdigest()
        session.execute(update(AttachmentRow).where(late).values(stored_at=None))
    house.lake.objects.delete(ACME, FILES, hashlib.sha256(note[1]).hexdigest())
    assert [row["state"] for row in transcripts(house)[1]] == ["none"]
    house.lake.objects.put(ACME, FILES, note[1])
    with house.lake.store.session() as session:
        session.execute(update(AttachmentRow).where(late).values(stored_at=utc_now()))
    assert [row["state"] for row in transcripts(house)[1]] == ["supplied"]


def test_the_service_says_in_words_how_it_stands_with_each_transcript(house: House):
    broken = ("otra.json", "application/json", json.dumps({"x": 1}).encode())
    told = house.post(CALL, BESIDE, ("otra.wav", "audio/wav", recording(250)), broken)
    number = told.json["incident_id"]
    assert [
        one["transcript"] and one["transcript"]["state"] for one in told.json["attachments"]
    ] == ["waiting", None, "waiting", None]
    store_files(house.lake, ACME)
    transcripts(house)
    secret = issue_key(house.lake.store, STAFF, ACME, ["read"]).secret
    asked = {"Authorization": f"Bearer {secret}"}
    found = house.client.get(f"/v1/incidents/{number}", headers=asked).json["attachments"]
    read, _, failed, _ = (one["transcript"] for one in found)
    assert read == {"state": "read", "message": "La transcripción de la grabación ya se leyó."}
    assert failed["state"] == "failed" and failed["message"].endswith("junto a la grabación.")
    shape = house.client.get("/openapi.json").json["components"]["schemas"]["TranscriptSaid"]
    assert shape["properties"]["state"]["enum"] == list(STATES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_every_state_is_a_sentence(state: State, language: Language):
    assert TranscriptState(state).say(language).endswith(".")
    assert TranscriptState("failed", "sound.empty").say(language) == text("sound.empty", language)


def test_who_listens_hears_no_personal_data(house: House):
    number = house.send_files(CALL, BESIDE)
    transcripts(house)
    call, _ = case_files(house.lake, ACME, number)
    heard = decoded(open_sound(house.lake, ACME, MANAGER, call).content)
    samples, rate = np.abs(heard.channels).max(axis=0), heard.rate
    assert samples[: 4 * rate].max() > 0.05
    assert samples[5 * rate : 8 * rate].max() < 0.001
    assert samples[9 * rate :].max() > 0.05


def test_without_seconds_to_silence_nobody_listens(house: House):
    number = house.send_files(CALL, ("llamada.txt", "text/plain", b"Soy Mar\xc3\xada"))
    transcripts(house)
    call = case_files(house.lake, ACME, number)[0]
    with pytest.raises(Conflict) as refused:
        open_sound(house.lake, ACME, MANAGER, call)
    assert refused.value.key == "transcripts.not_redacted"


def test_a_call_without_transcript_says_so_until_somebody_makes_one(house: House):
    house.send_files(CALL)
    _, (row,) = transcripts(house)
    assert (row["state"], row["turns"], row["problem"]) == ("none", [], None)
    assert transcripts(house)[0] == Extracted()
    house.lake.settings = replace(house.lake.settings, transcriber="http://127.0.0.1:9/v1#small")
    with pytest.raises(OperatorError) as away:
        transcripts(house)
    assert away.value.key == "transcripts.away"
    house.lake.settings = replace(house.lake.settings, transcriber="")
    assert transcripts(house)[0] == Extracted()


def test_a_broken_transcript_is_told_with_its_reason(house: House):
    house.send_files(CALL, ("llamada.json", "application/json", json.dumps({"x": 1}).encode()))
    done, (row,) = transcripts(house)
    assert (done, row["problem"]) == (Extracted(unreadable=1), "transcripts.unreadable")


def test_a_transcript_goes_with_its_recording(house: House):
    house.send_files(CALL, BESIDE)
    transcripts(house)
    house.forget_customer()
    assert list(forget_gone(house.lake, ACME).values()) == [1]
    assert contents_of(house.lake.store, ACME) == frozenset()


def test_who_transcribes_is_a_setting(tmp_path: Path):
    key = tmp_path / "key"
    key.write_text("secret\n")
    at_home = Settings.at(tmp_path / "data")
    assert transcriber_of(at_home, "es") is None
    assert transcriber_of(replace(at_home, transcriber="vosk:/m/es"), "es") == Vosk(Path("/m/es"))
    away = replace(at_home, transcriber="https://host/v1#large", transcriber_key_file=key)
    assert transcriber_of(away, "en") == Endpoint("https://host/v1", "large", "secret", "en")

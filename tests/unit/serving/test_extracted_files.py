"""What extractors find in files of incidents becomes a table: once a file, and gone with it."""

import base64
import io
import wave
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from foundation.errors import InvalidUpload
from foundation.settings import Settings
from ingestion.extractors.audio.table import join_sounds, sound_ref
from ingestion.extractors.registry import EXTRACTORS, Extractor
from ingestion.extractors.run import Extracted, extract_new, forget_gone, table_of
from ingestion.tokens import token
from lakehouse.lake import Lake
from operations.incidents.attachments import store_files
from serving.app import create_app
from tenancy.api_keys import issue_key
from tenancy.incident_endings import forget_incidents
from tenancy.incident_files import FILES, contents_of
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.unit.serving.conftest import ACME, GLOBEX, STAFF

RATE, SECONDS = 8_000, 12
SOUND = next(one for one in EXTRACTORS if one.name == "audio")


def recording(hertz: float, seconds: int = SECONDS) -> bytes:
    """Return a call of two sides as WAV: one hums for half of the time, then the other."""
    times = np.arange(RATE * seconds) / RATE
    hum = 0.3 * np.sin(2 * np.pi * hertz * times) * (np.sin(2 * np.pi * 3 * times) > 0)
    first = times < seconds / 2
    sides = np.stack([np.where(first, hum, 0.0), np.where(first, 0.0, hum)], axis=1)
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sides * 32767).astype("<i2").tobytes())
    return written.getvalue()


@dataclass(frozen=True)
class House:
    """An installation to which files come with incidents."""

    lake: Lake
    client: FlaskClient

    def send(self, *contents: bytes, tenant: Tenant = ACME, kind: str = "audio/wav") -> None:
        """Register an incident with files, and bring them to the lake."""
        secret = issue_key(self.lake.store, STAFF, tenant, ["score"]).secret
        files = [
            {"name": "a", "media_type": kind, "content": base64.b64encode(one).decode()}
            for one in contents
        ]
        body = {"customer_id": "1010001277", "text": "Se corta", "attachments": files}
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": secret}
        answer = self.client.post("/v1/incidents", json=body, headers=headers)
        assert answer.status_code == 201, answer.json
        store_files(self.lake, tenant)

    def found(self, tenant: Tenant = ACME, extractor: Extractor = SOUND) -> list[dict[str, object]]:
        ref = table_of(self.lake, tenant, extractor)
        return self.lake.arrow(ref).to_pylist() if self.lake.exists(ref) else []


@pytest.fixture
def house(tmp_path: Path, blank_installation: Callable[[Path], Settings]) -> Iterator[House]:
    settings = blank_installation(tmp_path / "data")
    with Lake.open(settings) as lake:
        Keyring(settings, lake.store).create_master()
        for tenant in (ACME, GLOBEX):
            create_tenant(lake.store, STAFF, tenant)
        yield House(lake, create_app(settings, lake).test_client())


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
    assert sorted(row["extractor_version"] for row in house.found()) == [1, 1, 2, 2]


def test_what_cannot_be_read_is_told_and_not_tried_again(house: House):
    noise = recording(250)

    def read(content: bytes) -> Mapping[str, object]:
        if content == noise:
            raise InvalidUpload("sandbox.refused", tool="ffmpeg")
        return SOUND.read(content)

    strict = replace(SOUND, read=read)
    house.send(noise, recording(200))
    assert extract_new(house.lake, ACME, strict) == Extracted(read=1, unreadable=1)
    assert extract_new(house.lake, ACME, strict) == Extracted()
    (broken,) = (row for row in house.found() if row["problem"])
    assert (broken["problem"], broken["quality"]) == ("sandbox.refused", None)


def test_files_of_other_kinds_are_left_alone(house: House):
    house.send(b"una nota", kind="text/plain")
    assert extract_new(house.lake, ACME, SOUND) == Extracted()
    assert house.found() == []


def test_what_was_found_goes_with_the_last_incident_and_comes_back_with_the_file(house: House):
    house.send(recording(200))
    extract_new(house.lake, ACME, SOUND)
    assert forget_gone(house.lake, ACME) == {}
    person = token("1010001277", house.lake.keys.of(ACME).token_key)
    assert forget_incidents(house.lake.store, ACME, tokens={person}) == 1
    house.lake.objects.keep_only(ACME, FILES, contents_of(house.lake.store, ACME))
    assert forget_gone(house.lake, ACME) == {"extract_audio": 1}
    assert house.found() == []
    house.send(recording(200))
    assert extract_new(house.lake, ACME, SOUND) == Extracted(read=1)
    assert len(house.found()) == 1


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

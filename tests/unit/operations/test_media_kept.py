"""Attachments in the object store: each content once, in the form of the policy, and whole."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from deltalake.exceptions import DeltaError
from sqlalchemy import update

from benchmarks.multimodal.attachments_child import register
from benchmarks.multimodal.hostile_files import clean, wav
from foundation.clock import utc_now
from foundation.errors import NotFound
from foundation.settings import Settings
from ingestion.extractors.registry import EXTRACTORS
from ingestion.extractors.run import extract_new, table_of
from ingestion.media.integrity import verify
from ingestion.media.sound import decoded
from ingestion.retention import plan_retention, run_retention
from lakehouse.lake import Lake
from lakehouse.places import place_at
from operations.incidents.keeping import store_files
from tenancy.actor import Actor
from tenancy.holds import lift_hold, place_hold
from tenancy.incident_files import FILES, contents_of, files_of, stored_contents
from tenancy.incident_tables import IncidentRow
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant

ACME = Tenant("acme", "Acme S. A. S.", "telecom")
STAFF = Actor("staff:tests", "staff", None, frozenset({"manager"}))
OFFICER = Actor("user:officer", "user", "acme", frozenset({"privacy_officer"}))
NOTE = ("nota.txt", "text/plain", b"El pedido no ha llegado.")
CALL = ("voz.wav", "audio/wav", wav(seconds=4))


@pytest.fixture
def lake(tmp_path: Path, blank_installation: Callable[[Path], Settings]) -> Iterator[Lake]:
    settings = replace(blank_installation(tmp_path / "data"), opus_kilobits=16)
    with Lake.open(settings) as opened:
        Keyring(settings, opened.store).create_master()
        create_tenant(opened.store, STAFF, ACME)
        yield opened


def age(lake: Lake, incident_id: str, years: int) -> None:
    """Let an incident have been opened years ago."""
    opened_at = utc_now() - timedelta(days=366 * years)
    mine = IncidentRow.incident_id == incident_id
    with lake.store.session() as session:
        session.execute(update(IncidentRow).where(mine).values(opened_at=opened_at))


def test_a_recording_is_kept_as_opus_and_the_record_keeps_the_originals_hash(lake: Lake):
    register(lake, ACME, "I-1", [CALL, NOTE])
    assert store_files(lake, ACME) == 2
    call, note = files_of(lake.store, ACME, "I-1")
    kept = lake.objects.get(ACME, FILES, call.stored_as)
    assert call.stored_as != call.sha256
    assert kept.startswith(b"OggS") and b"OpusHead" in kept
    assert call.kept_bytes == len(kept) < call.size_bytes == len(CALL[2])
    assert decoded(kept).seconds == pytest.approx(4, abs=0.1)
    assert note.stored_as == note.sha256 and lake.objects.get(ACME, FILES, note.sha256) == NOTE[2]


def test_the_same_content_again_is_kept_once_whatever_the_policy_became(lake: Lake):
    register(lake, ACME, "I-1", [CALL, NOTE])
    store_files(lake, ACME)
    lake.settings = replace(lake.settings, opus_kilobits=0)
    register(lake, ACME, "I-2", [CALL, NOTE])
    store_files(lake, ACME)
    assert len(lake.objects.names(ACME, FILES)) == 2
    assert len(contents_of(lake.store, ACME)) == 2


def test_every_kind_that_cannot_become_opus_stays_as_it_came(lake: Lake):
    kinds = clean()
    files = [
        (*kinds[k][:1], t, kinds[k][1]) for k, t in (("png", "image/png"), ("ogg", "audio/ogg"))
    ]
    register(lake, ACME, "I-1", files)
    store_files(lake, ACME)
    assert all(one.kept_sha256 is None for one in files_of(lake.store, ACME, "I-1"))


def test_verification_tells_missing_damaged_and_orphaned_objects(lake: Lake):
    for n in range(4):
        register(lake, ACME, f"I-{n}", [("nota.txt", "text/plain", f"Nota {n}".encode())])
    store_files(lake, ACME)
    assert verify(lake, ACME).whole
    lost, damaged, *_ = sorted(contents_of(lake.store, ACME))
    lake.objects.delete(ACME, FILES, lost)
    place = place_at(lake.settings.objects_root)
    name = f"acme/{FILES}/{lake.objects.name(ACME, damaged)}"
    with place.open(name) as file:
        content = bytearray(file.read())
    content[-1] ^= 1
    place.replace(name, bytes(content))
    orphan = lake.objects.name(ACME, lake.objects.put(ACME, FILES, b"of nobody"))
    found = verify(lake, ACME)
    assert (found.objects, found.whole) == (4, False)
    assert (found.missing, found.corrupt, found.orphans) == ([lost], [damaged], [orphan])


def test_verification_goes_on_where_a_bounded_run_stopped(lake: Lake):
    for n in range(5):
        register(lake, ACME, f"I-{n}", [("nota.txt", "text/plain", f"Nota {n}".encode())])
    store_files(lake, ACME)
    began = utc_now()
    assert [verify(lake, ACME, 2, since=began).objects for _ in range(4)] == [2, 2, 1, 0]


def test_audio_goes_after_ten_years_and_a_hold_keeps_it(lake: Lake):
    second = ("voz.wav", "audio/wav", wav(seconds=5))
    register(lake, ACME, "old", [CALL, second])
    register(lake, ACME, "new", [CALL])
    store_files(lake, ACME)
    assert plan_retention(lake, ACME) == []
    age(lake, "old", 11)
    hold = place_hold(lake.store, OFFICER, ACME, reason="r", table="incidents")
    assert {(due.place, due.count) for due in plan_retention(lake, ACME)} == {
        ("store.incidents", 0),
        ("audio", 0),
    }
    lift_hold(lake.store, OFFICER, ACME, hold.id)
    assert ("audio", 2) in {(due.place, due.count) for due in plan_retention(lake, ACME)}
    shared, gone = (one.stored_as for one in files_of(lake.store, ACME, "old"))
    sound = next(one for one in EXTRACTORS if one.name == "audio")
    assert extract_new(lake, ACME, sound).read == 2
    receipt = run_retention(lake, ACME, OFFICER)
    assert lake.objects.exists(ACME, FILES, shared), "the new incident has it too"
    with pytest.raises(NotFound):
        lake.objects.get(ACME, FILES, gone)
    assert [one.sha256 for one in stored_contents(lake.store, ACME)] == [shared]
    heard = table_of(lake, ACME, sound)
    (kept,) = lake.arrow(heard)["object_id"].to_pylist()
    assert kept == lake.objects.name(ACME, shared), "what was heard in the other is gone"
    assert receipt is not None and receipt.places["silver.extract_audio"]["rows"] == 1
    with pytest.raises(DeltaError):
        lake.arrow(heard, version=lake.version(heard) - 1)


def test_what_an_erasure_forgets_while_it_is_encoded_is_not_stored(lake: Lake):
    register(lake, ACME, "old", [CALL])
    register(lake, ACME, "new", [NOTE])

    def forget(place: str) -> None:
        if place == "after:files.encoded":
            age(lake, "old", 11)
            run_retention(lake, ACME, OFFICER)

    assert store_files(lake, ACME, pause=forget) == 1
    assert len(lake.objects.names(ACME, FILES)) == 1
    assert verify(lake, ACME).orphans == []


def test_an_erasure_waits_for_the_note_of_what_was_just_stored(lake: Lake):
    register(lake, ACME, "old", [NOTE])
    store_files(lake, ACME)
    age(lake, "old", 11)
    register(lake, ACME, "new", [CALL])
    letting_go = Thread(target=run_retention, args=(lake, ACME, OFFICER))

    def begin(place: str) -> None:
        if place == "after:files.stored":
            letting_go.start()
            letting_go.join(0.3)

    assert store_files(lake, ACME, pause=begin) == 1
    letting_go.join()
    (call,) = files_of(lake.store, ACME, "new")
    assert decoded(lake.objects.get(ACME, FILES, call.stored_as)).seconds > 3
    assert files_of(lake.store, ACME, "old") == []

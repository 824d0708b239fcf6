"""Erasing a person takes what was said in their calls and stands in their files, wherever it is."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from foundation.settings import Settings
from ingestion.extractors.run import extract_new, table_of
from ingestion.persons import person_named
from ingestion.tokens import token
from lakehouse.search_folder import search_folder
from models.erasure import erase_person
from operations.search.follow import follow
from operations.search.question import Question
from operations.search.shelf import Shelf
from operations.transcripts.table import transcript_extractor
from tenancy.incident_files import FILES
from tests.incident_files import ACME, CUSTOMER, NOTES, House, house_at, recording
from tests.ingestion_lake import ACTOR_OFFICER as OFFICER
from tests.silver_rows import day, write_silver

pytestmark = pytest.mark.slow
SAID = "WEBVTT\n\n00:00:05.000 --> 00:00:08.000\nEl compresor vibra\n"
FILES_SENT = (
    ("llamada.wav", "audio/wav", recording(200)),
    ("llamada.vtt", "text/vtt", SAID.encode()),
    ("nota.txt", "text/plain", b"El embalaje estaba roto"),
)


@pytest.fixture
def house(tmp_path: Path, blank_installation: Callable[[Path], Settings]) -> Iterator[House]:
    with house_at(blank_installation(tmp_path / "data")) as opened:
        yield opened


def found(house: House, words: str) -> list[str]:
    follow(house.lake, ACME)
    index = Shelf(house.lake, ACME).index()
    assert index is not None
    return [hit.document.incident_id for hit in index.search(Question(words)).hits]


def test_what_was_found_in_files_of_an_erased_person_is_nowhere(house: House):
    lake, person = house.lake, token(CUSTOMER, house.lake.keys.of(ACME).token_key)
    number = house.send_files(*FILES_SENT)
    row = {"incident_id": number, "person_token": person, "opened_at": day(1), "text": "Se corta"}
    write_silver(lake, ACME, "incidents", [row])
    extractors = (NOTES, transcript_extractor(lake, ACME))
    for one in extractors:
        extract_new(lake, ACME, one)
    assert found(house, "compresor") == found(house, "embalaje") == [number]
    asked = person_named(lake, ACME, CUSTOMER)
    receipt = erase_person(lake, ACME, OFFICER, asked, request="PQR-118")
    for one in extractors:
        ref = table_of(lake, ACME, one)
        assert receipt.places[f"silver.{ref.name}"]["rows"] >= 1
        assert lake.arrow(ref).num_rows == 0
        left = b"".join(path.read_bytes() for path in Path(ref.path).glob("*.parquet"))
        assert b"compresor" not in left and b"embalaje" not in left
    assert lake.objects.names(ACME, FILES) == []
    assert found(house, "compresor") == found(house, "embalaje") == []
    files = (path for path in search_folder(lake, ACME).rglob("*") if path.is_file())
    assert not any(b"compresor" in path.read_bytes() for path in files)

"""What was said in a call, or stands in a file, is found with its place; and gone when it goes."""

import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from foundation.settings import Settings
from ingestion.extractors.gone import forget_gone
from ingestion.extractors.registry import EXTRACTORS
from ingestion.extractors.run import extract_new
from operations.search.document import Box
from operations.search.follow import Brought, follow
from operations.search.index import Hit
from operations.search.question import Question
from operations.search.shelf import Shelf
from operations.search.told import as_told
from operations.transcripts.table import transcript_extractor
from tests.conftest import require
from tests.drawn import as_file, pdf, picture
from tests.incident_files import ACME, House, house_at, recording
from tests.silver_rows import day, write_silver

SAID = """WEBVTT

00:00:02.000 --> 00:00:05.000
<v Agente>Buenos días

00:00:12.000 --> 00:00:15.000
<v Cliente>El compresor vibra; soy María Pérez
"""
CALL = ("llamada.wav", "audio/wav", recording(200))
BESIDE = ("llamada.vtt", "text/vtt", SAID.encode())
INVOICE = ("factura.pdf", "application/pdf", pdf(("FACTURA", "Ventilador industrial", "Fin")))
PHOTO = ("caja.png", "image/png", as_file(picture(("GARANTIA DEL EQUIPO", "Caja magullada"))))
NOTE = ("nota.txt", "text/plain", b"Lleg\xc3\xb3 con el embalaje roto")


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, blank_installation: Callable[[Path], Settings]
) -> Iterator[House]:
    with house_at(blank_installation(tmp_path_factory.mktemp("files") / "data")) as opened:
        yield opened


@pytest.fixture
def own_house(tmp_path: Path, blank_installation: Callable[[Path], Settings]) -> Iterator[House]:
    with house_at(blank_installation(tmp_path / "data")) as opened:
        yield opened


@pytest.fixture(scope="module")
def incident(house: House) -> str:
    """Register an incident with files that nobody has read yet, and bring it to silver."""
    return with_files(house)


def with_files(house: House) -> str:
    number = house.send_files(CALL, BESIDE, INVOICE, PHOTO, NOTE)
    silver(house, number)
    return number


def silver(house: House, *numbers: str) -> None:
    rows = [{"incident_id": one, "text": "Se corta", "opened_at": day(1)} for one in numbers]
    write_silver(house.lake, ACME, "incidents", rows, f"silver of {numbers}")


def read_files(house: House) -> None:
    for extractor in (*EXTRACTORS, transcript_extractor(house.lake, ACME)):
        if extractor.name == "image" and not shutil.which("tesseract"):
            continue
        if extractor.name != "audio":
            extract_new(house.lake, ACME, extractor)


def hits(house: House, words: str) -> list[Hit]:
    index = Shelf(house.lake, ACME).index()
    assert index is not None
    return index.search(Question(words)).hits


@pytest.fixture(scope="module")
def brought(house: House, incident: str) -> Brought:
    """Read the files, and return what of them came into the index, which lacked it before."""
    follow(house.lake, ACME)
    assert hits(house, "compresor") == []
    read_files(house)
    return follow(house.lake, ACME)


def test_the_words_of_files_are_found_with_their_place_as_soon_as_they_were_read(
    house: House, brought: Brought
):
    assert brought == Brought(added=1)
    ((said,),) = [hit.places for hit in hits(house, "compresor")]
    assert (said.source, said.second, said.box) == ("transcript", 12.0, None)
    ((seen,),) = [hit.places for hit in hits(house, "ventilador")]
    assert seen.source == "image" and seen.box is not None
    assert isinstance(seen.box, Box) and seen.box.width > 30 and seen.box.page == 0
    ((noted,),) = [hit.places for hit in hits(house, "embalaje")]
    assert (noted.source, noted.second, noted.box) == ("text", None, None)
    assert follow(house.lake, ACME) == Brought()


def test_the_index_names_files_by_the_tenants_key_and_an_answer_by_their_content(
    house: House, brought: Brought
):
    hashes = {sha256(content).hexdigest() for _, _, content in (CALL, BESIDE, INVOICE, NOTE)}
    found = hits(house, "compresor embalaje")
    objects = {place.part for hit in found for place in hit.places}
    assert len(objects) == 2 and not objects & hashes
    told = as_told(house.lake, ACME, house.lake.contract_of(ACME), found)
    assert {place.part for hit in told for place in hit.places} <= hashes
    assert next(hit.excerpt.part for hit in told if hit.excerpt) in hashes
    index = Shelf(house.lake, ACME).index()
    assert index is not None
    kept = repr(list(index.documents()))
    assert not [one for one in hashes if one in kept]


def test_a_word_in_a_photo_is_found_in_its_box(house: House, brought: Brought):
    require(shutil.which("tesseract"), "Tesseract")
    (hit,) = hits(house, "magullada")
    (place,) = hit.places
    assert place.source == "image" and place.box is not None
    assert 60 < place.box.left < 100 < place.box.left + place.box.width < 250
    assert place.box.top > 80, "it stands in the second line"


def test_a_transcript_is_found_once_though_it_came_as_a_file(house: House, brought: Brought):
    ((place,),) = [hit.places for hit in hits(house, "vibra")]
    assert place.source == "transcript"


def test_what_is_personal_in_a_file_is_not_found(house: House, brought: Brought):
    assert hits(house, "Pérez") == []


def test_what_was_found_in_files_goes_with_them(own_house: House):
    house, incident = own_house, with_files(own_house)
    read_files(house)
    follow(house.lake, ACME)
    house.forget_customer()
    names = {ref.name for ref in forget_gone(house.lake, ACME)}
    assert names >= {"extract_transcript", "extract_document", "extract_text"}
    follow(house.lake, ACME)
    for words in ("compresor", "ventilador", "embalaje", "magullada"):
        assert hits(house, words) == []
    assert [hit.document.incident_id for hit in hits(house, "corta")] == [incident]
    files = (path for path in Shelf(house.lake, ACME).folder.rglob("*") if path.is_file())
    silver(house)
    follow(house.lake, ACME)
    assert not any(b"compresor" in path.read_bytes() for path in files)

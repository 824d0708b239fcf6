"""Search over a real lake: what a company's files said is found, and what the law erased is not."""

import pytest

from cli.main import run
from ingestion.persons import person_named
from ingestion.retention import run_retention
from lakehouse.search_folder import search_folder
from models.erasure import erase_person
from models.tenant_end import erase_tenant
from operations.search.follow import Brought, follow, rebuild
from operations.search.question import Question
from operations.search.shelf import Shelf
from tests.ingestion_lake import ACTOR_OFFICER as OFFICER
from tests.ingestion_lake import TENANT, Door
from tests.integration.test_online_law import IN_ELEVEN_YEARS
from tests.integration.test_own_columns import STAFF

pytestmark = pytest.mark.slow
ID, OTHER = "1010001277", "1010001999"
ONE = f"I-1,{ID},2024-02-03,complaint,el módem quedó verdeoscuro; mi correo es ana@example.com,2"
TWO = f"I-2,{OTHER},2024-02-04,claim,la factura llegó errada,"


def sent(door: Door) -> None:
    """Send two customers, each with a case."""
    door.customers(f"{ID},Ana,2024-01-01,1,10,10,no", f"{OTHER},Luz,2024-01-01,1,10,10,no")
    door.incidents(ONE, TWO)


def found(door: Door, words: str) -> list[str]:
    follow(door.lake, TENANT)
    index = Shelf(door.lake, TENANT).index()
    assert index is not None
    return [hit.document.incident_id for hit in index.search(Question(words)).hits]


def on_disk(door: Door) -> bytes:
    files = search_folder(door.lake, TENANT).rglob("*")
    return b"".join(path.read_bytes() for path in files if path.is_file())


def test_texts_of_files_are_found_masked_and_followed(door: Door):
    sent(door)
    assert found(door, "modem") == ["I-1"]
    assert found(door, "ana@example.com") == []
    assert b"ana@example.com" not in on_disk(door)
    door.incidents(TWO.replace("errada", "corregida"), f"I-3,{ID},2024-02-05,claim,otra factura,")
    assert follow(door.lake, TENANT) == Brought(added=2)
    assert found(door, "corregida") == ["I-2"]
    assert rebuild(door.lake, TENANT) == Brought(added=3, whole=True)
    assert sorted(found(door, "factura")) == ["I-2", "I-3"]


def test_an_erased_person_is_gone_from_search_and_from_its_files(door: Door):
    sent(door)
    assert found(door, "verdeoscuro") == ["I-1"]
    assert b"verdeoscuro" in on_disk(door)
    asked = person_named(door.lake, TENANT, ID)
    receipt = erase_person(door.lake, TENANT, OFFICER, asked, request="PQR-118")
    assert receipt.places["search"]["files"] > 0
    assert on_disk(door) == b""
    assert found(door, "verdeoscuro") == []
    assert found(door, "factura") == ["I-2"]
    assert b"verdeoscuro" not in on_disk(door)


def test_what_retention_lets_go_is_gone_at_once(door: Door):
    sent(door)
    assert found(door, "factura") == ["I-2"]
    assert run_retention(door.lake, TENANT, OFFICER, IN_ELEVEN_YEARS) is not None
    assert on_disk(door) == b""
    assert found(door, "factura") == []


def test_nothing_is_left_of_a_tenant_that_ended(door: Door):
    sent(door)
    assert found(door, "factura") == ["I-2"]
    receipt = erase_tenant(door.lake, STAFF, TENANT, confirm=TENANT.name, request="C-9")
    assert receipt.places["search"]["items"] > 0
    assert not search_folder(door.lake, TENANT).exists()


def test_the_command_line_searches_and_makes_anew(door: Door, capsys: pytest.CaptureFixture[str]):
    sent(door)
    assert run(["search", TENANT.id, "facturra", "--from", "2024-02-01"], door.lake.settings) == 0
    said = capsys.readouterr().out
    assert "I-2" in said
    assert "2024-02-04" in said
    assert "I-1" not in said
    assert run(["search", "rebuild", TENANT.id], door.lake.settings) == 0
    assert "2" in capsys.readouterr().out
    assert run(["search", TENANT.id, "nada parecido"], door.lake.settings) == 0
    assert run(["search", TENANT.id], door.lake.settings) == 2
    assert run(["search", "rebuild"], door.lake.settings) == 2
    assert run(["search", "rebuild", "nobody"], door.lake.settings) == 2

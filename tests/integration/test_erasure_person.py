"""A person is erased: nothing of theirs is left in any byte, and everybody else's stays."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from foundation.errors import Held, InvalidRequest
from foundation.settings import Settings
from ingestion.gold.refine import refine
from ingestion.mapping import Mapping
from ingestion.persons import person_named, person_of_row
from lakehouse.commits import Commit
from models.erasure import erase_person
from tenancy.consents import Consent, save_consent
from tenancy.erasures import is_genuine
from tenancy.holds import lift_hold, place_hold
from tenancy.uploads import get_upload, list_uploads
from tests.ingestion_lake import ACTOR_OFFICER as OFFICER
from tests.ingestion_lake import TENANT, Door, free_leases, installation

pytestmark = pytest.mark.slow

EVERY = int(os.environ.get("ABCALL_TESTS_EVERY", "12"))
"""A kill at every twelfth boundary; ``ABCALL_TESTS_EVERY=1`` takes all of them (some minutes)."""

ID, NAME, PHONE = "1010001277", "Zoraida Quintanilla", "3005550101"
NEEDLES = (ID, "1.010.001.277", NAME, PHONE, "I-77")
HEADER = "id,name,phone,since,months,charge,total,left"
MAPPING = {
    "id": "customer_id",
    "name": "full_name",
    "phone": "phone",
    "since": "effective_at",
    "months": "tenure_months",
    "charge": "monthly_charge",
    "total": "total_charge",
    "left": "churned",
}


def fill(door: Door) -> None:
    """Send files that hold the person in every way: good, corrected, wrong, broken, referred to."""
    rows = [
        "1010001111,Ana Ruiz,3015550101,2024-01-01,1,10,10,no",
        f"1.010.001.277,{NAME},{PHONE},2024-01-01,1,10,10,no",
        "1010001999,Eva Gil,3025550101,2024-01-01,1,10,10,no",
    ]
    door.send(
        door.write([HEADER, *rows]), "customers", Mapping(MAPPING, "natural", None, "increment")
    )
    more = [
        f"CC {ID},{NAME},{PHONE},2024-02-01,2,10,20,no",
        f"{ID},{NAME},{PHONE},2024-03-01,many,10,20,no",
        f"{ID},{NAME},{PHONE},2024-03-01",
        "1010001999,Eva Gil,3025550101,2024-02-01,wrong,10,20,no",
        "1010001111,Ana Ruiz,3015550101,2024-02-01,2,10,20,no",
    ]
    door.send(
        door.write([HEADER, *more]), "customers", Mapping(MAPPING, "natural", None, "increment")
    )
    door.incidents(
        f"I-77,{ID},2024-02-03,complaint,no funciona,2",
        "I-78,1010001111,2024-02-04,claim,cobro doble,3",
    )
    replies = Mapping(
        {"r": "response_id", "caso": "incident_id", "t": "text"}, "natural", None, "increment"
    )
    lines = ["r,caso,t", "R-1,I-77,lo sentimos", "R-2,I-78,con gusto"]
    door.send(door.write(lines), "responses", replies)
    refine(door.lake, TENANT)
    write_scores(door)


def write_scores(door: Door) -> None:
    """Write what models write: features of everybody and their scores."""
    lake = door.lake
    tokens = lake.arrow(lake.ref(TENANT, "gold", "customer"), ["person_token"])["person_token"]
    persons = tokens.unique()
    features = pa.table({"entity_id": persons, "person_token": persons, "x": [1.0] * len(persons)})
    lake.writer.replace(lake.ref(TENANT, "features", "churn"), features, Commit("f"))
    scores = pa.table({"score_id": [f"s{n}" for n in range(len(persons))], "person_token": persons})
    lake.writer.append(lake.ref(TENANT, "gold", "score"), scores, Commit("s"))
    times = pa.table({"timing_id": scores["score_id"], "person_token": persons})
    lake.writer.append(lake.ref(TENANT, "gold", "timing"), times, Commit("t"))


def everything(door: Door) -> Iterator[tuple[str, str]]:
    """Return every byte under the data folder as text, opened with the tenant's keys."""
    settings, lake = door.lake.settings, door.lake
    for path in sorted(settings.data_dir.rglob("*")):
        if path.is_file():
            name = str(path.relative_to(settings.data_dir))
            yield name, path.read_bytes().decode("latin-1")
            if path.suffix == ".parquet":
                yield f"{name} rows", _rows(lake, name, pq.ParquetFile(path).read())
    for upload in list_uploads(lake.store, TENANT):
        for sha256 in {upload.sha256, upload.landed} - {""}:
            if lake.objects.exists(TENANT, "landing", sha256):
                yield (
                    f"landing {upload.file_name}",
                    lake.objects.get(TENANT, "landing", sha256).decode(),
                )


def _rows(lake: object, name: str, rows: pa.Table) -> str:
    if "payload" not in rows.column_names:
        return str(rows.to_pylist())
    keys = lake.keys.of(TENANT)
    table = name.split("/")[3]
    opened = []
    for row in rows.to_pylist():
        vault = "/vault/" in name
        context = b"vault.person" if vault else f"rows/{table}/{row['upload_id']}".encode()
        opened.append(keys.decrypt(row["payload"], context).decode())
    return str(rows.drop_columns(["payload"]).to_pylist()) + "\n".join(opened)


def traces(door: Door, person_tokens: frozenset[str]) -> set[str]:
    needles = [*NEEDLES, *person_tokens]
    return {f"{name}: {n}" for name, text in everything(door) for n in needles if n in text}


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("erasure")
    door = Door(installation(folder), folder)
    fill(door)
    door.lake.close()
    return folder


@pytest.fixture
def door(start: Path, tmp_path: Path) -> Iterator[Door]:
    shutil.copytree(start, tmp_path / "copy")
    opened = Door(Settings.at(tmp_path / "copy" / "data"), tmp_path)
    free_leases(opened.lake.store)
    yield opened
    opened.lake.close()


def test_nothing_of_the_person_is_left_and_everybody_else_stays(door: Door):
    person = person_named(door.lake, TENANT, "C.C. 1.010.001.277")
    save_consent(door.lake.store, OFFICER, TENANT, person.mark, Consent(training=False))
    found = traces(door, person.tokens)
    for place in (
        "/silver/",
        "/gold/",
        "/bronze/",
        "/quarantine/",
        "/vault/",
        "/features/",
        "landing",
    ):
        assert any(place in name for name in found), place
    others = door.silver("customers", "tenure_months", "valid_from")

    receipt = erase_person(door.lake, TENANT, OFFICER, person, request="PQR-2026/118")

    assert traces(door, person.tokens) == set()
    assert len(door.silver("customers", "tenure_months")) == len(others) - 2
    assert door.silver("incidents", "incident_id") == [("I-78",)]
    assert door.silver("responses", "response_id") == [("R-2",)]
    assert door.rows_in("bronze", "customers") == 4
    assert door.rows_in("quarantine", "customers") == 1
    rows = {place: what.get("rows") for place, what in receipt.places.items()}
    assert rows["bronze.customers"] == 4
    assert rows["quarantine.customers"] == 2
    assert rows["silver.customers"] == 2
    assert rows["vault.person"] == 1
    assert rows["gold.score"] == 1
    assert rows["gold.timing"] == 1
    assert rows["consents"] == 1
    assert receipt.places["landing"]["files"] == 4
    assert is_genuine(door.lake.store, receipt)
    told = json.loads(receipt.content)
    assert told["person"] == person.mark
    assert not any(needle in receipt.content for needle in (*NEEDLES, *person.tokens))


@pytest.mark.timeout(1200)
def test_killed_at_any_step_and_run_again_it_is_complete(start: Path, tmp_path: Path):
    command = [sys.executable, "-m", "tests.erasure_worker", start / "data", tmp_path, ID, 3, EVERY]
    done = subprocess.run(
        [str(part) for part in command],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=1100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    whole, *killed = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(killed) == len(range(3, len(whole["places"]) + 1, EVERY)) > 5
    for ran in killed:
        assert ran["killed"], ran["place"]
        assert ran["counts"] == whole["counts"], ran["place"]
        again = Door(Settings.at(Path(ran["folder"]) / "data"), tmp_path)
        person = person_named(again.lake, TENANT, ID)
        assert traces(again, person.tokens) == set(), ran["place"]
        again.lake.close()


def test_landing_holds_a_copy_with_the_others_in_their_order(door: Door):
    person = person_named(door.lake, TENANT, ID)
    erase_person(door.lake, TENANT, OFFICER, person, request="1")
    first = list_uploads(door.lake.store, TENANT, table="customers")[-1]
    copy = door.lake.objects.get(TENANT, "landing", first.landed).decode().splitlines()
    assert [json.loads(line)["name"] for line in copy] == ["Ana Ruiz", "Eva Gil"]


def test_running_it_again_changes_nothing_and_gives_a_receipt_of_nothing(door: Door):
    person = person_named(door.lake, TENANT, ID)
    erase_person(door.lake, TENANT, OFFICER, person, request="1")
    again = erase_person(door.lake, TENANT, OFFICER, person, request="2")
    assert not any(what.get("rows") for what in again.places.values())
    assert "There was nothing of this person" in again.say("en")
    assert door.silver("incidents", "incident_id") == [("I-78",)]


def test_uploads_go_on_after_an_erasure_and_steps_stay_exactly_once(door: Door):
    person = person_named(door.lake, TENANT, ID)
    erase_person(door.lake, TENANT, OFFICER, person, request="1")
    receipt = door.incidents("I-80,1010001111,2024-03-04,claim,otro,3")
    assert receipt.counts["inserted"] == 1
    upload = list_uploads(door.lake.store, TENANT, table="incidents")[-1]
    ref = door.lake.ref(TENANT, "silver", "incidents")
    found = door.lake.writer.find_commit(ref, f"{upload.id}:silver")
    assert found is not None
    assert json.loads(found.metadata["counts"])["inserted"] == 2


def test_a_file_that_brings_the_person_again_is_a_new_matter(door: Door):
    person = person_named(door.lake, TENANT, ID)
    erase_person(door.lake, TENANT, OFFICER, person, request="1")
    door.incidents(f"I-90,{ID},2024-03-04,claim,otra vez,3")
    assert len(door.silver("incidents", "incident_id")) == 2
    erase_person(door.lake, TENANT, OFFICER, person, request="2")
    assert traces(door, person.tokens) == set()


@pytest.mark.parametrize("number", [3, 6, 8])
def test_of_a_file_cut_short_nothing_is_left_and_sent_again_it_is_new(tmp_path: Path, number: int):
    boundaries = iter(range(1, 100))

    def cut(place: str) -> None:
        if next(boundaries) == number:
            raise KeyboardInterrupt(place)

    door = Door(installation(tmp_path), tmp_path, cut, piece_bytes=60)
    rows = [f"{1010001999 - n},Eva Gil,3025550101,2024-01-01,1,10,10,no" for n in range(2)]
    theirs = [f"{ID},{NAME},{PHONE},2024-01-01,{months},10,10,no" for months in ("many", "1")]
    path = door.write([HEADER, *rows, *theirs])
    mapping = Mapping(MAPPING, "natural", None, "increment")
    with pytest.raises(KeyboardInterrupt):
        door.send(path, "customers", mapping)
    for request in "12":
        person = person_named(door.lake, TENANT, ID)
        erase_person(door.lake, TENANT, OFFICER, person, request=request)
        assert traces(door, frozenset()) == set()
        assert list_uploads(door.lake.store, TENANT, {"received", "read"}) == []
        upload = door.send(path, "customers", mapping).upload.id
        counts = get_upload(door.lake.store, TENANT, upload).counts
        assert (counts["rows"], counts["quarantined"]) == (4, 1)
        assert counts["inserted"] + counts["updated"] == door.rows_in("silver", "customers", upload)
        assert door.rows_in("bronze", "customers", upload) == 4
    door.lake.close()


def test_a_hold_on_the_person_a_table_or_the_tenant_forbids_it_until_it_is_lifted(door: Door):
    person = person_named(door.lake, TENANT, ID)
    other = person_named(door.lake, TENANT, "1010001999")
    for scope in ({"person_mark": person.mark}, {"table": "incidents"}, {}):
        hold = place_hold(door.lake.store, OFFICER, TENANT, reason="Juicio 7", **scope)
        with pytest.raises(Held, match=hold.id):
            erase_person(door.lake, TENANT, OFFICER, person, request="1")
        lift_hold(door.lake.store, OFFICER, TENANT, hold.id)
    place_hold(door.lake.store, OFFICER, TENANT, reason="Juicio 8", person_mark=other.mark)
    erase_person(door.lake, TENANT, OFFICER, person, request="1")
    assert traces(door, person.tokens) == set()


def test_a_hold_placed_while_it_runs_stops_it_and_lifted_the_rest_is_done(door: Door):
    person = person_named(door.lake, TENANT, ID)
    holds = []

    def place(step: str) -> None:
        if step == "before:erasure.silver.incidents" and not holds:
            mark = {"person_mark": person.mark}
            holds.append(place_hold(door.lake.store, OFFICER, TENANT, reason="Juicio", **mark))

    with pytest.raises(Held):
        erase_person(door.lake, TENANT, OFFICER, person, request="1", pause=place)
    assert ("I-77",) in door.silver("incidents", "incident_id")
    lift_hold(door.lake.store, OFFICER, TENANT, holds[0].id)
    receipt = erase_person(door.lake, TENANT, OFFICER, person, request="1")
    assert traces(door, person.tokens) == set()
    assert receipt.places["bronze.customers"]["rows"] == 4


def test_a_request_that_names_the_person_is_refused(door: Door):
    person = person_named(door.lake, TENANT, ID)
    with pytest.raises(InvalidRequest):
        erase_person(door.lake, TENANT, OFFICER, person, request=f"solicitud de {ID}")


def test_who_has_no_identification_is_found_by_a_row_of_their_file(tmp_path: Path):
    door = Door(installation(tmp_path), tmp_path)
    columns = {h: MAPPING[h] for h in ("name", "months", "charge")}
    lines = ["name,months,charge", f"{NAME},3,10", "Ana Ruiz,4,11"]
    receipt = door.send(door.write(lines), "customers", Mapping(columns, "row", None, "snapshot"))
    person = person_of_row(door.lake, TENANT, receipt.upload.id, 1)
    erase_person(door.lake, TENANT, OFFICER, person, request="1")
    assert traces(door, person.tokens) == set()
    assert door.silver("customers", "tenure_months") == [(4,)]
    door.lake.close()

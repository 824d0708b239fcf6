"""How far erasure and retention reach: what came in a container, and rows that only mention."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unicodedata import normalize

import pytest

from data_contracts.extension import OwnColumn
from ingestion.deliver import deliver
from ingestion.delivery import Delivered
from ingestion.evolution.own_columns import accept
from ingestion.gold.refine import refine
from ingestion.landing import land
from ingestion.mapping import Mapping
from ingestion.parts import open_load
from ingestion.persons import person_named
from ingestion.retention import plan_retention, run_retention
from models.answers import answer_open
from models.erasure import erase_person
from tenancy.deliveries import begin_delivery, list_deliveries
from tenancy.erasures import Erasure
from tests.ingestion_lake import ACTOR, TENANT, Door
from tests.ingestion_lake import ACTOR_OFFICER as OFFICER
from tests.integration.test_own_columns import STAFF

pytestmark = pytest.mark.slow
ID, OTHER = "1010001277", "1010001999"
ROWS = f"customer_id,effective_at,tenure_months\n{ID},2024-01-01,3\n{OTHER},2024-01-01,4\n"
IN_ELEVEN_YEARS = datetime.now(UTC) + timedelta(days=11 * 365)


def sent(door: Door, path: Path) -> Delivered:
    with open_load(door.lake, TENANT, [(path, path.name)]) as load:
        return deliver(door.lake, TENANT, ACTOR, load)


def zipped(door: Door) -> Path:
    path = door.folder / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("customers.csv", ROWS)
    return path


def landed(door: Door) -> list[str]:
    return door.lake.objects.names(TENANT, "landing")


def erased(door: Door) -> Erasure:
    person = person_named(door.lake, TENANT, ID)
    return erase_person(door.lake, TENANT, OFFICER, person, request="PQR-118")


def test_a_container_goes_whose_part_changed_nothing_since_it_came_before(door: Door):
    sent(door, door.write(ROWS, "customers.csv"))
    assert sent(door, zipped(door)).uploads[0].state == "unchanged"
    (delivery,) = list_deliveries(door.lake.store, TENANT)
    assert erased(door).places["containers"]["files"] == 1
    assert not door.lake.objects.exists(TENANT, "landing", delivery.sha256)
    assert len(landed(door)) == 1, "the copy with the other person stays"


def test_a_container_goes_of_which_a_crash_left_parts_unread(door: Door):
    sha256 = land(door.lake, TENANT, zipped(door))
    about = {"file_name": "all.zip", "sha256": sha256, "size_bytes": 1}
    begin_delivery(door.lake.store, ACTOR, TENANT, **about)
    assert erased(door).places["containers"]["files"] == 1
    assert landed(door) == []


def test_a_file_that_never_became_an_upload_goes(door: Door):
    sent(door, door.write(ROWS.replace(ID, "1010001111"), "customers.csv"))
    land(door.lake, TENANT, door.write(ROWS, "pulled.csv"))
    assert erased(door).places["unread"]["files"] == 1
    assert len(landed(door)) == 1, "what was read, and does not name them, stays"


def test_retention_lets_containers_go_with_their_files(door: Door):
    sent(door, zipped(door))
    (due,) = plan_retention(door.lake, TENANT, IN_ELEVEN_YEARS)
    assert (due.place, due.count) == ("landing", 2)
    receipt = run_retention(door.lake, TENANT, OFFICER, IN_ELEVEN_YEARS)
    assert receipt is not None
    assert receipt.places["landing"]["files"] == 2
    assert landed(door) == []
    assert plan_retention(door.lake, TENANT, IN_ELEVEN_YEARS) == []


def test_a_call_stays_with_its_customer_where_the_person_was_only_the_agent(door: Door):
    columns = ("call_id", "customer_id", "started_at", "agent_id")
    mapping = Mapping({name: name for name in columns}, "natural", None, "increment")
    rows = [f"C-1,{OTHER},2024-01-01,{ID}", f"C-2,{ID},2024-01-01,{OTHER}"]
    door.send(door.write([",".join(columns), *rows]), "calls", mapping)
    erased(door)
    assert door.silver("calls", "call_id") == [("C-1",)]
    assert door.rows_in("bronze", "calls") == 1


def test_a_customer_stays_whose_own_column_names_the_person(door: Door):
    mapping = Mapping(
        {"customer_id": "customer_id", "since": "effective_at"}, "natural", None, "increment"
    )
    rows = ["customer_id,since,referrer", f"{ID},2024-01-01,", f"{OTHER},2024-01-01,{ID}"]
    door.send(door.write(rows), "customers", mapping)
    words = {"es": "quien refiere", "en": "referrer"}
    own = OwnColumn(
        "customers", "referrer", "string", "attribute", "identifier", words, ("referrer",)
    )
    accept(door.lake, STAFF, TENANT, own)
    (other,) = person_named(door.lake, TENANT, OTHER).tokens
    erased(door)
    assert door.silver("customers", "row_key") == [(other,)]


def test_a_reply_to_a_case_of_theirs_goes_however_its_number_was_written(door: Door):
    door.incidents(f"Caso-Ñ1,{ID},2024-02-03,complaint,no funciona,2")
    columns = {"r": "response_id", "caso": "incident_id", "t": "text"}
    replies = Mapping(columns, "natural", None, "increment")
    apart = normalize("NFD", "Caso-Ñ1")
    rows = ["r,caso,t", "R-1,  Caso-Ñ1 ,hola", f"R-2,{apart},hola", "R-3,Caso-2,hola"]
    door.send(door.write(rows), "responses", replies)
    erased(door)
    assert door.silver("responses", "response_id") == [("R-3",)]
    assert door.rows_in("bronze", "responses") == 1


def test_one_person_is_one_whether_accents_stand_apart_or_not(door: Door):
    together, apart = "ÑAÑEZ-1", normalize("NFD", "ÑAÑEZ-1")
    door.customers(f"{together},Ana,2024-01-01,1,10,10,no")
    door.customers(f"{apart},Ana,2024-02-01,2,10,20,no")
    person = person_named(door.lake, TENANT, apart)
    (first,), (second,) = door.silver("customers", "row_key")
    assert first == second
    assert first in person.tokens
    erase_person(door.lake, TENANT, OFFICER, person, request="PQR-118")
    assert door.rows_in("bronze", "customers") == door.rows_in("silver", "customers") == 0


def test_what_was_told_of_their_case_goes_and_so_does_every_suggestion_of_their_reply(door: Door):
    said = ["no funciona el internet", "otra vez no funciona el internet", "no funciona nada"]
    cases = [f"I-1,{ID},{said[0]},true", f"I-2,{ID},{said[1]},", f"I-3,{OTHER},{said[2]},"]
    dated = [f"{case},2024-02-0{n},2024-02-0{n}" for n, case in enumerate(cases, 3)]
    header = "incident_id,customer_id,text,solved,opened_at,closed_at"
    rows = [dated[0], *(row.rpartition(",")[0] + "," for row in dated[1:])]
    columns = {name: name for name in header.split(",")}
    door.send(
        door.write([header, *rows]), "incidents", Mapping(columns, "natural", None, "increment")
    )
    columns = {name: name for name in ("response_id", "incident_id", "text")}
    replies = ["response_id,incident_id,text", "R-1,I-1,Apague el módem y enciéndalo."]
    door.send(door.write(replies), "responses", Mapping(columns, "natural", None, "increment"))
    refine(door.lake, TENANT)
    assert answer_open(door.lake, TENANT).with_reply == 2
    erased(door)
    gold = {name: door.lake.ref(TENANT, "gold", name) for name in ("answer", "suggestion")}
    told = door.lake.arrow(gold["answer"], ["incident_id"])["incident_id"].to_pylist()
    assert told == ["I-3"]
    assert door.lake.arrow(gold["suggestion"]).num_rows == 0

"""Everything that is sent at once: each part an upload of its own, one summary, nothing lost."""

from datetime import date
from pathlib import Path

import pytest

from foundation.errors import NotAllowed
from ingestion.deliver import Choices, deliver
from ingestion.delivery import Delivered
from ingestion.landing import KIND, sha256_of
from ingestion.mapping import Mapping
from ingestion.parts import open_load
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.deliveries import delivery_of_upload, last_delivery
from tenancy.uploads import list_uploads
from tests.ingestion_lake import ACTOR, TENANT, Door, free_leases
from tests.workbooks import workbook, zipped

pytestmark = pytest.mark.slow

HEADER = "cedula,nombre,antiguedad_meses,cargo_mensual"
CALLS = "call_id,customer_id,started_at,wait_seconds,answered"


def customers(months: int, count: int = 20) -> str:
    rows = [f"10100000{10 + n},Persona {n},{months},{30000 + n}.50" for n in range(count)]
    return "\n".join([HEADER, *rows]) + "\n"


def calls(count: int = 20) -> str:
    rows = [f"L-{n},10100000{10 + n},2024-03-{n % 28 + 1:02d} 10:00,{n},yes" for n in range(count)]
    return "\n".join([CALLS, *rows]) + "\n"


def send(
    lake: Lake, path: Path, table: str | None = None, choices: Choices | None = None
) -> Delivered:
    with open_load(lake, TENANT, [(path, path.name)], table=table) as load:
        return deliver(lake, TENANT, ACTOR, load, choices or Choices({}))


def told(delivered: Delivered) -> list[tuple[str, str, int]]:
    return [(u.table, u.state, u.counts.get("rows", 0)) for u in delivered.uploads]


def march(folder: Path) -> Path:
    """Write a zip of two lists of customers, calls in a workbook, and a text that is no data."""
    opened = [["call_id", "customer_id", "started_at", "wait_seconds", "answered"]]
    rows = [[f"L-{n}", 1010000010 + n, date(2024, 3, n + 1), n, True] for n in range(20)]
    book = workbook(folder / "llamadas.xlsx", {"Portada": [["Llamadas"]], "Marzo": opened + rows})
    return zipped(
        folder / "marzo.zip",
        {
            "llamadas.xlsx": book,
            "clientes_2024-03.csv": customers(3),
            "clientes_2024-02.csv": customers(2),
            "léame.txt": "Estos son los archivos de marzo.",
        },
    )


def test_each_part_finds_its_table_and_earlier_files_come_first(door: Door):
    delivered = send(door.lake, march(door.folder))
    assert told(delivered) == [
        ("customers", "accepted", 20),
        ("customers", "accepted", 20),
        ("calls", "accepted", 20),
    ]
    assert [u.file_name.rsplit(" › ")[-1] for u in delivered.uploads][:2] == [
        "clientes_2024-02.csv",
        "clientes_2024-03.csv",
    ]
    months = {row[0] for row in door.silver("customers", "tenure_months", "valid_to") if not row[1]}
    assert months == {3}
    assert [one.error.key for one in delivered.left_out] == [
        "parts.sheet_no_table",
        "parts.no_table",
    ]
    assert (delivered.rows, delivered.complete, delivered.refreshes) == (60, False, True)


def test_the_summary_says_what_was_taken_and_why_something_was_not(door: Door):
    delivered = send(door.lake, march(door.folder))
    spanish, english = delivered.say("es"), delivered.say("en")
    assert "Se cargaron 3 archivos con 60 filas (0 rechazadas); 2 no se cargaron." in spanish
    assert "«marzo.zip › clientes_2024-02.csv» (20 filas de clientes) quedó cargado" in spanish
    assert "No se pudo saber a qué tabla corresponde «marzo.zip › léame.txt»" in spanish
    assert "3 files with 60 rows were loaded (0 rejected); 2 were not." in english


def test_the_container_is_landed_as_it_came_and_its_parts_point_to_it(door: Door):
    path = march(door.folder)
    delivered = send(door.lake, path)
    assert door.lake.objects.get(TENANT, KIND, sha256_of(path)) == path.read_bytes()
    for upload in delivered.uploads:
        container = delivery_of_upload(door.lake.store, TENANT, upload.id)
        assert container is not None
        assert (container.sha256, container.file_name) == (sha256_of(path), "marzo.zip")


def test_a_container_sent_again_changes_nothing(door: Door):
    path = march(door.folder)
    send(door.lake, path)
    before = [door.lake.version(door.lake.ref(TENANT, "silver", t)) for t in ("customers", "calls")]
    again = send(door.lake, path)
    after = [door.lake.version(door.lake.ref(TENANT, "silver", t)) for t in ("customers", "calls")]
    assert after == before
    assert {state for _, state, _ in told(again)} == {"unchanged"}
    assert "(0 rechazadas); 3 eran iguales a los últimos y no cambiaron nada" in again.say("es")
    assert "no cambió nada" in again.say("es")


def test_a_container_sent_again_after_another_file_counts(door: Door):
    path = march(door.folder)
    send(door.lake, path)
    door.send(door.write(customers(9), "clientes.csv"), "customers")
    assert told(send(door.lake, path))[:2] == [("customers", "accepted", 20)] * 2
    months = {row[0] for row in door.silver("customers", "tenure_months", "valid_to") if not row[1]}
    assert months == {3}


def test_a_table_that_was_named_wins(door: Door):
    path = door.write(customers(1), "lo_que_sea.csv")
    assert told(send(door.lake, path, "customers")) == [("customers", "accepted", 20)]


def test_headers_that_were_sent_before_are_known_whatever_they_are_called(door: Door):
    path = door.write("a,b\n1,x\n2,y\n", "raro.csv")
    mapping = Mapping({"a": "customer_id", "b": "full_name"}, "natural", None, "increment")
    assert send(door.lake, path).only_error is not None
    send(door.lake, path, "customers", Choices({"raro.csv": mapping}))
    again = door.write("a,b\n3,z\n", "otro_raro.csv")
    assert told(send(door.lake, again)) == [("customers", "accepted", 1)]


def test_a_folder_is_taken_whole(door: Door):
    folder = door.folder / "abril"
    (folder / "c").mkdir(parents=True)
    (folder / "clientes.csv").write_text(customers(1), encoding="utf-8")
    (folder / "c" / "llamadas.csv").write_text(calls(), encoding="utf-8")
    (folder / "copia.csv.part").write_text(customers(1), encoding="utf-8")
    delivered = send(door.lake, folder)
    assert told(delivered) == [("customers", "accepted", 20), ("calls", "accepted", 20)]
    assert [one.error.key for one in delivered.left_out] == ["parts.unfinished"]


class Killed(BaseException):
    """The process ends here."""


def test_a_delivery_that_was_cut_short_goes_on_where_it_stopped(door: Door):
    path, seen = march(door.folder), 0

    def kill(place: str) -> None:
        nonlocal seen
        seen += place.startswith("before:bronze")
        if seen == 2:
            raise Killed

    with Lake.open(door.lake.settings, kill) as lake, pytest.raises(Killed):
        send(lake, path)
    free_leases(door.lake.store)
    assert last_delivery(door.lake.store, TENANT, sha256_of(path)) is None
    delivered = send(door.lake, path)
    assert told(delivered) == [
        ("customers", "accepted", 20),
        ("customers", "accepted", 20),
        ("calls", "accepted", 20),
    ]
    assert len(list_uploads(door.lake.store, TENANT)) == 3
    assert last_delivery(door.lake.store, TENANT, sha256_of(path)) is not None


def test_who_may_not_upload_lands_nothing(door: Door):
    path = march(door.folder)
    viewer = Actor("v", "user", TENANT.id, frozenset({"viewer"}))
    with open_load(door.lake, TENANT, [(path, path.name)]) as load, pytest.raises(NotAllowed):
        deliver(door.lake, TENANT, viewer, load)
    assert not door.lake.objects.exists(TENANT, KIND, sha256_of(path))

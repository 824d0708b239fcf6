"""From a file to silver and quarantine, through the one door. The oracle is what the test wrote."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pytest

from data_contracts.loader import load_contracts
from foundation.errors import InvalidMapping, InvalidUpload, NotAllowed, NotFound, TooLarge
from ingestion.mapping import Mapping
from ingestion.quarantine import Reason, download_csv, rejected_rows
from ingestion.receive import receive
from ingestion.tokens import token
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.uploads import get_upload, list_uploads
from tests.ingestion_lake import ACTOR, TENANT, Door, installation


def counts(**given: int) -> dict[str, int]:
    names = ("inserted", "updated", "unchanged", "superseded", "deleted", "quarantined")
    return {"rows": sum(given.values())} | {n: given.get(n, 0) for n in names}


def at(day: int, month: int = 1) -> datetime:
    return datetime(2024, month, day, tzinfo=UTC)


def test_rows_are_typed_tokenised_and_accounted_for(door: Door):
    receipt = door.customers(
        'A-1,Ana Gómez,2024-01-01,12,"29.85","1,234.50",Yes',
        "A-2,Luis Pérez,2024-01-01,3,10.10,,No",
        "A-3,Eva Ruiz,2024-01-01,many,10.10,5,No",
        ",Nadie,2024-01-01,1,1.00,1,No",
    )
    key = door.lake.keys.of(TENANT).token_key
    assert receipt.counts == counts(inserted=2, quarantined=2)
    assert door.silver(
        "customers",
        "person_token",
        "valid_from",
        "valid_to",
        "tenure_months",
        "monthly_charge",
        "total_charge",
        "churned",
    ) == sorted(
        [
            (token("A-1", key), at(1), None, 12, Decimal("29.85"), Decimal("1234.5"), True),
            (token("A-2", key), at(1), None, 3, Decimal("10.1"), Decimal(0), False),
        ],
        key=str,
    )
    assert receipt.blanks == {"total_charge": 1}
    assert get_upload(door.lake.store, TENANT, receipt.upload.id).state == "accepted"


def test_the_receipt_says_what_happened_in_both_languages(door: Door):
    receipt = door.customers("A-1,Ana,2024-01-01,12,1,,No", "A-2,Eva,2024-01-01,many,1,5,No")
    spanish, english = receipt.say("es"), receipt.say("en")
    assert "«file1.csv» (2 filas de clientes) quedó cargado" in spanish
    assert "1 nueva; 1 rechazada, que" in spanish
    rejected = "«antigüedad (columna months)» no es un número entero. Filas rechazadas por esto: 1"
    assert f"El valor de {rejected} (las primeras: 2)." in spanish
    assert "En «total», 1 celda vacía se tomó como 0" in spanish
    assert "(column months)” is not a whole number." in english
    assert "Rows rejected for this: 1 (the first: 2)." in english


def test_rejected_rows_come_back_with_reasons_values_and_no_formula(door: Door):
    receipt = door.customers(
        '=HYPERLINK("http://x"),Ana,2024-01-01,-4,free,1,No', "A-2,Eva,2024-01-01,1,1,1,No"
    )
    rejected = rejected_rows(door.lake, TENANT, receipt.upload.id, "es")
    assert [(r.row_number, r.column, r.source, r.rule, r.value) for r in rejected] == [
        (1, "tenure_months", "months", "minimum", "-4"),
        (1, "monthly_charge", "charge", "type", "free"),
    ]
    assert "(columna months)» es menor que 0" in rejected[0].sentence
    sheet = download_csv(door.lake, TENANT, receipt.upload.id, "es").decode("utf-8-sig")
    header, first, *rest = sheet.splitlines()
    assert header == "fila,motivos,referencia,id,name,since,months,charge,total,left"
    assert "'=HYPERLINK" in first and "es menor que 0" in first and rest == []


def test_a_header_that_is_the_label_itself_is_not_said_twice():
    table = load_contracts()["telecom"].table("customers")
    reason = Reason("tenure_months", "minimum", {"minimum": "0"})
    label = table.column("tenure_months").label["es"]
    plain = f"El valor de «{label}» es menor que 0."
    assert [reason.say(table, source) for source in (None, label, label.upper())] == [plain] * 3
    long = reason.say(table, "m" * 500)
    assert f"(columna {'m' * 60}…)" in long


def test_personal_data_lies_in_the_vault_alone(door: Door):
    door.customers("A-1,Zacarías Quijano,2024-01-01,12,1,1,No")
    door.customers("A-1,Zacarías Nuevo,2024-02-01,12,1,1,No")
    key = door.lake.keys.of(TENANT).token_key
    officer = Actor("p", "user", TENANT.id, frozenset({"privacy_officer"}))
    persons = door.lake.vault.read(TENANT, officer, [token("A-1", key)])
    assert persons == {token("A-1", key): {"full_name": "Zacarías Nuevo"}}
    needles = ("Zacarías".encode(), b"A-1,", b"Quijano")
    for file in door.lake.settings.data_dir.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not any(needle in content for needle in needles), file


def test_a_late_personal_value_does_not_replace_the_newer_one(door: Door):
    door.customers("A-1,New Name,2024-02-01,12,1,1,No")
    door.customers("A-1,Old Name,2024-01-01,12,1,1,No")
    officer = Actor("p", "user", TENANT.id, frozenset({"privacy_officer"}))
    tag = token("A-1", door.lake.keys.of(TENANT).token_key)
    assert door.lake.vault.read(TENANT, officer, [tag])[tag] == {"full_name": "New Name"}


def test_two_versions_of_customers_keep_their_history(door: Door):
    first = door.customers("A-1,Ana,2024-01-01,1,10,1,No", "A-2,Eva,2024-01-01,1,10,1,No")
    second = door.customers("A-1,Ana,2024-03-01,3,20,1,No", "A-2,Eva,2024-03-01,1,10,1,No")
    late = door.customers("A-1,Ana,2024-02-01,2,15,1,No")
    assert (first.counts, second.counts) == (counts(inserted=2), counts(updated=1, unchanged=1))
    assert late.counts == counts(updated=1)
    rows = door.silver("customers", "tenure_months", "valid_from", "valid_to")
    assert [r for r in rows if r[2] or r[0] > 1] == [
        (1, at(1), at(1, 2)),
        (2, at(1, 2), at(1, 3)),
        (3, at(1, 3), None),
    ]


def test_a_snapshot_ends_the_absent_outside_the_sum(door: Door):
    door.customers("A-1,Ana,2024-01-01,1,10,1,No", "A-2,Eva,2024-01-01,1,10,1,No")
    receipt = door.customers("A-1,Ana,2024-02-01,1,10,1,No", kind="snapshot")
    assert receipt.counts == counts(unchanged=1)
    assert receipt.upload.ended == 1
    ends = [r[1] for r in door.silver("customers", "tenure_months", "valid_to")]
    assert sorted(ends, key=str) == [at(1, 2), None]


def test_who_stands_in_a_snapshot_with_a_rejected_row_has_not_left(door: Door):
    door.customers(*(f"A-{n},Ana,2024-01-01,1,10,1,No" for n in (1, 2, 3)))
    receipt = door.customers(
        "A-1,Ana,2024-02-01,1,10,1,No", "A-2,Ana,2024-02-01,many,10,1,No", kind="snapshot"
    )
    assert receipt.counts == counts(unchanged=1, quarantined=1)
    assert receipt.upload.ended == 1
    tokens = {name: token(name, door.lake.keys.of(TENANT).token_key) for name in ("A-2", "A-3")}
    ends = dict(door.silver("customers", "row_key", "valid_to"))
    assert (ends[tokens["A-2"]], ends[tokens["A-3"]]) == (None, at(1, 2))


def test_a_snapshot_that_would_end_most_customers_is_asked_about_first(door: Door):
    door.customers(*(f"A-{n},Ana,2024-01-01,1,10,1,No" for n in range(30)))
    with pytest.raises(InvalidUpload, match="would end 29 of 30 current customers"):
        door.customers("A-1,Ana,2024-02-01,1,10,1,No", kind="snapshot")
    assert {r[1] for r in door.silver("customers", "row_key", "valid_to")} == {None}
    assert list_uploads(door.lake.store, TENANT)[0].state == "refused"
    receipt = door.customers("A-1,Ana,2024-02-01,1,10,1,No", kind="snapshot", confirm_ended=True)
    assert receipt.upload.ended == 29


def test_changes_insert_update_and_delete_in_the_tenants_words(door: Door):
    head = "cliente,operation,caso,abierto"
    door.incidents("C1,alta,I-1,2024-01-01", "C1,alta,I-2,2024-01-01", header=head, kind="changes")
    receipt = door.incidents(
        "C2,actualizar,I-1,2024-01-02",
        ",Baja,I-2,",
        ",eliminar,I-9,",
        "C3,nuevo,I-3,2024-01-03",
        ",delete,I-3,",
        "C3,maybe,I-4,2024-01-03",
        header=head,
        kind="changes",
    )
    assert receipt.counts == counts(updated=1, deleted=2, superseded=1, quarantined=2)
    assert door.silver("incidents", "incident_id", "opened_at") == [("I-1", at(2))]
    reasons = [(r.row_number, r.rule) for r in rejected_rows(door.lake, TENANT, receipt.upload.id)]
    assert reasons == [(3, "unknown_key"), (6, "allowed")]


def test_a_deleted_customer_is_closed_not_forgotten(door: Door):
    head = "id,since,months,operation"
    door.customers("A-1,2024-01-01,1,I", header=head, kind="changes")
    receipt = door.customers("A-1,2024-02-01,,D", header=head, kind="changes")
    assert receipt.counts == counts(deleted=1)
    assert door.silver("customers", "valid_from", "valid_to") == [(at(1), at(1, 2))]


def test_the_last_row_of_a_key_in_the_file_counts(door: Door):
    receipt = door.incidents(
        "I-1,C1,2024-01-01,queja,uno,1", "I-1,C1,2024-01-01,queja,dos,2", "I-2,C1,2024-01-01,,,"
    )
    assert receipt.counts == counts(inserted=2, superseded=1)
    again = door.incidents("I-1,C1,2024-01-01,Queja,dos,2.0", "I-2,C1,2024-01-02,,,")
    assert again.counts == counts(unchanged=1, updated=1)
    assert door.silver("incidents", "incident_id", "kind", "text")[0] == ("I-1", "complaint", "dos")


def test_free_text_is_masked_and_persons_are_the_same_token_in_all_tables(door: Door):
    door.customers("A-1,Ana,2024-01-01,1,1,1,No")
    door.incidents("I-1, a-1 ,2024-01-01,queja,Soy Ana Gómez cédula 1.023.456.789,1")
    assert door.silver("incidents", "text") == [("Soy [NOMBRE] cédula [DOCUMENTO]",)]
    person = door.silver("customers", "person_token")
    assert door.silver("incidents", "person_token") == person


def test_rows_without_a_key_are_known_by_content_and_occurrence(door: Door):
    columns = {"months": "tenure_months", "charge": "monthly_charge"}
    mapping = Mapping(columns, "row", None, "increment")
    first = door.write(["months,charge", "1,10", "1,10", "2,20"])
    again = door.write(["months,charge", "2,20.0", "1,10", "3,30"])
    assert door.send(first, "customers", mapping).counts == counts(inserted=3)
    assert door.send(again, "customers", mapping).counts == counts(unchanged=2, inserted=1)
    keys = door.silver("customers", "row_key", "person_token")
    assert len(set(keys)) == 4 and all(key == person for key, person in keys)


def test_incidents_without_numbers_are_numbered_by_their_row(door: Door):
    header = "cliente,abierto"
    door.incidents("C1,2024-01-01", "C1,2024-01-01", header=header, key="row")
    rows = door.silver("incidents", "row_key", "incident_id")
    assert len(rows) == 2 and all(key == number for key, number in rows)


def test_the_same_file_again_changes_nothing(door: Door):
    path = door.write(["id,months", "A-1,1", "A-2,2"])
    mapping = Mapping(
        {"id": "customer_id", "months": "tenure_months"}, "natural", None, "increment"
    )
    first = door.send(path, "customers", mapping)
    version = door.lake.version(door.lake.ref(TENANT, "silver", "customers"))
    again = door.send(path, "customers")
    assert again.upload.state == "unchanged" and again.upload.id != first.upload.id
    assert again.counts == {"rows": 2, "unchanged": 2}
    assert "no cambió nada" in again.say("es")
    assert door.lake.version(door.lake.ref(TENANT, "silver", "customers")) == version
    assert door.rows_in("bronze", "customers") == 2


def test_the_same_file_under_another_mapping_is_applied(door: Door):
    path = door.write(["id,a,b", "A-1,1,2"])
    door.send(
        path,
        "customers",
        Mapping({"id": "customer_id", "a": "tenure_months"}, "natural", None, "increment"),
    )
    other = Mapping({"id": "customer_id", "b": "tenure_months"}, "natural", None, "increment")
    assert door.send(path, "customers", other).counts == counts(updated=1)


def test_a_given_mapping_is_kept_for_the_next_file_and_unknown_columns_are_named(door: Door):
    mapping = Mapping({"c1": "customer_id", "c2": "tenure_months"}, "natural", None, "increment")
    door.send(door.write(["c1,c2,c3", "A-1,1,secret"]), "customers", mapping)
    receipt = door.send(door.write(["c3,c2,c1", "x,5,A-1"]), "customers")
    assert (receipt.mapping, receipt.mapping_source) == (mapping, "stored")
    assert receipt.unknown_columns == ("c3",)
    assert "se guardaron cifradas y no se usan: c3" in receipt.say("es")


def test_bronze_keeps_every_row_sealed_with_its_provenance(door: Door):
    receipt = door.incidents("I-1,C1,2024-01-01,queja,uno,1", "I-2,C1,nunca,queja,dos,9")
    bronze = door.lake.arrow(door.lake.ref(TENANT, "bronze", "incidents"))
    opened = door.lake.keys.of(TENANT).decrypt_many(
        bronze["payload"].to_pylist(), f"rows/incidents/{receipt.upload.id}".encode()
    )
    assert [b'"uno"' in opened[0], b'"nunca"' in opened[1]] == [True, True]
    person = token("C1", door.lake.keys.of(TENANT).token_key)
    assert bronze["person_token"].to_pylist() == [person, person]
    assert bronze["row_number"].to_pylist() == [1, 2]
    assert pc.unique(bronze["source_file"]).to_pylist() == ["file1.csv"]


def test_a_million_characters_are_kept_as_text_and_rejected_elsewhere(door: Door):
    long = "x" * 1_000_000
    receipt = door.incidents(
        f"I-1,C1,2024-01-01,queja,{long},1",
        f"I-2,C1,2024-01-01,queja,ok,{long}",
        f"{long},C1,2024-01-01,queja,ok,1",
    )
    assert receipt.counts == counts(inserted=1, quarantined=2)
    assert door.silver("incidents", "text") == [(long,)]
    rejected = rejected_rows(door.lake, TENANT, receipt.upload.id)
    assert [(r.row_number, r.column, r.rule) for r in rejected] == [
        (2, "satisfaction", "type"),
        (3, "incident_id", "max_length"),
    ]
    assert all(len(r.value) < 100 for r in rejected)


def test_ragged_rows_are_quarantined_as_they_came(door: Door):
    receipt = door.incidents(
        "I-1,C1,2024-01-01,queja,uno,1", "I-2,C1", "I-3,C1,2024-01-01,queja,a,1,9"
    )
    assert receipt.counts == counts(inserted=1, quarantined=2)
    rejected = rejected_rows(door.lake, TENANT, receipt.upload.id, "es")
    assert [(r.row_number, r.value) for r in rejected] == [
        (2, "I-2,C1"),
        (3, "I-3,C1,2024-01-01,queja,a,1,9"),
    ]
    assert "Línea 3" in rejected[0].sentence


def test_timestamps_without_a_zone_are_the_tenants_local_time(tmp_path: Path):
    from dataclasses import replace

    door = Door(installation(tmp_path), tmp_path)
    bogota = replace(TENANT, time_zone="America/Bogota")
    columns = {"caso": "incident_id", "abierto": "opened_at"}
    path = door.write(["caso,abierto", "I-1,2024-01-01 10:00", "I-2,2024-01-01T10:00:00Z"])
    receive(
        door.lake,
        bogota,
        ACTOR,
        path,
        "incidents",
        mapping=Mapping(columns, "natural", None, "increment"),
    )
    assert [r[1].hour for r in door.silver("incidents", "incident_id", "opened_at")] == [15, 10]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d" * 50, "is of type PNG, not a table"),
        (b"id,months\n", "has a header and no rows"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_sentence(
    door: Door, content: bytes, says: str
):
    with pytest.raises(InvalidUpload, match=says):
        door.send(door.write(content, "bad.csv"), "customers")
    upload = list_uploads(door.lake.store, TENANT)[0]
    assert (upload.state, upload.file_name) == ("refused", "bad.csv")
    assert door.rows_in("silver", "customers") == door.rows_in("bronze", "customers") == 0


def test_a_file_without_the_key_or_a_required_column_is_refused_and_named(door: Door):
    path = door.write(["months", "1"])
    with pytest.raises(InvalidMapping, match="customer_id"):
        door.send(
            path, "customers", Mapping({"months": "tenure_months"}, "natural", None, "increment")
        )


def test_a_file_above_the_limit_is_refused_before_it_is_read(tmp_path: Path):
    from dataclasses import replace

    settings = replace(installation(tmp_path), upload_limit_bytes=10)
    door = Door(settings, tmp_path)
    path = door.write("x" * 11)
    path.chmod(0)
    with pytest.raises(TooLarge, match="has 11 bytes and the limit is 10"):
        door.send(path, "customers")
    assert list_uploads(door.lake.store, TENANT) == []


def test_who_may_not_upload_and_what_does_not_exist(door: Door):
    path = door.write(["id", "1"])
    viewer = Actor("v", "user", TENANT.id, frozenset({"viewer"}))
    with pytest.raises(NotAllowed):
        receive(door.lake, TENANT, viewer, path, "customers")
    stranger = Actor("u", "user", "other", frozenset({"uploader"}))
    with pytest.raises(NotFound):
        receive(door.lake, TENANT, stranger, path, "customers")
    with pytest.raises(NotFound, match="no table “nothing”"):
        door.send(path, "nothing")


def test_ibm_telco_as_it_is(door: Door, real_data: Callable[[str], Path]):
    path = real_data("churn_ibm_telco/Telco-Customer-Churn.csv")
    receipt = door.send(path, "customers")
    assert receipt.counts == counts(inserted=7043)
    assert receipt.blanks == {"total_charge": 11}
    assert receipt.upload.state == "accepted"
    assert "En «TotalCharges», 11 celdas vacías se tomaron como 0" in receipt.say("es")
    rows = door.lake.arrow(
        door.lake.ref(TENANT, "silver", "customers"), ["churned", "monthly_charge", "total_charge"]
    )
    # Sums taken from the file with awk: 1869 churned; 456,116.60 monthly; 16,056,168.70 in total.
    assert pc.sum(rows["churned"]).as_py() == 1869
    assert pc.sum(rows["monthly_charge"]).as_py() == Decimal("456116.6")
    assert pc.sum(rows["total_charge"]).as_py() == Decimal("16056168.7")


def test_the_engine_of_a_lake_is_not_started_by_a_refused_file(tmp_path: Path):
    with Lake.open(installation(tmp_path)) as lake:
        path = tmp_path / "none.csv"
        path.write_bytes(b"")
        with pytest.raises(InvalidUpload):
            receive(lake, TENANT, ACTOR, path, "customers")
        assert "engine" not in lake.__dict__

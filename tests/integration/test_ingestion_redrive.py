"""Rejected rows, downloaded and corrected, come back under the mapping of the first file."""

from dataclasses import replace
from pathlib import Path

import pytest

from foundation.texts import Language
from ingestion.door import shown_name
from ingestion.quarantine import download_csv
from tenancy.actor import Actor
from tests.ingestion_lake import CUSTOMERS, TENANT, Door, installation

OFFICER = Actor("ana", "user", TENANT.id, frozenset({"privacy_officer"}))


@pytest.mark.parametrize("language", ["es", "en"])
def test_corrected_rows_come_back_as_if_they_had_stood_in_the_first_file(
    tmp_path: Path, language: Language
):
    door = Door(installation(tmp_path), tmp_path)
    first = door.customers("A,Ana,2024-01-01,1,10,5,no", "B,=Eva,2024-01-01,doce,10,5,no", "C,2")
    assert first.counts["quarantined"] == 2
    download = download_csv(door.lake, TENANT, first.upload.id, language)
    assert "'=Eva" in download.decode()
    lines = download.decode("utf-8-sig").replace("doce", "12").splitlines()
    again = door.send(door.write(lines, "sin_corregir.csv"), "customers")
    assert (again.mapping_source, again.counts["quarantined"]) == ("stored", 1)
    receipt = door.send(door.write(lines[:2], "corregido.csv"), "customers")
    assert receipt.mapping_source == "stored"
    assert receipt.mapping.columns == CUSTOMERS
    assert receipt.unknown_columns == ()
    assert (receipt.counts["rows"], receipt.counts["unchanged"]) == (1, 1)
    assert sorted(m for (m,) in door.silver("customers", "tenure_months")) == [1, 12]
    names = door.lake.arrow(door.lake.ref(TENANT, "silver", "customers"), ["person_token"])
    tokens = names["person_token"].to_pylist()
    persons = door.lake.vault.read(TENANT, OFFICER, tokens)
    assert {person["full_name"] for person in persons.values()} == {"Ana", "=Eva"}
    door.lake.close()


def test_corrected_rows_of_a_snapshot_end_nobody(tmp_path: Path):
    door = Door(installation(tmp_path), tmp_path)
    first = door.customers(
        "A,Ana,2024-01-01,1,10,5,no", "B,Eva,2024-01-01,doce,10,5,no", kind="snapshot"
    )
    lines = download_csv(door.lake, TENANT, first.upload.id).decode("utf-8-sig").splitlines()
    corrected = [line.replace("doce", "12") for line in lines]
    again = door.send(door.write(corrected, "corregido.csv"), "customers", first.mapping)
    assert (again.counts["inserted"], again.upload.ended, again.upload.kind) == (1, 0, "increment")
    assert {end for (end,) in door.silver("customers", "valid_to")} == {None}
    next_one = door.send(
        door.write(["id,name,since,months,charge,total,left", "A,Ana,2024-02-01,1,10,5,no"]),
        "customers",
    )
    assert (next_one.mapping, next_one.upload.ended) == (first.mapping, 1)
    door.lake.close()


def test_a_mapping_corrected_with_the_rows_is_kept_for_the_headers_of_the_first_file(
    tmp_path: Path,
):
    door = Door(installation(tmp_path), tmp_path)
    first = door.customers("A,Ana,2024-01-01,doce,10,5,no", "B,2")
    lines = download_csv(door.lake, TENANT, first.upload.id).decode("utf-8-sig").splitlines()
    columns = {h: c for h, c in CUSTOMERS.items() if h != "total"}
    chosen = replace(first.mapping, columns=columns)
    door.send(door.write(lines, "con_lineas.csv"), "customers", chosen)
    later = door.send(door.write([",".join(CUSTOMERS), "C,Luz,2024-01-01,1,10,5,no"]), "customers")
    assert (later.mapping, later.mapping_source) == (chosen, "stored")
    door.lake.close()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/evil.csv", "evil.csv"),
        ("C:\\Users\\Ana\\clientes.csv", "clientes.csv"),
        ("a\nb\x1b[31m\u202egnp.csv", "ab[31mgnp.csv"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
        ("/", "-"),
    ],
)
def test_a_file_s_name_has_no_folder_and_nothing_that_nobody_sees(sent: str, kept: str):
    assert shown_name(sent) == kept

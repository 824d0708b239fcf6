"""A new vertical's contract may name its columns as it likes, and may have dates in the vault."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ingestion.mapping import Mapping
from ingestion.receive import receive
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tests.ingestion_lake import ACTOR, TENANT, installation

LENDER = """
apiVersion: v3.2.0
kind: DataContract
id: abcall.lender
name: lender
version: 0.1.0
status: active
description: {purpose: What a lender sends.}
customProperties:
  - {property: extends, value: contact_center}
  - {property: label, value: {en: Lenders, es: Prestamistas}}
schema:
  - name: customers
    properties:
"""
COLUMN = """
      - name: NAME
        logicalType: TYPE
        classification: CLASS
        description: A column. / Una columna.
        customProperties:
          - {property: columnRole, value: attribute}
          - {property: label, value: {en: NAME, es: NAME}}
"""
OWN = {
    "birth_date": ("date", "personal"),
    "personal_loan": ("boolean", "internal"),
    "since": ("string", "internal"),
    "blank_cheques": ("integer", "internal"),
}


def lender(folder: Path) -> Path:
    columns = (
        COLUMN.replace("NAME", name).replace("TYPE", type_).replace("CLASS", classification)
        for name, (type_, classification) in OWN.items()
    )
    path = folder / "lender.odcs.yaml"
    path.write_text(LENDER + "".join(columns).replace("\n\n", "\n"), encoding="utf-8")
    return path


def send(lake: Lake, path: Path, *lines: str) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    names = {"id": "customer_id", "at": "effective_at"}
    columns = {header: names.get(header, header) for header in lines[0].split(",")}
    tenant = replace(TENANT, vertical="lender")
    mapping = Mapping(columns, "natural", None, "increment")
    receipt = receive(lake, tenant, ACTOR, path, "customers", mapping=mapping)
    assert receipt.counts["quarantined"] == 0


def test_columns_that_are_called_like_working_ones_and_dates_of_persons(tmp_path: Path):
    folder = lender(tmp_path).parent
    with Lake.open(replace(installation(tmp_path), contract_dirs=(folder,))) as lake:
        file = tmp_path / "a.csv"
        send(
            lake,
            file,
            "id,at,birth_date,personal_loan,since,blank_cheques,city",
            "A,2024-01-01,1990-05-31,yes,always,3,Cali",
        )
        send(lake, file, "id,at,city", "A,2024-02-01,Pasto")
        silver = lake.arrow(lake.ref(TENANT, "silver", "customers")).sort_by("valid_from")
        kept = silver.select(["personal_loan", "since", "blank_cheques", "city"]).to_pylist()
        assert [tuple(row.values()) for row in kept] == [
            (True, "always", 3, "Cali"),
            (True, "always", 3, "Pasto"),
        ]
        assert silver["valid_to"].to_pylist() == [datetime(2024, 2, 1, tzinfo=UTC), None]
        officer = Actor("p", "user", TENANT.id, frozenset({"privacy_officer"}))
        persons = lake.vault.read(TENANT, officer, silver["person_token"].to_pylist())
        assert list(persons.values()) == [{"birth_date": "1990-05-31"}]

"""What the engine gets of a file: the cells as they came, and free texts once more, masked."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from data_contracts.loader import load_contracts
from foundation.clock import utc_now
from ingestion.into_engine import raw_rows
from ingestion.job import Job
from ingestion.mapping import Mapping
from ingestion.reading.raw import RawTable, as_rows
from tenancy.tenant import Tenant

TELECOM = load_contracts()["telecom"]
HEADERS = ("incident_id", "text")
ACME = Tenant("acme", "Acme", "telecom")


def handed(
    texts: Sequence[str | None],
    values: dict[str, str] | None = None,
    products: Sequence[str] = (),
) -> list[str | None]:
    columns = dict(zip(HEADERS, HEADERS, strict=True))
    mapping = Mapping(columns, "natural", None, "increment", {"text": values or {}})
    table = TELECOM.table("incidents")
    job = Job(ACME, TELECOM, table, mapping, "u", "f", utc_now(), HEADERS, 0, {}, b"k" * 32)
    numbers = np.arange(len(texts), dtype=np.int64)
    job = replace(job, products=frozenset(products))
    cells = [[str(number) for number in numbers], texts]
    rows = raw_rows(job, RawTable(HEADERS, as_rows(HEADERS, cells, numbers)))
    assert rows["raw_text"].to_pylist() == texts
    masked: list[str | None] = rows["masked_text"].to_pylist()
    return masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Sin internet desde ayer", None),
        ("Soy María Pérez", "Soy [NOMBRE]"),
        ("\u00a0 cédula 1.023.456.789 \n", "cédula [DOCUMENTO]"),
        ("", None),
    ],
)
def test_a_text_is_masked_without_its_edges_and_left_out_where_nothing_changes(
    text: str, masked: str | None
):
    assert handed([text, "otra cosa"]) == [masked, None]


def test_the_tenants_own_name_and_its_products_stay():
    said = ["hablo con Acme", "de parte de Nebulón", "hablo con Acmeo"]
    assert handed(said, products=["Nebulón"]) == [None, None, "hablo con [NOMBRE]"]


def test_nothing_is_masked_of_nothing():
    assert handed([]) == []
    assert handed([None, "soy Ana Ruiz"]) == [None, "soy [NOMBRE]"]


def test_what_the_tenant_writes_for_a_text_is_masked_in_its_place():
    own = {"llamar a Ana Ruiz": "seguimiento", "titular": "Es de Ana Ruiz"}
    assert handed(["Llamar a Ana Ruiz", "titular"], own) == [None, "Es de [NOMBRE]"]

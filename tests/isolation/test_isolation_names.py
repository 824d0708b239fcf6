"""Names as an attacker writes them: tenants, tables and files lead nowhere they should not."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from dashboards.words import literal
from foundation.errors import NotFound, OperatorError
from ingestion.data_docs import build_data_docs
from ingestion.landing import sha256_of
from ingestion.mapping import Mapping
from ingestion.preview import preview
from ingestion.quarantine import download_csv, rejected_rows
from ingestion.receive import receive
from lakehouse.refs import TableRef
from models.registry import registered_name
from pipelines.platform import Platform
from tenancy.tenants import get_tenant
from tenancy.uploads import get_upload, start_upload
from tests.ingestion_lake import CUSTOMERS, TENANT
from tests.isolation.two_senders import BETA, HEADER, ROWS, STAFF, House, user_of

WRONG_NAMES = (
    "../beta", "beta/../acme", "/etc/passwd", "..", ".", "", "beta\0", "\ud800", "Beta",
    "b\u200beta", "ｂｅｔａ", "beta\n",
    "beta' or '1'='1", "beta%", "beta/", "beta\\", "$(id)", "beta.churn",
)  # fmt: skip


@pytest.mark.parametrize("name", WRONG_NAMES)
def test_a_name_that_is_none_leads_nowhere(house: House, tmp_path: Path, name: str):
    lake, before = house.lake, sorted(p.name for p in house.door.folder.iterdir())
    with pytest.raises(NotFound):
        get_upload(lake.store, TENANT, name)
    with pytest.raises(NotFound):
        get_tenant(lake.store, STAFF, name)
    with pytest.raises(NotFound):
        preview(lake, TENANT, house.door.folder / "clientes.csv", name)
    with pytest.raises(NotFound):
        receive(lake, TENANT, STAFF, house.door.folder / "clientes.csv", name)
    forged = replace(TENANT, id=name)
    for step in (
        lambda: TableRef(tmp_path, name, "gold", "score"),
        lambda: TableRef(tmp_path, "acme", "gold", f"../{name}"),
        lambda: lake.ref(forged, "gold", "score"),
        lambda: lake.objects.put(forged, "landing", b"x"),
        lambda: lake.objects.put(TENANT, f"../{name}", b"x"),
        lambda: build_data_docs(lake, forged, []),
        lambda: registered_name(name, "churn"),
        lambda: registered_name("acme", f"../{name}"),
    ):
        with pytest.raises(OperatorError, match="name"):
            step()
    with pytest.raises(dg.Failure), Platform(lake.settings).work(name):
        raise AssertionError("a tenant that does not exist was worked for")
    assert sorted(p.name for p in house.door.folder.iterdir()) == before


def test_nobody_brings_a_file_to_another_tenant_not_even_one_that_was_begun(house: House):
    path = house.door.write([HEADER, ROWS[0]], "otro.csv")
    thief = user_of(BETA, "uploader", "manager")
    with pytest.raises(NotFound):
        receive(house.lake, TENANT, thief, path, "customers")

    begun = start_upload(
        house.lake.store, STAFF, TENANT, "customers",
        file_name="otro.csv", sha256=sha256_of(path), size_bytes=1,
    )  # fmt: skip
    with pytest.raises(NotFound):
        receive(house.lake, TENANT, thief, path, "customers")
    assert get_upload(house.lake.store, TENANT, begun.id).state == "received"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["../../beta/x.csv", "a\0b.csv", "\udcff.csv", "/etc/passwd", "x" * 400]
)
def test_a_files_name_is_words_and_no_path(house: House, name: str):
    path = house.door.write([HEADER, *ROWS, f"10{len(name)},Bo,2026-01-01,-1,1,1,no"])
    outside = sorted(house.door.folder.parent.iterdir())
    receipt = receive(
        house.lake, TENANT, user_of(TENANT, "uploader"), path, "customers", file_name=name,
        mapping=Mapping(CUSTOMERS, "natural", None, "increment"),
    )  # fmt: skip
    stored = get_upload(house.lake.store, TENANT, receipt.upload.id).file_name
    assert "\0" not in stored
    assert stored.encode(), "the name cannot be written"
    assert len(rejected_rows(house.lake, TENANT, receipt.upload.id)) == 3
    assert sorted(house.door.folder.parent.iterdir()) == outside


def test_a_download_holds_no_formula_in_cells_or_headers(house: House):
    header = f"{HEADER},=cmd()"
    path = house.door.write([header, *(f"{row},@sum(1)" for row in ROWS)])
    receipt = receive(
        house.lake, TENANT, STAFF, path, "customers",
        mapping=Mapping(CUSTOMERS, "natural", None, "increment"),
    )  # fmt: skip

    sheet = download_csv(house.lake, TENANT, receipt.upload.id).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(sheet)) for cell in row]
    assert "'=cmd()" in cells
    assert not [cell for cell in cells if cell[:1] in "=+@\t\r" and cell[:1]]


def test_markdown_in_a_files_name_is_shown_as_it_stands():
    assert literal("![x](http://a.example/p.png)") == r"!\[x\](http://a.example/p.png)"
    assert literal("<img src=x> `a` :red[b] $c$") == r"\<img src=x\> \`a\` :red\[b\] \$c\$"
    assert literal("clientes 2026-11.csv") == "clientes 2026-11.csv"

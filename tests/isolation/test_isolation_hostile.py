"""What a tenant writes – headers, names of columns, names of files – orders nobody about."""

import logging
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from rich.console import Console

from cli import console
from dashboards import gold
from dashboards.drafts import on_disk
from dashboards.gold import Gold
from foundation.errors import InvalidContract, InvalidRequest, NotFound
from foundation.spelling import printable
from ingestion.audit import Audit, Result
from ingestion.data_docs import build_data_docs
from ingestion.evolution.correction import Correction, correct
from ingestion.evolution.own_columns import accept, own_columns, propose, reject, withdraw
from ingestion.evolution.rescued import rescued_columns
from ingestion.gold.refine import refine
from ingestion.leases import receive_lease
from ingestion.ledger.find import selections
from ingestion.mapping import Mapping
from ingestion.receive import receive
from ingestion.scratch import PREFIX
from lakehouse.commits import Commit
from lakehouse.offline import offline
from models.tenant_end import _delete_folder
from pipelines.sensors import _tried
from tenancy.leases import lease
from tenancy.rescued import Sighting, note_sightings, sightings
from tenancy.uploads import get_upload
from tests.ingestion_lake import CUSTOMERS, TENANT
from tests.isolation.two_senders import BETA, HEADER, ROWS, House, user_of

HOSTILE = (
    "row_key", "person_token", "x'; DROP TABLE uploads;--", "&a *a !!python/object:os.system",
    "[/b]", "\x1b[31mred", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a\u202eb",
    "{0.__class__}", "{{7*7}}",
)  # fmt: skip
DECIDER = user_of(TENANT, "manager", "uploader")


@pytest.fixture(scope="module")
def sent(house: House) -> House:
    """A file whose unknown columns are called like all sorts of orders."""
    rows = [f"{row},{','.join('7' for _ in HOSTILE)}" for row in (ROWS[0], ROWS[2])]
    path = house.door.write([",".join([HEADER, *HOSTILE]), *rows], "hostil.csv")
    mapping = Mapping(CUSTOMERS, "natural", None, "increment")
    receive(house.lake, TENANT, DECIDER, path, "customers", mapping=mapping)
    return house


def test_hostile_headers_are_kept_as_they_came_and_named_as_a_column_can_be(sent: House):
    kept = {one.header for one in rescued_columns(sent.lake.store, TENANT)}
    assert set(HOSTILE) <= kept
    for header in HOSTILE:
        name = propose(sent.lake, DECIDER, TENANT, "customers", header).column.name
        assert name.replace("_", "").isalnum()
        assert name.isascii()
        assert name not in ("row_key", "person_token")


@pytest.mark.parametrize(
    "name",
    ["ROW_KEY", "row_key", "person_token", "customer_id", "a b", "a\n", "é", "__class__", "x" * 64,
     "x'; DROP TABLE uploads;--", "1a"],
)  # fmt: skip
def test_a_name_that_no_column_can_have_is_refused_before_anything_is_kept(sent: House, name: str):
    guess = propose(sent.lake, DECIDER, TENANT, "customers", "[/b]").column
    with pytest.raises((InvalidRequest, InvalidContract)):
        accept(sent.lake, DECIDER, TENANT, correct(guess, Correction(name=name)))
    assert own_columns(sent.lake, TENANT) == ()


def test_a_limit_that_is_short_to_write_and_endless_to_write_out_is_refused(sent: House):
    guess = propose(sent.lake, DECIDER, TENANT, "customers", "[/b]").column
    for limit in ("1e999999999", "-1e999999999", "1e-999999999", "Infinity", "sNaN"):
        with pytest.raises(InvalidRequest):
            correct(guess, Correction(minimum=limit))


@pytest.mark.parametrize("header", ["\ud800", "\0", "", "no\0such", "\udcff"])
def test_a_header_that_is_no_text_is_nobodys(sent: House, header: str):
    for step in (propose, reject, withdraw):
        with pytest.raises(NotFound):
            step(sent.lake, DECIDER, TENANT, "customers", header)


def test_one_tenants_notes_of_headers_replace_no_other_tenants(sent: House):
    theirs = sightings(sent.lake.store, TENANT)
    stolen = get_upload(sent.lake.store, TENANT, theirs[0].upload_id)
    forged = Sighting(stolen.id, "customers", "forged", 1, 1, stolen.received_at)
    note_sightings(sent.lake.store, BETA, [forged])
    assert sightings(sent.lake.store, TENANT) == theirs


def test_a_terminal_shows_a_tenants_words_and_obeys_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    words = "[/b]\x1b]52;c;cm0=\x07 [red]a[/red] \u202evsc"
    monkeypatch.setattr(console, "_out", Console(highlight=False, width=200))
    monkeypatch.setattr(console, "_err", Console(stderr=True, highlight=False, width=200))
    console.say(words)
    console.complain(words)
    console.show(words, ["one"], [[words]])
    with console.working(1) as begin:
        begin(f"{words}\nforged line")
    said = "".join(capsys.readouterr())
    assert said.count("[/b]␛]52;c;cm0=␇ [red]a[/red] �vsc") >= 5
    assert not set("\x1b\x07\u202e") & set(said)
    assert "\nforged" not in said


def test_a_files_name_forges_no_line_of_a_log(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    class Context:
        log = logging.getLogger("abcall.test.sensors")

    name = "a.csv\n2026-01-01 beta: fine\x1b[2J"
    with caplog.at_level("WARNING"):
        assert not _tried(house.lake, tmp_path / name, Context())  # type: ignore[arg-type]
    (line,) = [record.getMessage().splitlines()[0] for record in caplog.records]
    assert line.startswith(printable(name))


@pytest.mark.parametrize(
    "name", ["a.\0csv", "a." + "x" * 400, "a.\ud800", "../../a.csv/..", "a.c v", "a.csv"]
)
def test_a_dropped_file_lies_under_a_name_of_ours(name: str):
    with on_disk(memoryview(b"x"), name) as path:
        assert path.parent.name.startswith(PREFIX)
        assert path.name in ("dropped", "dropped.csv")
        assert path.read_bytes() == b"x"
    assert not path.exists()


@pytest.mark.parametrize(
    "query",
    ["SELECT * FROM read_csv('{file}')", "SELECT * FROM '{file}'", "COPY (SELECT 1) TO '{file}'",
     "ATTACH '{file}' AS other", "INSTALL httpfs", "SELECT * FROM secret",
     "SET enable_external_access = true", "SELECT * FROM read_text('/etc/passwd')"],
)  # fmt: skip
def test_a_query_reaches_no_file_no_variable_and_no_setting(tmp_path: Path, query: str):
    secret = pa.table({"a": [1]})
    file = tmp_path / "theirs.csv"
    file.write_text("a\n1\n", encoding="utf-8")
    with offline() as database, pytest.raises(duckdb.Error):
        database.execute(query.format(file=file))
    assert file.read_text(encoding="utf-8") == "a\n1\n"
    assert secret.num_rows == 1


@pytest.mark.slow
def test_a_tenants_lease_keeps_no_other_tenant_waiting(house: House):
    path = house.door.write([HEADER, ROWS[0].replace("1277", "4401")], "mio.csv")
    with lease(house.lake.store, receive_lease(TENANT, "customers")):
        receipt = receive(house.lake, BETA, user_of(BETA, "uploader"), path, "customers")
    assert receipt.upload.counts["rows"] == 1


def test_the_end_of_a_tenant_takes_nothing_of_one_whose_name_begins_alike(tmp_path: Path):
    mark = "0" * 32
    for name in ("acme", f".acme-{mark}", "acme-norte", f".acme-norte-{mark}"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text("x", encoding="utf-8")
    assert _delete_folder(tmp_path, TENANT) == 2
    assert {p.name for p in tmp_path.iterdir()} == {"acme-norte", f".acme-norte-{mark}"}


def test_of_a_table_only_the_version_that_stands_is_kept_in_memory(house: House):
    refine(house.lake, BETA)
    seen, ref = Gold(house.lake, BETA), house.lake.ref(BETA, "gold", "customer")
    assert seen.rows("SELECT * FROM customer", {"customer": ()})
    before = [key for key in gold._kept if key[0] == ref.path]
    house.lake.writer.delete(ref, "person_token is not null", Commit("erased"))
    assert seen.rows("SELECT person_token FROM customer", {"customer": ("person_token",)}) == []
    assert before
    assert not set(before) & set(gold._kept)


@pytest.mark.slow
def test_data_docs_show_a_name_and_run_no_script_in_it(house: House):
    name = "<img src=x onerror=alert(1)>"
    kind = "expect_column_values_to_not_be_null"
    result = Result(kind, name, {"column": name}, False, 1, 2)
    audit = Audit("customers", 1, 2, False, "2026-11-25T00:00:00+00:00", (result,))
    pages = build_data_docs(house.lake, TENANT, [audit]).parent.rglob("*.html")
    shown = [page.read_text(encoding="utf-8") for page in pages]
    assert shown
    assert not [page for page in shown if name in page]


def test_an_empty_id_names_no_file_and_never_all_of_them(house: House):
    with pytest.raises(NotFound):
        selections(house.lake, BETA, upload_id="")

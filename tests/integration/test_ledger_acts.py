"""The quarantine ledger: what is open and why; corrected by cause, cell or file, or dismissed."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.errors import InvalidRequest, NotAllowed, NotFound
from ingestion.ledger.correction import Correction
from ingestion.ledger.dismiss import dismiss, reopen
from ingestion.ledger.download import write_download
from ingestion.ledger.history import rows_done
from ingestion.ledger.query import causes, files, page, state_counts
from ingestion.ledger.redrive import redrive
from ingestion.ledger.rows import ledger_page
from ingestion.ledger.schema import RowRef
from ingestion.ledger.selection import Cause, Selection
from ingestion.quarantine import download_csv
from tenancy.actor import Actor
from tenancy.audit import entries
from tenancy.quarantine_acts import get_act, list_acts
from tenancy.uploads import get_upload
from tests.ingestion_lake import ACTOR, TENANT, Door, installation

OPEN = Selection("customers")
VIEWER = Actor("vera", "user", TENANT.id, frozenset({"viewer"}))
MONTHS = Cause("customers", "tenure_months", "type", (("type", "integer"),))


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    made = Door(installation(tmp_path), tmp_path)
    yield made
    made.lake.close()


def sent(door: Door) -> str:
    """Send four rows that are rejected (one for two causes, one a broken line) and a good one."""
    return door.customers(
        "A,Ana,2024-01-01,1,10,5,no",
        "B,Eva,2024-01-01,doce,10,5,no",
        "C,Luz,2024-01-01,Doce,-4,5,no",
        "D,2",
        "E,Sol,2024-01-01,2,-9,5,no",
    ).upload.id


def counts(door: Door) -> tuple[int, int, int, int]:
    found = state_counts(door.lake, TENANT, "customers")
    return found["open"], found["resolved"], found["replaced"], found["dismissed"]


def months(door: Door) -> list[int]:
    return sorted(m for (m,) in door.silver("customers", "tenure_months"))


def test_open_rows_are_grouped_by_cause(door: Door):
    upload = sent(door)
    found = {c.cause.column: c for c in causes(door.lake, TENANT, OPEN)}
    assert {column: cause.rows for column, cause in found.items()} == {
        "tenure_months": 2, "monthly_charge": 2, "": 1,
    }  # fmt: skip
    assert found["tenure_months"].cause == MONTHS
    assert found["tenure_months"].share == 0.5
    assert found["tenure_months"].examples == (RowRef(upload, 2), RowRef(upload, 3))
    table = door.lake.contract_of(TENANT).table("customers")
    assert found[""].cause.say(table) == "A la línea le faltan campos."
    assert "número entero" in MONTHS.say(table)
    assert [(f.upload_id, f.rows) for f in files(door.lake, TENANT, OPEN)] == [(upload, 4)]
    by_cause = Selection("customers", cause=MONTHS)
    assert page(door.lake, TENANT, by_cause, limit=1, offset=1) == [RowRef(upload, 3)]
    assert len(page(door.lake, TENANT, Selection("customers", upload_id="0" * 32), limit=9)) == 0


def test_values_are_shown_to_those_who_may_see_them(door: Door):
    upload = sent(door)
    seen = ledger_page(door.lake, TENANT, ACTOR, OPEN, limit=2, offset=1)
    assert seen[0].ref == RowRef(upload, 3)
    assert [seen[0].value(reason) for reason in seen[0].reasons] == ["Doce", "-4"]
    assert seen[1].is_line
    assert seen[1].value(seen[1].reasons[0]) == "D,2"
    hidden = ledger_page(door.lake, TENANT, VIEWER, OPEN, limit=9)
    assert [(row.row, row.value(row.reasons[0])) for row in hidden] == [(None, None)] * 4


def test_one_correction_for_all_rows_of_a_cause(door: Door):
    upload = sent(door)
    by_cause = Selection("customers", cause=MONTHS)
    (act,) = redrive(
        door.lake, TENANT, ACTOR, by_cause, Correction(values={"tenure_months": {"doce": "12"}})
    )
    assert act.state == "done"
    assert act.counts == {"rows": 2, "resolved": 1, "replaced": 1}
    assert counts(door) == (3, 1, 1, 0)
    assert months(door) == [1, 12]
    taken = get_upload(door.lake.store, TENANT, str(act.upload_id))
    assert (taken.kind, taken.ended, taken.counts["rows"]) == ("increment", 0, 2)
    again = next(
        row for row in ledger_page(door.lake, TENANT, ACTOR, OPEN, limit=9)
        if row.ref.upload_id == taken.id
    )  # fmt: skip
    assert (again.came_from, again.file_name) == (RowRef(upload, 3), "file1.csv")
    assert [reason.column for reason in again.reasons] == ["monthly_charge"]
    assert again.row is not None
    assert again.row["months"] == "12"
    told = {done.came_from.row_number: done for done in rows_done(door.lake, TENANT, ACTOR, act.id)}
    assert told[2].changes == {"months": ("doce", "12")}
    assert (told[2].act, told[3].act) == ("resolved", "replaced")
    assert rows_done(door.lake, TENANT, VIEWER, act.id)[0].changes == {}
    assert entries(door.lake.store, TENANT, limit=9)[-1].action != "quarantine.values"
    assert "quarantine.values" in {e.action for e in entries(door.lake.store, TENANT)}


@pytest.mark.slow
def test_a_correction_that_is_remembered_needs_none_the_next_time(door: Door):
    sent(door)
    remember = Correction(values={"tenure_months": {"doce": "12"}}, remember=True)
    (act,) = redrive(door.lake, TENANT, ACTOR, Selection("customers", cause=MONTHS), remember)
    assert act.counts["resolved"] == 1
    line = "F,Paz,2024-01-01,DOCE,10,5,no"
    later = door.send(door.write(["id,name,since,months,charge,total,left", line]), "customers")
    assert (later.counts["inserted"], later.mapping_source) == (1, "stored")


@pytest.mark.slow
def test_names_of_persons_are_never_remembered(door: Door):
    sent(door)
    remember = Correction(values={"full_name": {"Eva": "Eva Paz"}}, remember=True)
    with pytest.raises(InvalidRequest, match="about persons"):
        redrive(door.lake, TENANT, ACTOR, OPEN, remember)
    assert list_acts(door.lake.store, TENANT) == []


def test_cell_by_cell_also_of_a_line_that_could_not_be_split(door: Door):
    upload = sent(door)
    cells = {
        RowRef(upload, 2): {"tenure_months": "12"},
        RowRef(upload, 4): {"id": "D", "since": "2024-01-01", "tenure_months": "7"},
    }
    selection = Selection("customers", rows=tuple(cells))
    (act,) = redrive(door.lake, TENANT, ACTOR, selection, Correction(cells=cells))
    assert (act.kind, act.counts["resolved"], act.counts["replaced"]) == ("cells", 2, 0)
    assert months(door) == [1, 7, 12]
    assert counts(door) == (2, 2, 0, 0)


@pytest.mark.slow
def test_a_line_as_it_came_is_not_sent_again(door: Door):
    upload = sent(door)
    with pytest.raises(InvalidRequest, match="None of the rows"):
        redrive(door.lake, TENANT, ACTOR, Selection("customers", rows=(RowRef(upload, 4),)))
    (act,) = redrive(door.lake, TENANT, ACTOR, OPEN)
    assert act.counts == {"rows": 3, "resolved": 0, "replaced": 3}
    assert counts(door) == (4, 0, 3, 0)


@pytest.mark.slow
def test_blank_for_every_row_of_a_cause(door: Door):
    sent(door)
    charge = Cause("customers", "monthly_charge", "minimum", (("minimum", "0"),))
    (act,) = redrive(
        door.lake, TENANT, ACTOR, Selection("customers", cause=charge),
        Correction(every={"monthly_charge": ""}),
    )  # fmt: skip
    assert act.counts == {"rows": 2, "resolved": 1, "replaced": 1}


@pytest.mark.slow
def test_the_corrected_download_of_a_file_settles_its_rows(door: Door, tmp_path: Path):
    upload = sent(door)
    text = download_csv(door.lake, TENANT, upload).decode("utf-8-sig")
    fixed = text.replace("doce", "12").replace("Doce", "12").splitlines()
    receipt = door.send(door.write(fixed, "corregido.csv"), "customers")
    assert receipt.counts["quarantined"] == 3
    assert receipt.unknown_columns == ("línea completa",)
    (act,) = list_acts(door.lake.store, TENANT)
    assert (act.kind, act.state, act.upload_id) == ("file", "done", receipt.upload.id)
    assert act.counts == {"rows": 4, "resolved": 1, "replaced": 3}
    assert counts(door) == (3, 1, 3, 0)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_open_rows_are_downloaded_with_their_reasons(door: Door, tmp_path: Path, ending: str):
    upload = sent(door)
    dismiss(door.lake, TENANT, ACTOR, Selection("customers", rows=(RowRef(upload, 5),)), "prueba")
    path = tmp_path / f"abiertas.{ending}"
    assert write_download(door.lake, TENANT, OPEN, path) == 3
    rows = read(path)
    assert rows[0][:4] == ["fila", "motivos", "referencia", "id"]
    assert rows[0][-1] == "línea completa"
    assert [row[0] for row in rows[1:]] == ["2", "3", "4"]
    assert rows[2][3:6] == ["C", "Luz", "2024-01-01"]
    assert "número entero" in rows[2][1]
    assert "menor que 0" in rows[2][1]
    assert rows[3][-1] == "D,2"


def read(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in sheet.to_python()]


@pytest.mark.slow
def test_no_cell_of_an_excel_download_is_a_formula(door: Door, tmp_path: Path):
    import zipfile

    door.customers('A,"=HYPERLINK(""http://x"")",2024-01-01,x,10,5,no')
    path = tmp_path / "abiertas.xlsx"
    write_download(door.lake, TENANT, OPEN, path)
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=HYPERLINK" in sheet


@pytest.mark.slow
def test_files_of_different_columns_need_a_sheet_each(door: Door, tmp_path: Path):
    sent(door)
    door.customers("Z,Ana,x", header="id,name,months")
    with pytest.raises(InvalidRequest, match="2 files"):
        write_download(door.lake, TENANT, OPEN, tmp_path / "abiertas.csv")
    assert write_download(door.lake, TENANT, OPEN, tmp_path / "abiertas.xlsx") == 5
    acts = redrive(door.lake, TENANT, ACTOR, OPEN, Correction(every={"tenure_months": "3"}))
    assert sorted(act.counts["rows"] for act in acts) == [1, 3]


def test_dismissed_rows_stay_with_their_reason_and_come_back(door: Door):
    upload = sent(door)
    one = Selection("customers", rows=(RowRef(upload, 2),))
    act = dismiss(door.lake, TENANT, ACTOR, one, "Cliente de prueba")
    assert counts(door) == (3, 0, 0, 1)
    assert rows_done(door.lake, TENANT, ACTOR, act.id)[0].reason == "Cliente de prueba"
    with pytest.raises(InvalidRequest, match="None of the rows"):
        dismiss(door.lake, TENANT, ACTOR, one, "otra vez")
    with pytest.raises(InvalidRequest, match="None of the rows"):
        redrive(door.lake, TENANT, ACTOR, one)
    reopen(door.lake, TENANT, ACTOR, one)
    assert counts(door) == (4, 0, 0, 0)
    with pytest.raises(InvalidRequest, match="Write why"):
        dismiss(door.lake, TENANT, ACTOR, one, "  ")
    assert door.rows_in("quarantine", "customers") == 4


def test_who_may_only_look_corrects_nothing_and_another_tenant_finds_nothing(door: Door):
    upload = sent(door)
    stranger = Actor("x", "user", "beta", frozenset({"manager"}))
    one = Selection("customers", rows=(RowRef(upload, 2),))
    for actor, refusal in ((VIEWER, NotAllowed), (stranger, NotFound)):
        with pytest.raises(refusal):
            redrive(door.lake, TENANT, actor, one)
        with pytest.raises(refusal):
            dismiss(door.lake, TENANT, actor, one, "x")
    with pytest.raises(NotFound):
        get_act(door.lake.store, TENANT, "0" * 32)


@pytest.mark.slow
def test_a_reference_that_somebody_made_up_says_nothing(door: Door):
    upload = sent(door)
    lines = download_csv(door.lake, TENANT, upload).decode("utf-8-sig").splitlines()[:2]
    for forged in ("f" * 32 + "-2", f"{upload}-99", "../otro", ""):
        line = lines[1].replace(f"{upload}-2", forged).replace("doce", "12")
        door.send(door.write([lines[0], line]), "customers")
    assert list_acts(door.lake.store, TENANT) == []
    assert counts(door)[0] == 4

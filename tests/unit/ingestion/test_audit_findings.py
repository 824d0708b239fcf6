"""The audit: what it finds, and that it never holds a value of a cell."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from data_contracts.checks import Expectation
from foundation.errors import NotFound
from ingestion.audit import Audit, audit_table
from ingestion.audit_engine import audit_figures
from ingestion.audit_figures import ROWS, figures_of
from ingestion.data_docs import build_data_docs, recorded_audits
from lakehouse.lake import Lake
from tests.silver_rows import ACME, TELECOM, Rows, day, lake_at, write_silver

CUSTOMERS = TELECOM.table("customers")
SECRETS = ("token-of-ana", "Macondo", "98765.4321", "3456")


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with lake_at(tmp_path) as lake:
        yield lake


def customers(**first: object) -> Rows:
    ana = {"person_token": SECRETS[0], "city": SECRETS[1], "monthly_charge": Decimal(SECRETS[2])}
    rest = [{"person_token": f"t{n}", "age": 40, "valid_from": day(n)} for n in range(9)]
    return [ana | {"valid_from": day(0)} | first, *rest]


def audited(lake: Lake, rows: Rows, commit: str = "first") -> Audit:
    write_silver(lake, ACME, "customers", rows, commit)
    return audit_table(lake, ACME, CUSTOMERS)


def test_good_silver_passes_every_expectation(lake: Lake):
    audit = audited(lake, customers(age=35))
    assert audit.passed
    assert audit.failures == ()
    assert (audit.table, audit.version, audit.rows) == ("customers", 0, 10)
    assert {"age", "monthly_charge", "row_key, valid_from"} <= {
        result.column for result in audit.expectations
    }


def test_a_value_out_of_range_is_counted_and_told_in_words(lake: Lake):
    (failure,) = audited(lake, customers(age=3456)).failures[:1]
    assert (failure.kind, failure.column) == ("expect_column_values_to_be_between", "age")
    assert (failure.unexpected_count, failure.element_count) == (1, 10)
    assert failure.say("es") == "age: 1 de 10 valores no están entre 0 y 120."
    assert failure.say("en") == "age: 1 of 10 values do not lie between 0 and 120."


def test_a_key_that_stands_twice_is_found(lake: Lake):
    rows = customers()
    audit = audited(lake, [*rows, dict(rows[0])])
    assert [(f.kind, f.unexpected_count) for f in audit.failures] == [
        ("expect_compound_columns_to_be_unique", 2)
    ]


def test_an_aggregate_shows_what_no_single_row_does(lake: Lake):
    rows = [{**row, "age": 119} for row in customers()]
    audit = audited(lake, rows)
    assert [(f.kind, f.column) for f in audit.failures] == [
        ("expect_column_mean_to_be_between", "age")
    ]


def test_columns_that_the_tenant_never_sends_are_not_audited(lake: Lake):
    columns = {result.column for result in audited(lake, customers()).expectations}
    assert "tenure_months" not in columns


def test_a_column_that_a_tenant_sends_empty_is_audited_when_named(lake: Lake):
    write_silver(lake, ACME, "customers", customers())
    audit = audit_table(lake, ACME, CUSTOMERS, present=["tenure_months"])
    assert "tenure_months" in {result.column for result in audit.expectations}


def test_of_a_table_without_rows_nothing_but_that_is_said(lake: Lake):
    write_silver(lake, ACME, "customers", [])
    audit = audit_table(lake, ACME, CUSTOMERS, present=["tenure_months", "age"])
    assert not audit.passed
    assert [(f.kind, f.column) for f in audit.failures] == [(ROWS, None)]


def test_a_column_that_a_tenant_sends_empty_has_no_mean_that_could_be_wrong(lake: Lake):
    write_silver(lake, ACME, "customers", [{"person_token": "t", "valid_from": day(0)}])
    audit = audit_table(lake, ACME, CUSTOMERS, present=["monthly_charge"])
    assert audit.passed, [failure.say("en") for failure in audit.failures]


def test_two_audits_in_one_process_do_not_share_findings(lake: Lake):
    assert not audited(lake, customers(age=3456), "bad").passed
    assert audited(lake, customers(age=34), "good").passed
    assert not audited(lake, customers(age=3456), "bad again").passed


def test_an_expectation_of_a_column_that_is_not_there_fails():
    missing = Expectation("expect_column_values_to_not_be_null", {"column": "no_such_column"})
    figures = figures_of([missing], [pa.table({"age": [1, 2]})])
    audit = audit_figures("customers", [missing], figures)
    assert not audit.passed
    assert audit.failures[0].unexpected_count is None


def test_an_audit_is_plain_json_and_comes_back_equal(lake: Lake):
    audit = audited(lake, customers(age=3456))
    assert Audit.from_json(json.loads(json.dumps(audit.to_json()))) == audit


def test_nothing_to_audit_is_said(lake: Lake):
    with pytest.raises(NotFound) as refused:
        audit_table(lake, ACME, CUSTOMERS)
    assert "«customers»" in refused.value.say("es")


def test_neither_the_audit_nor_its_pages_hold_a_value_of_a_cell(lake: Lake):
    audit = audited(lake, customers(age=3456))
    index = build_data_docs(lake, ACME, [audit])
    pages = [page.read_text(encoding="utf-8") for page in index.parent.rglob("*.html")]
    assert len(pages) == 3
    told = [json.dumps(audit.to_json()), *pages]
    assert not [secret for secret in SECRETS[:3] if any(secret in text for text in told)]
    assert not [text for text in told if ">3456<" in text or '"3456"' in text]


def test_the_pages_are_those_of_the_tenant_and_count_what_failed(lake: Lake):
    index = build_data_docs(lake, ACME, [audited(lake, customers(age=3456))])
    assert index == lake.settings.data_docs_dir / "acme" / "index.html"
    (page,) = index.parent.glob("validations/**/*.html")
    shown = page.read_text(encoding="utf-8")
    assert "customers" in shown
    assert "1 unexpected value" in shown


def test_pages_are_built_anew_and_leave_nothing_beside_them(lake: Lake):
    build_data_docs(lake, ACME, [audited(lake, customers(age=3456), "bad")])
    build_data_docs(lake, ACME, [audited(lake, customers(age=34), "good")])
    folder = lake.settings.data_docs_dir
    assert [path.name for path in folder.iterdir()] == ["acme"]
    assert len(list(folder.glob("acme/validations/**/*.html"))) == 1


def test_a_tenant_without_uploads_has_no_recorded_audits(lake: Lake):
    assert recorded_audits(lake, ACME) == []

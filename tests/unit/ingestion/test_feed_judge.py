"""Fed rows at the door: golden ones are judged as their contract says, shape by shape."""

import pytest

from data_contracts.contract import Contract, Table
from data_contracts.golden import golden_rows
from data_contracts.loader import load_contracts
from ingestion.feed import Judge
from ingestion.tokens import token

KEY = b"k" * 32
TABLES = [
    pytest.param(contract, table, id=f"{contract.vertical}-{table.name}")
    for contract in load_contracts().values()
    for table in contract.tables
]
INCIDENTS = load_contracts()["telecom"].table("incidents")
GOOD = {"incident_id": "A-1", "customer_id": "1.010.001.277", "opened_at": "2026-01-01"}


@pytest.mark.parametrize(("contract", "table"), TABLES)
def test_golden_rows_break_the_rules_that_they_were_made_to_break(contract: Contract, table: Table):
    golden, judge = golden_rows(table), Judge(table, KEY)
    told = [
        (number, reason.column, reason.rule)
        for number, row in enumerate(golden.rows, start=1)
        for reason in judge.judge(row).reasons
    ]
    asked = {column.name for column in table.by_role("operation")}
    made = [(one.row, one.column, one.rule) for one in golden.rejected if one.column not in asked]
    assert told == made


def test_a_row_is_judged_by_what_it_names_and_by_what_every_row_must_have():
    judge = Judge(INCIDENTS, KEY)
    told = judge.judge({"kind": "poema"})
    assert [(one.column, one.rule) for one in told.reasons] == [
        ("incident_id", "required"),
        ("kind", "allowed"),
    ]
    assert told.row_key is None
    named = judge.judge(GOOD | {"opened_at": None})
    assert [(one.column, one.rule) for one in named.reasons] == [("opened_at", "required")]


def test_a_good_row_tells_its_key_and_its_person():
    told = Judge(INCIDENTS, KEY).judge(GOOD)
    assert told.reasons == ()
    assert (told.row_key, told.person_token) == ("A-1", token("1010001277", KEY))


def test_of_a_row_to_delete_only_the_key_counts():
    judge = Judge(INCIDENTS, KEY)
    assert judge.judge(GOOD | {"opened_at": "ayer"}, deletes=True).reasons == ()
    assert judge.judge({"kind": "claim"}, deletes=True).reasons[0].column == "incident_id"

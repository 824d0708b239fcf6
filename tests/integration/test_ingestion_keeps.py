"""What a file does not bring stays as it was; the oracle is written beside each file."""

from datetime import UTC, datetime
from decimal import Decimal

from tests.ingestion_lake import Door


def day(month: int) -> datetime:
    return datetime(2024, month, 1, tzinfo=UTC)


def test_columns_that_a_file_lacks_keep_the_value_that_held_at_the_row_s_time(door: Door):
    door.customers("A,Ana,2024-01-01,1,10,5,no", "A,Ana,2024-03-01,3,30,5,no")
    header = "id,since,months"
    receipt = door.customers("A,2024-02-01,2", "A,2024-04-01,4", "B,2024-01-01,9", header=header)
    assert {k: v for k, v in receipt.counts.items() if v} == {
        "rows": 3, "inserted": 1, "updated": 2,
    }  # fmt: skip
    assert (
        "Columnas que el archivo no trae y conservan su valor anterior: cargo mensual"
        in receipt.say("es")
    )
    columns = ("valid_from", "valid_to", "tenure_months", "monthly_charge", "churned")
    assert door.silver("customers", *columns) == [
        (day(1), None, 9, None, None),
        (day(1), day(2), 1, Decimal(10), False),
        (day(2), day(3), 2, Decimal(10), False),
        (day(3), day(4), 3, Decimal(30), False),
        (day(4), None, 4, Decimal(30), False),
    ]
    assert door.customers("A,2024-04-01,4", header=header).counts["unchanged"] == 1


def test_a_blank_cell_of_a_column_that_the_file_has_empties_the_value(door: Door):
    door.customers("A,2024-01-01,1,10", header="id,since,months,charge")
    door.customers("A,2024-02-01,", header="id,since,charge")
    columns = ("valid_from", "tenure_months", "monthly_charge")
    assert door.silver("customers", *columns) == [(day(1), 1, Decimal(10)), (day(2), 1, None)]


def test_someone_who_had_left_comes_back_without_the_old_values(door: Door):
    door.customers("A,2024-01-01,1,10", "B,2024-01-01,1,10", header="id,since,months,charge")
    door.customers("B,2024-02-01,2,10", header="id,since,months,charge", kind="snapshot")
    door.customers("A,2024-03-01,3", header="id,since,months")
    now = door.silver("customers", "valid_from", "valid_to", "monthly_charge")
    assert (day(3), None, None) in now


def test_a_change_of_an_incident_keeps_its_customer_its_opening_and_its_text(door: Door):
    door.incidents("I1,C1,2024-01-01,queja,no sirve,")
    before = door.silver("incidents", "person_token", "opened_at", "kind", "text")
    receipt = door.incidents("U,I1,5", header="operation,caso,nota", kind="changes")
    assert receipt.counts["updated"] == 1
    assert door.silver("incidents", "person_token", "opened_at", "kind", "text") == before
    assert door.silver("incidents", "satisfaction") == [(5,)]
    assert before[0][1] == day(1)

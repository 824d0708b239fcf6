"""What is demanded of each row, and of a silver table as a whole."""

from data_contracts.checks import Expectation, RowCheck, row_checks, table_expectations
from data_contracts.loader import load_contracts

TELECOM = load_contracts()["telecom"]
CUSTOMERS, INCIDENTS = TELECOM.table("customers"), TELECOM.table("incidents")


def checks_of(column: str, checks: tuple[RowCheck, ...]) -> list[tuple[str, dict[str, str]]]:
    return [(check.rule, check.arguments) for check in checks if check.column == column]


def kinds_of(column: str, expectations: tuple[Expectation, ...]) -> list[str]:
    return [e.kind for e in expectations if e.arguments.get("column") == column]


def test_presence_comes_first_then_form_then_limits():
    assert checks_of("satisfaction", row_checks(INCIDENTS)) == [
        ("type", {"type": "integer"}),
        ("minimum", {"minimum": "1"}),
        ("maximum", {"maximum": "5"}),
    ]
    assert checks_of("incident_id", row_checks(INCIDENTS)) == [
        ("required", {}),
        ("max_length", {"max_length": "64"}),
    ]
    assert checks_of("kind", row_checks(INCIDENTS)) == [
        ("allowed", {"allowed": "petition, complaint, claim"})
    ]
    assert checks_of("language", row_checks(TELECOM.table("responses")))[0] == (
        "pattern",
        {"pattern": "^[a-z]{2}$"},
    )


def test_a_text_is_taken_as_it_is():
    assert checks_of("text", row_checks(INCIDENTS)) == []


def test_the_key_is_demanded_only_where_it_is_the_key():
    natural = row_checks(CUSTOMERS, key="natural")
    row = row_checks(CUSTOMERS, key="row")
    assert RowCheck("customer_id", "required") in natural
    assert RowCheck("customer_id", "required") not in row
    assert set(natural) - set(row) == {RowCheck("customer_id", "required")}


def test_what_a_row_does_is_demanded_only_of_change_files():
    assert RowCheck("operation", "required") in row_checks(CUSTOMERS, upload="changes")
    for upload in ("snapshot", "increment"):
        assert RowCheck("operation", "required") not in row_checks(CUSTOMERS, upload=upload)


def test_only_the_files_columns_are_looked_at_but_required_ones_are_missed():
    checks = row_checks(INCIDENTS, columns={"incident_id", "satisfaction"})
    assert {check.column for check in checks} == {"incident_id", "satisfaction", "opened_at"}
    assert checks_of("opened_at", checks) == [("required", {})]


def test_a_customer_is_once_in_silver_at_a_time_and_an_incident_once():
    assert Expectation(
        "expect_compound_columns_to_be_unique", {"column_list": ["row_key", "valid_from"]}
    ) in table_expectations(CUSTOMERS)
    assert kinds_of("row_key", table_expectations(CUSTOMERS)) == [
        "expect_column_values_to_not_be_null"
    ]
    assert kinds_of("row_key", table_expectations(INCIDENTS)) == [
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_be_unique",
    ]


def test_an_empty_table_is_a_failure():
    for table in TELECOM.tables:
        assert table_expectations(table)[0] == Expectation(
            "expect_table_row_count_to_be_between", {"min_value": 1}
        )


def test_limits_and_allowed_values_are_looked_at_again():
    expectations = table_expectations(CUSTOMERS)
    assert (
        Expectation(
            "expect_column_values_to_be_between",
            {"column": "tenure_months", "min_value": 0, "max_value": 720},
        )
        in expectations
    )
    assert (
        Expectation(
            "expect_column_values_to_be_in_set",
            {"column": "multiple_lines", "value_set": ["yes", "no", "no_phone_service"]},
        )
        in expectations
    )


def test_what_silver_does_not_have_is_not_audited():
    for table in TELECOM.tables:
        audited = {e.arguments.get("column") for e in table_expectations(table)}
        assert not audited & {"customer_id", "full_name", "phone", "email", "address"}


def test_means_are_audited_only_of_columns_that_were_sent():
    mean = "expect_column_mean_to_be_between"
    assert kinds_of("age", table_expectations(CUSTOMERS, present={"age"})) == [
        "expect_column_values_to_be_between",
        mean,
    ]
    assert mean not in {e.kind for e in table_expectations(CUSTOMERS)}
    assert kinds_of("age", table_expectations(CUSTOMERS, present={"gender"})) == []


def test_most_facts_know_their_person_where_the_tenant_sends_it():
    known = {"column": "person_token", "mostly": 0.5}
    expectation = Expectation("expect_column_values_to_not_be_null", known)
    assert expectation in table_expectations(INCIDENTS, present={"customer_id"})
    assert expectation not in table_expectations(INCIDENTS, present={"opened_at"})
    assert expectation not in table_expectations(INCIDENTS)

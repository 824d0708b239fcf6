"""Every contract file, whichever verticals there are, keeps these rules."""

from pathlib import Path
from typing import get_args

import open_data_contract_standard.model as odcs_model
import pytest

from data_contracts.columns import RESERVED
from data_contracts.contract import Classification, Contract, Role
from data_contracts.loader import (
    load_contract,
    load_contracts,
    vertical_files,
)
from data_contracts.odcs import HERE, SUFFIX, Place, check, read, resolve
from foundation.errors import InvalidContract, OperatorError
from foundation.texts import LANGUAGES

EVERY_FILE = sorted(HERE.glob(f"*{SUFFIX}"))
VERTICALS = [pytest.param(file, id=file.name.removesuffix(SUFFIX)) for file in vertical_files()]


@pytest.fixture(params=VERTICALS)
def file(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def contract(file: Path) -> Contract:
    return load_contract(file)


def test_the_verticals_are_there_and_their_base_is_none():
    names = {file.name.removesuffix(SUFFIX) for file in vertical_files()}
    assert {"telecom", "banking", "public_services", "retail", "fitness"} <= names
    assert "contact_center" not in names


def test_a_vertical_that_is_written_later_is_read_when_it_is_asked_for(tmp_path: Path):
    known = load_contracts((tmp_path,))
    retail = (HERE / f"retail{SUFFIX}").read_text(encoding="utf-8")
    assert "bazaar" not in known
    (tmp_path / f"bazaar{SUFFIX}").write_text(retail.replace("name: retail", "name: bazaar", 1))
    assert known["bazaar"].vertical == "bazaar"
    with pytest.raises(OperatorError, match=r"“nowhere”.*bazaar"):
        known["nowhere"]


@pytest.mark.parametrize("path", EVERY_FILE, ids=lambda path: path.name)
def test_the_file_as_it_stands_keeps_the_standards_schema(path: Path):
    check(read(path), Place(path))


def test_the_whole_with_its_base_keeps_the_standards_schema(file: Path):
    check(resolve(file), Place(file))


def test_the_whole_is_read_by_the_standards_own_model(file: Path):
    model = odcs_model.OpenDataContractStandard.model_validate(resolve(file))
    assert [table.name for table in model.schema_ or []] == [
        table.name for table in load_contract(file).tables
    ]


def test_a_kind_that_is_none_passes_the_standards_model_but_not_ours(file: Path, tmp_path: Path):
    document = {**resolve(file), "kind": "Nope"}
    odcs_model.OpenDataContractStandard.model_validate(document)
    with pytest.raises(InvalidContract) as error:
        check(document, Place(tmp_path / "x.odcs.yaml"))
    assert "at kind:" in str(error.value)
    assert "DataContract" in str(error.value)


def test_every_column_is_classified_and_has_a_role(contract: Contract):
    for table in contract.tables:
        for column in table.columns:
            assert column.classification in get_args(Classification), column.name
            assert column.role in get_args(Role), column.name


def test_every_table_column_and_value_is_told_in_both_languages(contract: Contract):
    for table in contract.tables:
        said = [table.description, table.label]
        for column in table.columns:
            said += [column.description, column.label, *column.value_labels.values()]
        for words in said:
            assert set(words) == set(LANGUAGES)
            assert all(word.strip() for word in words.values())


def test_every_description_is_one_sentence_a_language(contract: Contract):
    for table in contract.tables:
        for column in table.columns:
            for language in LANGUAGES:
                assert column.description[language].endswith("."), (table.name, column.name)


def test_no_column_takes_a_name_of_the_platform(contract: Contract):
    for table in contract.tables:
        assert not {column.name for column in table.columns} & set(RESERVED)


def test_only_text_is_unbounded(contract: Contract):
    """A cell of a million characters is kept in a text and quarantined anywhere else."""
    for table in contract.tables:
        for column in table.columns:
            if column.type == "string" and column.role != "text":
                assert column.max_length or column.allowed or column.pattern, column.name


def test_the_five_tables_and_their_roles(contract: Contract):
    assert [table.name for table in contract.tables] == [
        "customers",
        "incidents",
        "calls",
        "responses",
        "offers",
    ]
    for name in ("customers", "incidents", "calls", "offers"):
        assert [c.name for c in contract.table(name).by_role("entity")] == ["customer_id"]
    for name, time in (
        ("incidents", "opened_at"),
        ("calls", "started_at"),
        ("responses", "replied_at"),
        ("offers", "offered_at"),
    ):
        assert [c.name for c in contract.table(name).by_role("event_time")] == [time]
    assert [table.name for table in contract.tables if table.history] == ["customers"]
    assert [c.name for c in contract.table("customers").by_role("effective_time")] == [
        "effective_at"
    ]


def test_every_header_that_a_person_may_write_is_known_in_both_languages(file: Path):
    for table in resolve(file)["schema"]:
        for column in table["properties"]:
            locales = {synonym["locale"] for synonym in column["synonyms"]}
            assert locales == set(LANGUAGES), (table["name"], column["name"])


def test_names_phones_and_addresses_are_personal(contract: Contract):
    customers = contract.table("customers")
    personal = {c.name for c in customers.columns if c.classification == "personal"}
    assert personal == {"full_name", "phone", "email", "address"}
    assert {customers.column("phone").canonical, customers.column("email").canonical} == {
        "phone",
        "email",
    }


def test_outcomes_are_no_measures_of_the_models_that_predict_them(contract: Contract):
    for model in contract.models:
        table = contract.table(model.label.table)
        named = {model.label.column, model.label.time_column} - {None}
        roles = {table.column(str(name)).role for name in named}
        told_by = {"column": "outcome", "event": "outcome_time", "late": "outcome_time"}
        assert roles == {told_by[kind] for kind in model.label.kinds}


def test_churn_and_incident_risk_are_predicted(contract: Contract):
    churn, risk = contract.model("churn"), contract.model("incident_risk")
    assert (churn.entity, churn.task, churn.label.horizon_days) == ("customer", "binary", 30)
    assert (risk.entity, risk.task, risk.label.horizon_days) == ("incident", "binary", 15)
    assert (churn.label.column, churn.label.time_column) == ("churned", "churned_at")
    late, escalated = ("late", None, "closed_at"), ("event", "escalated", "escalated_at")
    assert (risk.label.kinds[0], risk.label.column, risk.label.time_column) in (late, escalated)
    assert "customer_measures" in churn.features
    assert "incident_text" in risk.features
    for model in (churn, risk):
        assert [c.name for c in model.classes] == ["low", "medium", "high", "critical"]
        assert model.money.value_column is not None
        assert 0 < model.money.contact_cost_months < 1
        assert 0 <= model.money.offer_cost_months < 1
    assert [c.from_odds_ratio for c in churn.classes] == [0, 1, 2.5, 6]
    assert all(c.action for c in risk.classes)
    assert len(contract.offers) >= 3

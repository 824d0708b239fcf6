"""What is flagged before learning: what tells too much, what tells nothing, and nothing honest."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.real_tables import Source, read, rows_of
from data_contracts.loader import load_contracts
from models.columns import kind_of
from models.guard import vouched
from models.leaks import Suspect, suspects
from models.rows import Rows

SIZE = 1500


@pytest.fixture
def honest() -> Rows:
    """Return an outcome of three causes and chance; each cause alone tells a part of it."""
    drawn = np.random.default_rng(4)
    causes = drawn.normal(size=(3, SIZE))
    y = drawn.random(SIZE) < 1 / (1 + np.exp(-1.2 * causes.sum(axis=0)))
    columns = {f"cause_{i}": list(cause) for i, cause in enumerate(causes)}
    return rows_of(columns | {"plan": list(drawn.choice(["a", "b"], SIZE))}, y)


def with_column(rows: Rows, name: str, values: list[object]) -> Rows:
    records = [{**r, name: value} for r, value in zip(rows.records, values, strict=True)]
    return replace(rows, records=records, kinds={**rows.kinds, name: kind_of(values)})


def named(found: tuple[Suspect, ...]) -> dict[str, str]:
    return {one.feature: one.reason for one in found}


def test_an_honest_set_is_left_alone(honest: Rows):
    assert suspects(honest) == ()


def test_a_copy_of_the_outcome_with_some_noise_tells_alone(honest: Rows):
    drawn = np.random.default_rng(1)
    leaked = [float(y + drawn.normal(0, 0.4)) for y in honest.codes]
    (found,) = suspects(with_column(honest, "x", leaked))
    assert (found.feature, found.reason) == ("x", "tells_alone")
    assert found.alone_auc > 0.93 and found.rest_auc > 0.75


def test_a_column_filled_only_where_it_happened_tells_alone(honest: Rows):
    reasons = ["moved" if y else None for y in honest.codes]
    assert named(suspects(with_column(honest, "why_left", reasons))) == {"why_left": "tells_alone"}


def test_two_columns_of_one_leak_are_flagged_together(honest: Rows):
    drawn = np.random.default_rng(1)
    leak = honest.codes + drawn.normal(0, 0.3, SIZE)
    both = with_column(with_column(honest, "score", list(leak)), "other", list(1 - 2 * leak))
    assert named(suspects(both)) == {"score": "tells_alone", "other": "tells_alone"}


def test_two_leaks_of_their_own_do_not_hide_each_other(honest: Rows):
    drawn = np.random.default_rng(2)
    once = with_column(honest, "a", list(honest.codes + drawn.normal(0, 0.4, SIZE)))
    twice = with_column(once, "b", list(honest.codes + drawn.normal(0, 0.45, SIZE)))
    assert named(suspects(twice)) == {"a": "tells_alone", "b": "tells_alone"}


def test_the_only_column_that_tells_anything_is_no_surprise(honest: Rows):
    drawn = np.random.default_rng(3)
    noise = {f"noise_{i}": list(drawn.normal(size=SIZE)) for i in range(3)}
    cause = [record["cause_0"] for record in honest.records]
    assert suspects(rows_of({"cause": cause, **noise}, honest.codes)) == ()


def test_what_never_changes_and_what_never_repeats_is_flagged(honest: Rows):
    flat = with_column(honest, "country", ["co"] * SIZE)
    found = named(suspects(with_column(flat, "contract", [f"C-{i}" for i in range(SIZE)])))
    assert found == {"country": "constant", "contract": "identifier"}


def test_what_the_contract_s_times_forbid_is_flagged_by_name(honest: Rows):
    assert named(suspects(honest, late={"cause_1"})) == {"cause_1": "known_late"}


def test_few_rows_prove_nothing(honest: Rows):
    assert suspects(honest.take(np.arange(80))) == ()


@pytest.mark.parametrize("task", ["number", "multiclass"])
def test_other_outcomes_are_looked_at_as_a_yes_or_no(honest: Rows, task: str):
    drawn = np.random.default_rng(5)
    amount = sum(np.array([r[f"cause_{i}"] for r in honest.records]) for i in range(3))
    amount = np.asarray(amount) + drawn.normal(0, 1, SIZE)
    codes = amount if task == "number" else np.digitize(amount, [-1.0, 1.0]).astype(float)
    leaked = with_column(honest, "x", list(codes + drawn.normal(0, 0.05, SIZE)))
    outcome = replace(leaked, codes=codes, task=task)  # type: ignore[arg-type]
    assert "x" in named(suspects(outcome))


@pytest.mark.parametrize("language", ["es", "en"])
def test_each_reason_is_a_sentence_with_the_name_and_the_figures(language: str):
    told = Suspect("duration", "tells_alone", 0.8, 0.77).say("duration", language)  # type: ignore[arg-type]
    assert "duration" in told and "80" in told and "77" in told


REAL = {
    "telco": Source("", "churn_ibm_telco/Telco-Customer-Churn.csv", "Churn", "Yes"),
    "iranian": Source("", "churn_iranian_telecom/Customer_Churn.csv", "Churn", "1"),
    "card": Source("", "churn_credit_card/BankChurners.csv", "Attrition_Flag", "Attrited Customer"),
    "telemarketing": Source("", "offers_bank_telemarketing/bank-full.csv", "y", "yes"),
    "german": Source("", "risk_german_credit_ibm/credit_risk_training.csv", "Risk", "Risk"),
}


def renamed(rows: Rows) -> Rows:
    """Return rows with their features in their order as ``c0``, ``c1`` …"""
    names = {name: f"c{place}" for place, name in enumerate(rows.kinds)}
    records = [{names[name]: value for name, value in row.items()} for row in rows.records]
    return replace(
        rows, records=records, kinds={names[name]: kind for name, kind in rows.kinds.items()}
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "leaks"),
    [
        ("telco", set()),
        ("iranian", set()),
        ("card", {"c20", "c21"}),
        ("telemarketing", {"c11"}),
        ("german", set()),
    ],
)
def test_real_files_with_their_headers_renamed(
    real_data: Callable[[str], Path], name: str, leaks: set[str]
):
    """``Naive_Bayes_*`` are columns 20 and 21, ``duration`` is 11; at most one honest flag."""
    real_data(REAL[name].file)
    told = named(suspects(renamed(read(REAL[name]))))
    found = {feature for feature, reason in told.items() if reason == "tells_alone"}
    assert leaks <= found
    assert len(found - leaks) <= 1


def test_a_measure_that_the_contract_says_is_known_in_time_is_kept_unasked():
    contract = load_contracts()["telecom"]
    customers = contract.table("customers")
    columns = tuple(
        replace(column, known_in_time=column.name == "partner") for column in customers.columns
    )
    others = (table for table in contract.tables if table.name != "customers")
    said = replace(contract, tables=(replace(customers, columns=columns), *others))
    assert vouched(said, said.model("churn")) == {"partner": "keep"}
    assert vouched(contract, contract.model("churn")) == {}

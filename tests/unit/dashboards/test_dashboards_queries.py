"""What the pages ask of gold, on a lake that the real code made."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from dashboards import (
    answer_queries,
    conversation_queries,
    customer_queries,
    figures,
    queries,
    timing_queries,
)
from dashboards.queries import RISKY, Filters
from dashboards.rejections import translation, waiting
from dashboards.uploads import account_sentence, any_taken, earlier
from dashboards.viewer import Viewer
from ingestion.ledger.selection import Cause, Selection
from tests.unit.dashboards.conftest import PROBABILITIES, SCORED_AT, House

Make = Callable[..., Viewer]


def test_the_newest_run_counts_and_not_the_one_before(viewer: Make):
    run = queries.latest_run(viewer().gold, "churn")
    assert run is not None
    assert (run.id, run.scored, run.scored_at) == ("run-churn", 10, SCORED_AT)


def test_a_run_adds_up(viewer: Make):
    gold = viewer().gold
    risk = queries.risk_of(gold, queries.latest_run(gold, "churn"))
    assert {one.risk_class: one.entities for one in risk.classes} == {
        "critical": 3, "high": 3, "medium": 2, "low": 2,
    }  # fmt: skip
    assert (risk.entities, risk.risky, risk.persons, risk.risky_persons) == (10, 6, 10, 6)
    assert risk.expected == pytest.approx(sum(PROBABILITIES))
    assert risk.variance == pytest.approx(sum(p * (1 - p) for p in PROBABILITIES))
    assert risk.money == Decimal("470.00")
    assert risk.money_variance == pytest.approx(1e4 * risk.variance)


def test_the_newest_answer_counts_with_the_replies_that_are_still_there(viewer: Make):
    gold = viewer().gold
    told = answer_queries.answers_by_id(gold, ["R0", "R1", "R2"])
    assert {name: row["intent"] for name, row in told.items()} == {"R0": "fault", "R1": None}
    replies = answer_queries.replies_to(gold, told)
    assert {name: [row["response_id"] for row in rows] for name, rows in replies.items()} == {
        "R0": ["RE-7", "A-1"]
    }
    assert replies["R0"][0]["text"] == "Ya quedó arreglado."


def test_a_company_without_answers_has_none(viewer: Make, house: House):
    gold = viewer(tenant=house.empty).gold
    assert answer_queries.answers_by_id(gold, ["R0"]) == {}
    assert answer_queries.replies_to(gold, {"R0": {"run_id": "run-answers"}}) == {}


def test_no_two_rows_get_the_same_key(viewer: Make):
    cause = Cause("customers", "customer_id", "required")
    assert translation(viewer(), Selection("customers", cause=cause)) is None


def test_filters_leave_a_class_or_a_dimension(viewer: Make):
    gold = viewer().gold
    run = queries.latest_run(gold, "churn")
    by_class = queries.scored(gold, run, Filters(classes=RISKY), limit=4)
    assert [row["probability"] for row in by_class] == [0.9, 0.8, 0.75, 0.6]
    assert by_class[0]["total"] == 6
    long = Filters(dimension="contract_type", value="two_year")
    assert [row["probability"] for row in queries.scored(gold, run, long, limit=9)] == [
        0.25, 0.1, 0.05,
    ]  # fmt: skip
    assert queries.risk_of(gold, run, long).entities == 3
    assert queries.values_of(gold, "contract_type") == ["month_to_month", "two_year"]


def test_months_are_cut_in_the_tenants_time_zone(viewer: Make):
    months = queries.monthly(viewer().gold, "customer", "churned_at")
    assert [(one.month, one.events) for one in months] == [
        (datetime(2026, 1, 1), 2), (datetime(2026, 2, 1), 2), (datetime(2026, 3, 1), 2),
    ]  # fmt: skip


def test_when_is_told_by_the_newest_run_of_the_same_moment(viewer: Make, house: House):
    gold, token = viewer().gold, house.tokens[0]
    at = customer_queries.scores(gold, token, "churn")[0]["as_of_at"]
    told = timing_queries.timing_of_person(gold, token, "churn", at)
    assert told is not None
    assert (told["days"], told["median_days"]) == ([30, 60, 90], None)
    assert timing_queries.timing_of_person(gold, "nobody", "churn", at) is None
    later = at + timedelta(days=30)
    assert timing_queries.timing_of_person(gold, token, "churn", later) is None
    cases = timing_queries.timing_by_incident(gold, "incident_risk", ["R1", "R404"])
    assert {number: row["median_days"] for number, row in cases.items()} == {"R1": 6.4}


def test_the_champions_quality_is_told_and_not_the_challengers(viewer: Make):
    see = viewer()
    churn = see.contract.model("churn")
    sentence = figures.quality_sentence(queries.quality(see.gold, "churn"), churn, see.words)
    assert "en 84 (entre 82 y 86)" in sentence
    assert "2.500 filas el 23 nov 2026" in sentence
    assert figures.quality_sentence({}, churn, see.words) is None


def test_a_customers_page_has_history_cases_and_masked_words(house: House, viewer: Make):
    gold, token = viewer().gold, house.tokens[0]
    assert len(customer_queries.versions(gold, token)) == 1
    (case,) = customer_queries.incidents(gold, token)
    assert "3001234567" not in case["text"]
    assert case["incident_id"] == "R0"
    assert [row["probability"] for row in customer_queries.scores(gold, token, "churn")] == [
        0.9, 0.2,
    ]  # fmt: skip
    assert customer_queries.calls(gold, token) == []


def test_another_tenants_viewer_finds_nothing_by_the_same_token(house: House, viewer: Make):
    gold, token = viewer(tenant=house.empty).gold, house.tokens[0]
    assert customer_queries.versions(gold, token) == []
    assert customer_queries.incidents(gold, token) == []
    assert queries.latest_run(gold, "churn") is None


def test_versions_say_what_they_changed():
    def version(day: int, city: str, until: int | None) -> dict[str, object]:
        end = datetime(2026, 1, until) if until else None
        return {"valid_from": datetime(2026, 1, day), "valid_to": end, "city": city, "age": 40}

    told = customer_queries.changes([version(1, "Cali", 9), version(9, "Neiva", None)], ["city"])
    assert [one.changes for one in told] == [{"city": ("Cali", "Neiva")}, {}]


def test_rejected_rows_wait_and_an_account_adds_up_in_words(viewer: Make):
    see = viewer()
    assert waiting(see) == (1, 1)
    customers = next(one for one in earlier(see) if one.table == "customers")
    sentence = account_sentence(customers.counts, see.words)
    assert sentence == "11 filas = 10 nuevas + 1 rechazada"
    assert any_taken(see)
    assert account_sentence({"rows": 2_000}, see.words) == "2.000 filas"


def test_of_a_case_that_is_read_which_is_shown(viewer: Callable[..., Viewer]):
    gold = viewer().gold
    row = conversation_queries.incident(gold, "R0", ("escalated_at", "nobody_has_it"))
    assert row is not None
    assert row.keys() == {
        *("incident_id", "person_token", "opened_at", "kind", "channel", "product"),
        *("subject", "text", "solved", "closed_at", "escalated_at"),
    }

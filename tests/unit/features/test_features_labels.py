"""Who is looked at, when, and with which outcome; and who is left out because nobody can know."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from data_contracts.contract import Label, LabelKind, Model
from data_contracts.loader import load_contracts
from features.gold import Gold, Span, span_of
from features.labels import present_rows, training_rows
from features.moments import JUST_AFTER, present_moment, training_moments
from lakehouse.engine import Engine
from tests.silver_rows import TELECOM, gold_of
from tests.silver_rows import day as day_after

CHURN, RISK = TELECOM.model("churn"), TELECOM.model("incident_risk")
LATE = load_contracts()["public_services"].model("incident_risk")
AFTER = replace(RISK, label=replace(CHURN.label, kinds=("event",), horizon_days=60))
"""Whether the customer of an incident leaves within 60 days after it."""
DISPUTE = replace(
    RISK,
    label=Label("incidents", ("column",), column="disputed", time_column=None, horizon_days=30),
)
START = datetime(2025, 12, 27, tzinfo=UTC)
"""Day 0; day 5 is the first of January."""


def day(number: float) -> datetime:
    return day_after(number, START)


YEAR = Span(day(0), day(360))
SHORT = Span(day(0), day(35))
"""Room for one moment: day 5, whose horizon of 30 days ends with the data."""

Row = dict[str, object]


def customer(name: str, **cells: object) -> Row:
    return {"person_token": name, "valid_from": day(0)} | cells


def incident(name: str, opened: float, **cells: object) -> Row:
    return {"incident_id": name, "person_token": "ana", "opened_at": day(opened)} | cells


def rows_of(engine: Engine, frame: object) -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = engine.arrow(frame).to_pylist()  # a DataFrame
    return sorted(found, key=lambda row: (str(row["as_of_at"]), str(row["entity_id"])))


def labels(engine: Engine, gold: Gold, span: Span = SHORT, kind: str = "event") -> dict[str, float]:
    model = CHURN if "customer" in gold else RISK
    frame = training_rows(gold, model, "event" if kind == "event" else "column", span)
    assert frame is not None
    return {str(row["entity_id"]): row["label"] for row in rows_of(engine, frame)}


@pytest.mark.parametrize("horizon", [28, 30, 31])
def test_a_month_is_looked_at_on_the_firsts_of_calendar_months(horizon: int):
    moments = training_moments(YEAR, horizon)
    assert moments == tuple(datetime(2026, month, 1, tzinfo=UTC) for month in range(4, 12))
    assert moments[-1] + timedelta(days=horizon) <= YEAR.last_at


def test_other_horizons_go_back_by_thirty_days_from_the_last_whole_one():
    moments = training_moments(YEAR, 60)
    assert moments[-1] == day(300)
    assert moments[0] >= day(90)
    assert {after - before for before, after in pairwise(moments)} == {timedelta(days=30)}


def test_a_span_without_a_whole_month_uses_the_last_whole_horizon():
    assert training_moments(Span(day(6), day(40)), 30) == (day(10),)


def test_a_short_span_uses_what_there_is():
    assert training_moments(SHORT, 30) == (day(5),)
    assert training_moments(Span(day(0), day(29)), 30) == ()


def test_a_stray_ancient_date_does_not_make_a_thousand_moments():
    assert len(training_moments(Span(datetime.min.replace(tzinfo=day(0).tzinfo), day(0)), 30)) == 24


def test_the_present_counts_the_latest_fact():
    assert present_moment(YEAR) == day(360) + JUST_AFTER


def test_the_span_reaches_from_the_first_known_events_to_the_last_fact(engine: Engine):
    gold = gold_of(
        engine,
        customers=[customer("ana", valid_from=day(-900), churned_at=day(50))],
        incidents=[incident("1", 10), incident("2", 40), incident("typo", 9999)],
    )
    assert span_of(gold, {"customer": "churned_at"}) == Span(day(10), day(50))


def test_nothing_dated_has_no_span(engine: Engine):
    assert span_of(Gold({}, {}), {}) is None
    later = gold_of(engine, customers=[customer("ana", valid_from=day(9999), churned_at=day(50))])
    assert span_of(later, {"customer": "churned_at"}) is None


@pytest.mark.parametrize(
    ("left", "label"),
    [(5.001, 1.0), (35.0, 1.0), (35.001, 0.0), (None, 0.0)],
)
def test_a_customer_leaves_within_the_horizon_or_not(
    engine: Engine, left: float | None, label: float
):
    left_at = None if left is None else day(left)
    assert labels(engine, gold_of(engine, customers=[customer("ana", churned_at=left_at)])) == {
        "ana": label
    }


@pytest.mark.parametrize(
    "cells",
    [
        {"churned_at": day(5)},
        {"churned": True},
        {"signup_at": day(6)},
        {"valid_from": day(6)},
        {"valid_to": day(4)},
    ],
    ids=lambda cells: next(iter(cells)),
)
def test_only_active_customers_are_looked_at(engine: Engine, cells: Row):
    gold = gold_of(engine, customers=[customer("ana", **cells), customer("eva")])
    assert set(labels(engine, gold)) == {"eva"}


def test_who_left_before_the_file_said_so_is_not_active(engine: Engine):
    versions = [
        customer("ana", valid_to=day(20)),
        customer("ana", valid_from=day(20), churned=True, churned_at=day(4)),
    ]
    assert labels(engine, gold_of(engine, customers=[*versions, customer("eva")])) == {"eva": 0.0}


def test_who_came_back_is_active_again(engine: Engine):
    versions = [
        customer("ana", valid_to=day(3), churned=True, churned_at=day(1)),
        customer("ana", valid_from=day(3)),
    ]
    assert labels(engine, gold_of(engine, customers=versions)) == {"ana": 0.0}


def test_who_vanished_without_an_outcome_is_censored_not_a_negative(engine: Engine):
    gone = customer("ana", valid_to=day(20))
    seen = customer("eva", valid_to=day(35))
    assert labels(engine, gold_of(engine, customers=[gone, seen])) == {"eva": 0.0}


def test_a_version_that_ends_with_the_outcome_is_a_positive(engine: Engine):
    versions = [
        customer("ana", valid_to=day(20)),
        customer("ana", valid_from=day(20), churned=True, churned_at=day(20)),
    ]
    assert labels(engine, gold_of(engine, customers=versions)) == {"ana": 1.0}


def test_an_outcome_that_was_taken_back_did_not_happen(engine: Engine):
    taken_back = {"valid_from": day(20), "valid_to": day(20), "churned": True}
    versions = [
        customer("ana", valid_to=day(40)),
        customer("ana", churned_at=day(20), **taken_back),
        customer("eva"),
    ]
    assert labels(engine, gold_of(engine, customers=versions)) == {"ana": 0.0, "eva": 0.0}


def test_a_column_gives_each_customer_one_row_as_of_the_current_version(engine: Engine):
    versions = [
        customer("ana", valid_to=day(9), churned=False),
        customer("ana", valid_from=day(9), churned=True),
        customer("eva", churned=False),
        customer("unknown"),
        customer("gone", valid_to=day(9), churned=False),
    ]
    frame = training_rows(gold_of(engine, customers=versions), CHURN, "column", YEAR)
    assert [(r["entity_id"], r["as_of_at"], r["label"]) for r in rows_of(engine, frame)] == [
        ("eva", day(0), 0.0),
        ("ana", day(9), 1.0),
    ]


def test_active_customers_are_scored_now(engine: Engine):
    versions = [
        customer("ana"),
        customer("left", churned_at=day(300)),
        customer("said", churned=True),
        customer("gone", valid_to=day(300)),
    ]
    rows = rows_of(engine, present_rows(gold_of(engine, customers=versions), CHURN, YEAR))
    assert [(row["entity_id"], row["as_of_at"]) for row in rows] == [("ana", day(360) + JUST_AFTER)]


def test_an_incident_is_learned_from_as_of_its_opening_once_its_horizon_is_over(engine: Engine):
    incidents = [
        incident("in time", 100, escalated=True, escalated_at=day(115)),
        incident("too late", 100, escalated=True, escalated_at=day(115.01)),
        incident("never", 100, escalated=False, closed_at=day(101)),
        incident("just over", 345),
        incident("not over", 345.01),
        incident("early positive", 350, escalated=True, escalated_at=day(351)),
        incident("when?", 100, escalated=True),
        incident("before it was opened", 100, escalated=True, escalated_at=day(99)),
    ]
    assert labels(engine, gold_of(engine, incidents=incidents), YEAR) == {
        "in time": 1.0,
        "too late": 0.0,
        "never": 0.0,
        "just over": 0.0,
    }


def test_without_dates_an_open_and_recent_incident_is_censored(engine: Engine):
    incidents = [
        incident("yes", 100, escalated=True),
        incident("no", 100, escalated=False),
        incident("unknown", 100),
        incident("recent", 359, escalated=False),
        incident("recent but closed", 359, escalated=False, closed_at=day(360)),
    ]
    assert labels(engine, gold_of(engine, incidents=incidents), YEAR, "column") == {
        "yes": 1.0,
        "no": 0.0,
        "recent but closed": 0.0,
    }


def test_open_and_recent_incidents_without_the_outcome_are_scored(engine: Engine):
    incidents = [
        incident("open", 100),
        incident("closed", 100, closed_at=day(101)),
        incident("recent", 350, closed_at=day(351)),
        incident("escalated", 350, escalated=True, escalated_at=day(352)),
    ]
    gold = gold_of(engine, incidents=incidents)
    rows = rows_of(engine, present_rows(gold, RISK, YEAR))
    assert [row["entity_id"] for row in rows] == ["open", "recent"]
    assert [row["as_of_at"] for row in rows] == [day(100), day(350)]


def test_where_closing_is_never_told_only_recent_incidents_are_scored(engine: Engine):
    gold = gold_of(engine, incidents=[incident("old", 100), incident("recent", 350)])
    rows = rows_of(engine, present_rows(gold, RISK, YEAR))
    assert [row["entity_id"] for row in rows] == ["recent"]


def told(engine: Engine, gold: Gold, model: Model, kind: LabelKind) -> dict[str, float]:
    frame = training_rows(gold, model, kind, YEAR)
    assert frame is not None
    return {str(row["entity_id"]): row["label"] for row in rows_of(engine, frame)}


def test_an_answer_is_late_that_did_not_come_within_the_term(engine: Engine):
    incidents = [
        incident("in time", 100, closed_at=day(115)),
        incident("too late", 100, closed_at=day(115.01)),
        incident("open and over its term", 345),
        incident("open and young", 345.01),
        incident("quick among young ones", 350, closed_at=day(351)),
        incident("closed before it was opened", 100, closed_at=day(99)),
    ]
    assert told(engine, gold_of(engine, incidents=incidents), LATE, "late") == {
        "in time": 0.0,
        "too late": 1.0,
        "open and over its term": 1.0,
    }


def test_of_late_answers_only_open_cases_within_their_term_are_scored(engine: Engine):
    incidents = [
        incident("open and over its term", 345),
        incident("open and young", 345.01),
        incident("closed", 350, closed_at=day(351)),
    ]
    rows = rows_of(engine, present_rows(gold_of(engine, incidents=incidents), LATE, YEAR))
    assert [row["entity_id"] for row in rows] == ["open and young"]


def test_a_dispute_is_learned_from_where_it_is_said(engine: Engine):
    incidents = [
        incident("disputed", 100, disputed=True),
        incident("content", 100, disputed=False),
        incident("unsaid", 100),
        incident("recent and open", 355, disputed=False),
        incident("recent and closed", 355, closed_at=day(356), disputed=False),
    ]
    assert told(engine, gold_of(engine, incidents=incidents), DISPUTE, "column") == {
        "disputed": 1.0,
        "content": 0.0,
        "recent and closed": 0.0,
    }


def test_after_an_incident_its_customer_leaves_within_the_horizon_or_not(engine: Engine):
    customers = [
        customer("stays"),
        customer("leaves", churned_at=day(160)),
        customer("later", churned_at=day(160.01)),
        customer("had left", churned_at=day(99)),
        customer("vanished", valid_to=day(120)),
    ]
    names = [row["person_token"] for row in customers] + ["nobody known"]
    incidents = [incident(str(name), 100, person_token=name) for name in names]
    young = incident("young", 300.01, person_token="stays")
    gold = gold_of(engine, customers=customers, incidents=[*incidents, young])
    assert told(engine, gold, AFTER, "event") == {"stays": 0.0, "leaves": 1.0, "later": 0.0}
    rows = rows_of(engine, present_rows(gold, AFTER, YEAR))
    assert [row["entity_id"] for row in rows] == ["young"]

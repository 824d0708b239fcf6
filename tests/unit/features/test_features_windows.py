"""Each feature on a few hand-made facts, at the boundaries of its window."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from features.build import build, declared
from features.facts import AS_OF, Row
from features.gold import Gold
from lakehouse.engine import Engine
from tests.silver_rows import TELECOM, Rows, day, gold_of

SECOND = timedelta(seconds=1)
AS_OF_DAY = 200
NOW = day(AS_OF_DAY)


def features_of(
    engine: Engine, gold: Gold, person: str = "ana", as_of: datetime = NOW
) -> dict[str, object]:
    """Return the churn model's features of one person at one time."""
    known = engine.session.createDataFrame(
        [(person, person, as_of)], "entity_id string, person_token string, as_of_at timestamp"
    )
    chosen = declared(TELECOM.model("churn"), TELECOM)
    (row,) = engine.arrow(build(gold, chosen, known, "America/Bogota")).to_pylist()
    return row


def incident(number: int, opened_at: datetime, **cells: object) -> dict[str, object]:
    return {"incident_id": f"i{number}", "person_token": "ana", "opened_at": opened_at} | cells


def call(number: int, started_at: datetime, **cells: object) -> dict[str, object]:
    known = {"call_id": f"c{number}", "person_token": "ana", "direction": "inbound"}
    return known | {"started_at": started_at} | cells


def test_windows_hold_what_happened_up_to_their_last_day_and_before_now(engine: Engine):
    moments = [
        NOW - timedelta(days=90) - SECOND,
        NOW - timedelta(days=90),
        NOW - timedelta(days=30) - SECOND,
        NOW - timedelta(days=30),
        NOW - SECOND,
        NOW,
        NOW + SECOND,
    ]
    incidents = [incident(n, moment, kind="complaint") for n, moment in enumerate(moments)]
    found = features_of(engine, gold_of(engine, incidents=incidents))
    assert found["incidents_last_30_days"] == 2
    assert found["incidents_last_90_days"] == 4
    assert found["days_since_last_incident"] == pytest.approx(1 / 86_400)


def test_complaints_and_claims_count_petitions_do_not(engine: Engine):
    kinds = ["petition", "complaint", "claim", None, "claim"]
    incidents = [incident(n, NOW - timedelta(days=n + 1), kind=k) for n, k in enumerate(kinds)]
    found = features_of(engine, gold_of(engine, incidents=incidents))
    assert found["complaints_last_90_days"] == 3
    assert found["incidents_last_90_days"] == 5


def test_an_escalation_counts_from_when_it_happened_not_when_the_incident_was_opened(
    engine: Engine,
):
    before = NOW - timedelta(days=10)
    incidents = [
        incident(1, before, escalated=True, escalated_at=NOW),
        incident(2, before, escalated=True, escalated_at=NOW + SECOND),
        incident(3, before, escalated=True),
        incident(4, day(0), escalated=True, escalated_at=NOW - timedelta(days=180)),
        incident(5, day(0), escalated=True, escalated_at=NOW - timedelta(days=180) - SECOND),
    ]
    found = features_of(engine, gold_of(engine, incidents=incidents))
    assert found["escalations_last_180_days"] == 2


def test_calls_are_counted_their_waiting_averaged_and_the_abandoned_known(engine: Engine):
    calls = [
        call(1, NOW - timedelta(days=1), answered=True, wait_seconds=10),
        call(2, NOW - timedelta(days=60), answered=False, wait_seconds=50),
        call(3, NOW - timedelta(days=61), direction="outbound", answered=False),
        call(4, NOW - timedelta(days=91), answered=False, wait_seconds=900),
    ]
    found = features_of(engine, gold_of(engine, calls=calls))
    assert found["calls_last_30_days"] == 1
    assert found["calls_last_90_days"] == 3
    assert found["mean_wait_last_90_days"] == 30.0
    assert found["abandoned_calls_last_90_days"] == 1


def test_an_offer_counts_once_it_has_been_accepted(engine: Engine):
    def offer(number: int, **cells: object) -> dict[str, object]:
        known = {"offer_id": f"o{number}", "person_token": "ana"}
        return known | {"offered_at": NOW - timedelta(days=5)} | cells

    offers = [
        offer(1, accepted=True, accepted_at=NOW - SECOND),
        offer(2, accepted=True, accepted_at=NOW + SECOND),
        offer(3, accepted=False),
    ]
    found = features_of(engine, gold_of(engine, offers=offers))
    assert found["offers_accepted_last_365_days"] == 1


def test_measures_are_those_of_the_version_in_effect(engine: Engine):
    changed = day(100)
    old = {"person_token": "ana", "valid_from": day(0), "valid_to": changed, "signup_at": day(0)}
    versions: Rows = [
        old | {"monthly_charge": Decimal(30), "contract_type": "month_to_month"},
        old
        | {
            "valid_from": changed,
            "valid_to": None,
            "monthly_charge": Decimal(45),
            "contract_type": "two_year",
        },
    ]
    gold = gold_of(engine, customers=versions)
    before = features_of(engine, gold, as_of=changed - SECOND)
    after = features_of(engine, gold, as_of=changed)
    assert [before["monthly_charge"], after["monthly_charge"]] == [30.0, 45.0]
    assert [before["contract_type"], after["contract_type"]] == ["month_to_month", "two_year"]
    assert after["tenure_days"] == 100.0
    assert after["monthly_value"] == Decimal(45)


def test_a_sign_up_after_the_moment_gives_no_tenure(engine: Engine):
    version = {"person_token": "ana", "valid_from": day(0), "signup_at": NOW + SECOND}
    assert features_of(engine, gold_of(engine, customers=[version]))["tenure_days"] is None


def test_somebody_without_facts_has_zero_of_them_and_unknown_means(engine: Engine):
    gold = gold_of(engine, incidents=[incident(1, day(1))], calls=[call(1, day(1))])
    found = features_of(engine, gold, person="eva")
    assert found["incidents_last_90_days"] == found["calls_last_90_days"] == 0
    assert found["days_since_last_incident"] is None
    assert found["mean_wait_last_90_days"] is None


def test_facts_of_others_do_not_count(engine: Engine):
    incidents = [incident(1, day(199)), incident(2, day(199)) | {"person_token": "eva"}]
    assert features_of(engine, gold_of(engine, incidents=incidents))["incidents_last_30_days"] == 1


def test_a_table_that_is_absent_leaves_its_features_unknown_and_the_columns_the_same(
    engine: Engine,
):
    everything = gold_of(
        engine,
        customers=[{"person_token": "ana"}],
        incidents=[incident(1, day(1))],
        calls=[call(1, day(1))],
        offers=[{"offer_id": "o", "offered_at": day(1)}],
    )
    alone = replace(everything, frames={"customer": everything["customer"]})
    full, bare = features_of(engine, everything), features_of(engine, alone)
    assert list(full) == list(bare)
    assert bare["incidents_last_30_days"] is None
    assert bare[AS_OF] == NOW


def test_weekdays_run_from_monday_to_sunday_on_the_tenant_s_clock(engine: Engine):
    """From Sunday, 1 March 2026, 23:30 in Bogotá, for a week: by then it is Monday in UTC."""
    first = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
    moments = [(first + timedelta(days=n),) for n in range(8)]
    frame = engine.session.createDataFrame(moments, "opened_at timestamp")
    row = Row("America/Bogota")
    found = engine.arrow(
        frame.select(
            "opened_at",
            row.local_weekday("opened_at").alias("weekday"),
            row.local_hour("opened_at").alias("hour"),
        ).orderBy("opened_at")
    )
    assert found["weekday"].to_pylist() == ["6", "0", "1", "2", "3", "4", "5", "6"]
    assert set(found["hour"].to_pylist()) == {23.0}

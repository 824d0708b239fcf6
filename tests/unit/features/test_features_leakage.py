"""Nothing from after the as-of time, and no outcome, changes a feature: whatever happens later."""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from features.build import build, declared
from features.gold import Gold
from lakehouse.engine import Engine
from tests.silver_rows import TELECOM, Rows, day, gold_of

NOW = day(100)
PERSONS = ("ana", "eva")
Row = dict[str, object]

before = st.floats(0, 99.999).map(day)
after = st.floats(100, 200).map(day)
later = st.one_of(st.none(), after)
person = st.sampled_from(PERSONS)
flag = st.sampled_from([True, False, None])


def incidents_at(moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[Row]:
    outcome = st.one_of(st.none(), before, after)
    return st.fixed_dictionaries(
        {
            "person_token": person,
            "opened_at": moments,
            "kind": st.sampled_from(["petition", "complaint", "claim", None]),
            "escalated_at": outcome,
            "closed_at": outcome,
            "escalated": flag,
            "disputed": flag,
        }
    )


def calls_at(moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[Row]:
    wait = st.integers(0, 600)
    return st.fixed_dictionaries(
        {"person_token": person, "started_at": moments, "wait_seconds": wait, "answered": flag}
    )


def offers_at(moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[Row]:
    outcome = st.one_of(st.none(), before, after)
    return st.fixed_dictionaries(
        {"person_token": person, "offered_at": moments, "accepted_at": outcome, "accepted": flag}
    )


def numbered(rows: list[Row], key: str) -> list[Row]:
    return [{**row, key: f"{key}{number}"} for number, row in enumerate(rows)]


def gold(
    engine: Engine, incidents: list[Row], calls: list[Row], offers: list[Row], versions: Rows
) -> Gold:
    return gold_of(
        engine,
        customers=versions,
        incidents=numbered(incidents, "incident_id"),
        calls=numbered(calls, "call_id"),
        offers=numbered(offers, "offer_id"),
    )


def features_at_now(engine: Engine, tables: Gold) -> list[Row]:
    grid = engine.session.createDataFrame(
        [(one, one, NOW) for one in PERSONS],
        "entity_id string, person_token string, as_of_at timestamp",
    )
    chosen = declared(TELECOM.model("churn"), TELECOM)
    rows = engine.arrow(build(tables, chosen, grid, "America/Bogota"))
    found: list[Row] = rows.sort_by("entity_id").to_pylist()
    return found


def customers(tenure: int, left_at: datetime | None, changed_at: datetime | None) -> Rows:
    first: Row = {
        "person_token": "ana",
        "valid_from": day(0),
        "tenure_months": tenure,
        "signup_at": day(0),
        "churned_at": left_at,
        "churned": left_at is not None,
    }
    if changed_at is None:
        return [first]
    second = {**first, "valid_from": changed_at, "tenure_months": tenure + 1, "churned": True}
    return [{**first, "valid_to": changed_at}, second]


def rewritten(rows: list[Row], time: str, outcomes: list[str], data: st.DataObject) -> list[Row]:
    """Return the past of rows, with every outcome of after now told differently."""
    kept = [dict(row) for row in rows if isinstance(at := row[time], datetime) and at < NOW]
    for row in kept:
        for name in outcomes:
            told = row[name]
            if not name.endswith("_at"):
                row[name] = data.draw(flag)
            elif told is None or (isinstance(told, datetime) and told > NOW):
                row[name] = data.draw(later.filter(lambda moment: moment != NOW))
    return kept


@settings(
    max_examples=6,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    incidents=st.lists(incidents_at(st.one_of(before, after)), min_size=1, max_size=6),
    calls=st.lists(calls_at(st.one_of(before, after)), min_size=1, max_size=6),
    offers=st.lists(offers_at(st.one_of(before, after)), min_size=1, max_size=4),
    data=st.data(),
)
def test_a_different_future_gives_the_same_features(
    engine: Engine,
    incidents: list[Row],
    calls: list[Row],
    offers: list[Row],
    data: st.DataObject,
):
    known = features_at_now(
        engine, gold(engine, incidents, calls, offers, customers(5, None, None))
    )
    extra_incidents = data.draw(st.lists(incidents_at(after), min_size=1, max_size=3))
    extra_calls = data.draw(st.lists(calls_at(after), min_size=1, max_size=3))
    extra_offers = data.draw(st.lists(offers_at(after), min_size=1, max_size=3))
    moment = NOW + timedelta(days=data.draw(st.floats(0.001, 60)))
    other = gold(
        engine,
        rewritten(incidents, "opened_at", ["escalated_at", "closed_at", "escalated"], data)
        + extra_incidents,
        rewritten(calls, "started_at", [], data) + extra_calls,
        rewritten(offers, "offered_at", ["accepted_at", "accepted"], data) + extra_offers,
        customers(5, moment, moment),
    )
    assert features_at_now(engine, other) == known


def test_the_past_does_change_the_features(engine: Engine):
    opened: Row = {"person_token": "ana", "opened_at": day(99), "kind": "claim"}
    call: Row = {"person_token": "ana", "started_at": day(99), "wait_seconds": 9}
    offer: Row = {"person_token": "ana", "offered_at": day(99), "accepted_at": day(99.5)}
    none = customers(5, None, None)
    known = features_at_now(engine, gold(engine, [opened], [call], [offer], none))
    more = features_at_now(engine, gold(engine, [opened] * 2, [call] * 2, [offer] * 2, none))
    different = {name for name in known[0] if known[0][name] != more[0][name]}
    assert different == {
        "incidents_last_30_days",
        "incidents_last_90_days",
        "complaints_last_90_days",
        "calls_last_30_days",
        "calls_last_90_days",
        "offers_accepted_last_365_days",
        "abandoned_calls_last_90_days",
    }

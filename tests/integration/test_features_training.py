"""From a tenant's gold to training sets and entities to score, through a lake."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from data_contracts.contract import Label
from features.catalogue import features
from features.enough import ALONE
from features.training_set import current_entities, training_set, trial_set
from foundation.errors import NotEnoughData
from ingestion.gold.refine import refine
from lakehouse.lake import Lake
from notebooks.own_features import complaints_last_30_days
from tests.silver_rows import ACME, TELECOM, Rows, day, lake_at, write_silver

PERSONS = 120


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with lake_at(tmp_path) as lake:
        yield lake


def snapshot(persons: int = PERSONS, churned: int = 40) -> Rows:
    """Return a bare snapshot: one version each, no date, the outcome in a column."""
    return [
        {
            "person_token": f"t{n:03d}",
            "valid_from": day(10),
            "monthly_charge": Decimal(20 + n % 7),
            "contract_type": ["month_to_month", "two_year"][n % 2],
            "payment_method": f"code {n}",
            "gender": "female",
            "partner": n % 3 == 0,
            "churned": n < churned,
        }
        for n in range(persons)
    ]


def dated(random_state: random.Random) -> dict[str, Rows]:
    """Return a year: every third customer leaves in it, with incidents before."""
    customers: list[dict[str, object]] = []
    incidents: list[dict[str, object]] = []
    for n in range(PERSONS):
        left = day(random_state.uniform(120, 359)) if n % 3 == 0 else None
        customers.append({"person_token": f"t{n:03d}", "valid_from": day(0), "age": 20 + n % 50})
        if left is not None:
            customers[-1]["valid_to"] = left
            customers.append(customers[-1] | {"valid_from": left, "valid_to": None})
            customers[-1] |= {"churned": True, "churned_at": left}
        for k in range(3):
            opened = day(random_state.uniform(0, 360))
            escalated = random_state.random() < 0.4
            cells = {"incident_id": f"i{n}-{k}", "person_token": f"t{n:03d}", "opened_at": opened}
            at = opened + timedelta(days=1) if escalated else None
            kind = random_state.choice(["petition", "claim"])
            told = {"escalated": escalated, "escalated_at": at, "kind": kind, "text": f"caso {k}"}
            incidents.append(cells | told | {"closed_at": opened + timedelta(days=2)})
    return {"customers": customers, "incidents": incidents}


def refined(lake: Lake, **tables: Rows) -> None:
    for name, rows in tables.items():
        write_silver(lake, ACME, name, rows)
    refine(lake, ACME)


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        (Label("customers", ("event",), "churned", "churned_at", 60), "event"),
        (Label("incidents", ("column",), "escalated", None, 15), "column"),
        (Label("incidents", ("late",), None, "closed_at", 1), "late"),
    ],
    ids=["its customer leaves", "column", "late"],
)
def test_an_incident_is_learned_from_by_whatever_its_contract_declares(
    lake: Lake, label: Label, kind: str
):
    risk = replace(TELECOM.model("incident_risk"), label=label)
    contract = replace(TELECOM, models=(TELECOM.model("churn"), risk))
    tables = dated(random.Random(7))
    for row in tables["incidents"][::3]:
        row["closed_at"] = row["opened_at"] + timedelta(hours=2)
    refined(lake, **tables)
    found = training_set(lake, ACME, contract, "incident_risk")
    assert found.label_kind == kind
    assert set(found.y) == {0, 1}
    assert "incident_kind" in {spec.name for spec in found.features}
    scored = current_entities(lake, ACME, contract, "incident_risk")
    assert not set(scored.entity_ids) & set(found.entity_ids[found.y == 1])


def test_a_bare_snapshot_learns_from_measures_alone(lake: Lake):
    refined(lake, customers=snapshot())
    found = training_set(lake, ACME, TELECOM, "churn")
    assert found.label_kind == "column"
    assert {spec.name for spec in found.features} == {"contract_type", "monthly_charge", "partner"}
    assert found.y.dtype == np.int8
    assert (len(found.records), int(found.y.sum())) == (PERSONS, 40)
    assert found.records[0] == {
        "contract_type": "month_to_month",
        "monthly_charge": 20.0,
        "partner": 1.0,
    }
    assert set(found.as_of) == {np.datetime64("2026-01-11T00:00:00.000000")}
    reasons = {note.feature: note.reason for note in found.notes}
    assert reasons["gender"] == "constant"
    assert reasons["payment_method"] == "too_many_values"
    assert reasons["age"] == reasons["calls_last_30_days"] == "absent"


def test_of_a_snapshot_those_who_stay_are_scored(lake: Lake):
    refined(lake, customers=snapshot())
    found = current_entities(lake, ACME, TELECOM, "churn")
    assert len(found.records) == PERSONS - 40
    assert list(found.entity_ids) == list(found.person_tokens)
    assert found.monthly_values[0] == Decimal(20 + 40 % 7)
    assert {"contract_type", "age"} <= set(found.records[0])


def test_dated_customers_are_looked_at_every_month_one_person_in_one_group(lake: Lake):
    refined(lake, **dated(random.Random(7)))
    found = training_set(lake, ACME, TELECOM, "churn")
    assert found.label_kind == "event"
    assert len(set(found.as_of)) > 3
    assert set(found.as_of.astype("datetime64[M]")) == set(found.as_of)
    assert set(found.groups) <= {f"t{n:03d}" for n in range(PERSONS)}
    assert list(found.groups) == list(found.entity_ids)
    assert "incidents_last_90_days" in {spec.name for spec in found.features}
    leavers = {f"t{n:03d}" for n in range(0, PERSONS, 3)}
    assert set(found.groups[found.y == 1]) <= leavers
    assert found.table_versions == {"customer": 0, "incident": 0}


def test_incidents_are_learned_from_and_scored_as_of_their_opening(lake: Lake):
    refined(lake, **dated(random.Random(7)))
    found = training_set(lake, ACME, TELECOM, "incident_risk")
    assert {"incident_text", "incident_kind"} <= {spec.name for spec in found.features}
    types = {spec.name: spec.type for spec in found.features}
    assert (types["incident_text"], types["incident_kind"]) == ("text", "category")
    waiting = current_entities(lake, ACME, TELECOM, "incident_risk")
    assert not set(waiting.entity_ids) & set(found.entity_ids)
    assert waiting.as_of.min() > found.as_of.max()


def test_what_a_model_saw_is_kept_once_for_the_same_gold(lake: Lake):
    refined(lake, customers=snapshot())
    for _ in range(2):
        training_set(lake, ACME, TELECOM, "churn")
        current_entities(lake, ACME, TELECOM, "churn")
    learned, scored = (lake.ref(ACME, "features", name) for name in ("churn_training", "churn"))
    assert (lake.version(learned), lake.version(scored)) == (0, 0)
    assert lake.arrow(learned).num_rows == PERSONS
    assert lake.arrow(scored).num_rows == PERSONS - 40


def test_a_further_feature_is_tried_beside_the_declared_ones_and_nothing_is_written(lake: Lake):
    refined(lake, **dated(random.Random(7)))
    tried = trial_set(lake, ACME, TELECOM, "churn", [complaints_last_30_days])
    assert not lake.exists(lake.ref(ACME, "features", "churn_training"))
    usual = training_set(lake, ACME, TELECOM, "churn")
    assert [one.name for one in tried.features] == [
        *(one.name for one in usual.features),
        "complaints_last_30_days",
    ]
    assert (tried.y == usual.y).all()
    assert list(tried.entity_ids) == list(usual.entity_ids)
    for one, other in zip(tried.records, usual.records, strict=True):
        recent = one.pop("complaints_last_30_days")
        assert recent <= other["complaints_last_90_days"]
        assert str(one) == str(other)


def test_a_feature_that_is_declared_already_is_taken_once(lake: Lake):
    refined(lake, **dated(random.Random(7)))
    declared = features()["complaints_last_90_days"]
    found = trial_set(lake, ACME, TELECOM, "churn", [declared])
    names = [one.name for one in found.features]
    assert names.count("complaints_last_90_days") == 1


def test_the_same_gold_gives_the_same_set(lake: Lake):
    refined(lake, **dated(random.Random(7)))
    first, second = (training_set(lake, ACME, TELECOM, "churn") for _ in range(2))
    assert list(first.entity_ids) == list(second.entity_ids)
    assert (first.y == second.y).all()
    assert str(first.records) == str(second.records)


def test_a_tenant_without_the_table_is_told_which_one(lake: Lake):
    with pytest.raises(NotEnoughData) as refused:
        training_set(lake, ACME, TELECOM, "churn")
    assert "«customers»" in refused.value.say("es")


def test_too_few_rows_and_too_few_outcomes_are_told_with_their_numbers(lake: Lake):
    refined(lake, customers=snapshot(persons=99))
    with pytest.raises(NotEnoughData) as few_rows:
        training_set(lake, ACME, TELECOM, "churn")
    assert "al menos 100 filas" in few_rows.value.say("es")
    assert "hay 99" in few_rows.value.say("es")
    write_silver(lake, ACME, "customers", snapshot(churned=ALONE.of_an_outcome - 1), "more")
    refine(lake, ACME)
    with pytest.raises(NotEnoughData) as few_outcomes:
        training_set(lake, ACME, TELECOM, "churn")
    assert "at least 20 cases" in few_outcomes.value.say("en")
    assert "has 19" in few_outcomes.value.say("en")

"""A person without consent is in no training set; who objects is not scored; no other is lost."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from features.training_set import TrainingSet, current_entities, training_set
from ingestion.gold.refine import refine
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.consents import Consent, save_consent
from tests.silver_rows import ACME, TELECOM, Rows, day, lake_at, write_silver

OFFICER = Actor("u:officer", "user", ACME.id, frozenset({"privacy_officer"}))
PERSONS = 150
SAYS_NO, SAYS_YES, OBJECTS = {"t101", "t149"}, {"t102", "t103"}, {"t104", "t105"}


def customers() -> Rows:
    def said(name: str) -> dict[str, object]:
        consent = False if name in SAYS_NO else True if name in SAYS_YES else None
        return {"training_consent": consent, "no_profiling": True if name in OBJECTS else None}

    names = [f"t{n:03d}" for n in range(PERSONS)]
    return [
        {
            "person_token": name,
            "valid_from": day(10),
            "monthly_charge": Decimal(20 + n % 7),
            "contract_type": ["month_to_month", "two_year"][n % 2],
            "churned": n % 3 == 0 and n < 100,
            **said(name),
        }
        for n, name in enumerate(names)
    ]


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with lake_at(tmp_path) as lake:
        lake.keys.create_master()
        write_silver(lake, ACME, "customers", customers())
        refine(lake, ACME, TELECOM)
        yield lake


def learned_from(training: TrainingSet) -> set[str]:
    return {str(name) for name in training.entity_ids}


def tell(lake: Lake, name: str, said: Consent) -> None:
    save_consent(lake.store, OFFICER, ACME, lake.keys.of(ACME).mark("person", name), said)


def test_the_training_set_lacks_exactly_those_who_refuse_in_file_or_to_the_company(lake: Lake):
    everybody = {f"t{n:03d}" for n in range(PERSONS)}
    before = training_set(lake, ACME, TELECOM, "churn")
    assert everybody - learned_from(before) == SAYS_NO
    assert before.left_out == len(SAYS_NO)

    tell(lake, "t007", Consent(training=False))
    tell(lake, "t149", Consent(training=True))
    after = training_set(lake, ACME, TELECOM, "churn")
    assert everybody - learned_from(after) == SAYS_NO | {"t007"}
    kept = lake.arrow(lake.ref(ACME, "features", "churn_training"), ["person_token"])
    assert set(kept["person_token"].to_pylist()) == learned_from(after)

    tell(lake, "t007", Consent(training=True))
    assert learned_from(training_set(lake, ACME, TELECOM, "churn")) == learned_from(before)


def test_where_silence_is_no_only_those_who_agree_are_learned_from(lake: Lake):
    from features.consent import left_out

    silent_is_no = replace(ACME, training_consent=False)
    persons = {f"t{n:03d}" for n in range(PERSONS)}
    tell(lake, "t120", Consent(training=True))
    out = left_out(lake, silent_is_no, TELECOM, persons, "training")
    assert persons - out == SAYS_YES | {"t120"}


def test_who_objects_is_not_scored_and_is_learned_from_all_the_same(lake: Lake):
    first = current_entities(lake, ACME, TELECOM, "churn")
    assert set(map(str, first.entity_ids)).isdisjoint(OBJECTS)
    assert first.left_out == len(OBJECTS)
    tell(lake, "t110", Consent(profiling=False))
    second = current_entities(lake, ACME, TELECOM, "churn")
    assert set(map(str, first.entity_ids)) - set(map(str, second.entity_ids)) == {"t110"}
    assert first.left_out_mark != second.left_out_mark
    assert learned_from(training_set(lake, ACME, TELECOM, "churn")) >= OBJECTS

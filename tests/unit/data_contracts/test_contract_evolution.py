"""Two contracts in, a list of changes out; the gravest decides what the number must say."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.changelog import changelog
from data_contracts.contract import Contract, Table
from data_contracts.evolution import Change, compare, gravest
from data_contracts.loader import load_contract, load_contracts
from data_contracts.migration import path_between, unanswered
from data_contracts.odcs import resolve
from data_contracts.versions import Version, allows, following, parse_version, step_between
from foundation.errors import InvalidContract
from foundation.texts import LANGUAGES
from tests.contract_files import column, write_contract

TELECOM = load_contracts()["telecom"]


def with_table(change: Callable[[Table], Table], name: str = "customers") -> Contract:
    tables = tuple(change(t) if t.name == name else t for t in TELECOM.tables)
    return replace(TELECOM, tables=tables)


def with_column(name: str, **properties: object) -> Contract:
    def edit(table: Table) -> Table:
        columns = (replace(c, **properties) if c.name == name else c for c in table.columns)
        return replace(table, columns=tuple(columns))

    return with_table(edit)


def without_column(name: str) -> Contract:
    return with_table(lambda t: replace(t, columns=tuple(c for c in t.columns if c.name != name)))


def added(**properties: object) -> Contract:
    new = replace(TELECOM.table("customers").column("partner"), name="new", **properties)
    return with_table(lambda t: replace(t, columns=(*t.columns, new)))


def model(**properties: object) -> Contract:
    churn = replace(TELECOM.models[0], **properties)
    return replace(TELECOM, models=(churn, *TELECOM.models[1:]))


def churn_label(**properties: object) -> Contract:
    return model(label=replace(TELECOM.models[0].label, **properties))


SAME = {"es": "x", "en": "x"}
CASES: list[tuple[str, str, Contract]] = [
    ("column_added", "minor", added()),
    ("column_demanded", "major", added(required=True)),
    ("column_removed", "major", without_column("partner")),
    ("type_changed", "major", with_column("tenure_months", type="number")),
    ("classification_changed", "major", with_column("partner", classification="public")),
    ("unit_changed", "major", with_column("tenure_months", unit="days")),
    ("blank_changed", "major", with_column("partner", blank_means="false")),
    ("canonical_changed", "major", with_column("customer_id", canonical="phone")),
    ("role_changed", "major", with_column("partner", role="attribute")),
    ("known_in_time", "minor", with_column("partner", known_in_time=True)),
    ("required_now", "major", with_column("partner", required=True)),
    ("range_narrowed", "major", with_column("tenure_months", minimum=Decimal(1))),
    ("range_narrowed", "major", with_column("tenure_months", maximum=Decimal(719))),
    ("range_widened", "minor", with_column("tenure_months", maximum=None)),
    ("length_narrowed", "major", with_column("internet_service", max_length=59)),
    ("length_widened", "minor", with_column("internet_service", max_length=61)),
    ("mean_narrowed", "major", with_column("partner", mean_between=(Decimal(0), Decimal(1)))),
    ("pattern_changed", "major", with_column("internet_service", pattern="[a-z]+")),
    ("values_narrowed", "major", with_column("multiple_lines", allowed=("yes", "no"))),
    ("values_narrowed", "major", with_column("internet_service", allowed=("dsl",))),
    ("values_widened", "minor", with_column("multiple_lines", allowed=())),
    ("writings_lost", "major", with_column("internet_service", value_synonyms={})),
    ("column_words", "patch", with_column("partner", label=SAME)),
    ("headers_changed", "patch", with_column("partner", synonyms=())),
    ("table_removed", "major", replace(TELECOM, tables=TELECOM.tables[1:])),
    ("key_changed", "major", with_column("customer_id", key=False)),
    ("history_changed", "major", with_table(lambda t: replace(t, history=False))),
    ("key_kinds_removed", "major", with_table(lambda t: replace(t, key_kinds=("natural",)))),
    ("upload_kinds_removed", "major", with_table(lambda t: replace(t, upload_kinds=("changes",)))),
    ("table_words", "patch", with_table(lambda t: replace(t, label=SAME))),
    ("model_removed", "major", replace(TELECOM, models=TELECOM.models[1:])),
    ("model_label", "major", churn_label(horizon_days=7)),
    ("model_label", "major", churn_label(kinds=("column",))),
    ("model_task", "major", model(task="number")),
    ("features_removed", "major", model(features=TELECOM.models[0].features[1:])),
    ("model_decisions", "minor", model(metric="brier")),
    ("model_words", "patch", model(title=SAME)),
    ("offer_removed", "major", replace(TELECOM, offers=TELECOM.offers[1:])),
    ("vertical_words", "patch", replace(TELECOM, description="Other.")),
]


@pytest.mark.parametrize(
    ("kind", "level", "new"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)]
)
def test_each_change_has_its_level_and_its_sentence(kind: str, level: str, new: Contract):
    found = {change.kind: change for change in compare(TELECOM, new)}
    assert found[kind].level == level
    assert gravest(tuple(found.values())) == level
    for language in LANGUAGES:
        assert "{" not in found[kind].say(language)


BACK = {"patch": {"patch"}, "minor": {"minor", "major"}, "major": {"patch", "minor", "major"}}


@pytest.mark.parametrize("new", [case[2] for case in CASES])
def test_a_change_seen_backwards_is_a_change_too(new: Contract):
    forth, back = compare(TELECOM, new), compare(new, TELECOM)
    assert back
    assert gravest(back) in BACK[gravest(forth)]
    assert {c.place for c in forth} == {c.place for c in back}


@pytest.mark.parametrize("contract", load_contracts().values(), ids=load_contracts())
def test_a_contract_differs_in_nothing_from_itself(contract: Contract):
    assert compare(contract, contract) == ()


NUMBERS = st.builds(Version, *[st.integers(0, 30)] * 3)


@given(NUMBERS, st.sampled_from(["patch", "minor", "major"]))
def test_the_following_number_says_exactly_what_changed(old: Version, level: str):
    new = following(old, level)
    assert step_between(old, new) == level
    assert parse_version(str(new)) == new > old
    assert step_between(new, old) is None
    assert allows(step_between(old, new), level)


@pytest.mark.parametrize("written", ["1", "1.0", "1.0.0-rc", "01.0.0", "v1.0.0", "", "1.0.0+x"])
def test_what_is_no_version_is_refused(written: str, tmp_path: Path):
    with pytest.raises(ValueError, match=r"^"):
        parse_version(written)


LOAN = column("loan", "integer")
STEPS = [
    {"rename": "customers.loan", "to": "credit"},
    {"default": "customers.branch", "value": "main"},
    {"drop": "customers.fax", "reason": {"en": "Nobody has one.", "es": "Nadie tiene."}},
]


def lender(folder: Path, version: str, *columns: object, steps: object = None) -> Contract:
    migrations = None if steps is None else [{"from": "1.0.0", "to": "2.0.0", "steps": steps}]
    place = write_contract(folder, version, *columns, migrations=migrations)
    return load_contract(place / "lender.odcs.yaml")


def test_a_breaking_change_is_answered_by_the_steps_that_name_it(tmp_path: Path):
    old = lender(tmp_path, "1.0.0", LOAN, column("fax"))
    branch = column("branch", required=True)
    new = lender(tmp_path, "2.0.0", column("credit", "integer"), branch, steps=STEPS)
    changes = compare(old, new)
    path = path_between(new.migrations, parse_version("1.0.0"), parse_version("2.0.0"))
    assert {c.place for c in unanswered(changes, ())} == {
        "customers.loan",
        "customers.fax",
        "customers.branch",
    }
    assert unanswered(changes, path) == ()
    fewer = lender(tmp_path, "2.0.1", column("credit", "integer"), branch, steps=STEPS[:1])
    path = path_between(fewer.migrations, parse_version("1.0.0"), parse_version("2.0.1"))
    assert {c.place for c in unanswered(compare(old, fewer), path)} == {
        "customers.fax",
        "customers.branch",
    }


@pytest.mark.parametrize(
    ("source", "expected"), [("1.0.0", 2), ("1.4.2", 2), ("2.0.0", 1), ("2.3.0", 1), ("3.0.0", 0)]
)
def test_a_path_leads_from_any_version_to_the_newest(source: str, expected: int, tmp_path: Path):
    both = [{"from": "1.0.0", "to": "2.0.0", "steps": []}, {"from": "2.0.0", "to": "3.0.0"}]
    place = write_contract(tmp_path, "3.1.0", LOAN, migrations=both)
    migrations = load_contract(place / "lender.odcs.yaml").migrations
    path = path_between(migrations, parse_version(source), parse_version("3.1.0"))
    assert len(path) == expected


@pytest.mark.parametrize(
    "migration",
    [
        {"from": "1.0.0", "to": "3.0.0", "steps": []},
        {"from": "2.0.0", "to": "1.0.0", "steps": []},
        {"from": "one", "to": "2.0.0", "steps": []},
        {"from": "1.0.0", "to": "2.0.0", "steps": [{"guess": "customers.loan"}]},
        {"from": "1.0.0", "to": "2.0.0", "steps": [{"rename": "customers.loan"}]},
        {"from": "1.0.0", "to": "2.0.0", "steps": [{"drop": "customers.fax"}]},
        {"from": "1.0.0", "to": "2.0.0", "steps": [{"cast": "customers.loan", "eval": "1+1"}]},
    ],
)
def test_a_wrong_migration_is_refused_with_its_place(migration: object, tmp_path: Path):
    place = write_contract(tmp_path, "2.0.0", LOAN, migrations=[migration])
    with pytest.raises(InvalidContract, match="migrations"):
        load_contract(place / "lender.odcs.yaml")


def test_a_change_says_its_place_as_a_migration_names_it():
    assert Change("column_removed", "major", "customers", "fax").place == "customers.fax"
    assert Change("model_removed", "major", subject="churn").place == "churn"


def test_the_change_log_tells_each_version_with_what_answers_its_breaks(tmp_path: Path):
    steps = [{"from": "1.0.0", "to": "2.0.0", "steps": STEPS}]
    columns = (column("credit", "integer"), column("branch", required=True))
    folders = [
        write_contract(tmp_path, "1.0.0", LOAN, column("fax")),
        write_contract(tmp_path, "2.0.0", *columns, migrations=steps),
        write_contract(tmp_path, "2.1.0", *columns, column("more"), migrations=steps),
    ]
    documents = [resolve(folder / "lender.odcs.yaml") for folder in folders]
    told = changelog(documents, "the command", "en")
    assert told == changelog(documents[::-1], "the command", "en")
    headings = [line for line in told.splitlines() if line.startswith("## ")]
    assert headings == ["## 2.1.0", "## 2.0.0", "## 1.0.0"]
    assert "- customers.fax: the column is gone. (no longer kept: Nobody has one.)" in told
    assert "- customers.loan: the column is gone. (is now called credit)" in told
    assert "- customers.more: a new optional column." in told
    spanish = changelog(documents, "la orden", "es")
    assert "- customers.fax: la columna ya no existe. (ya no se guarda: Nadie tiene.)" in spanish

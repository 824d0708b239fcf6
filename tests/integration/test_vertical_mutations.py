"""A good contract, broken in one place as a person would: just that part tells it."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from cli.conformance.finding import Finding
from cli.conformance.suite import CHECKS, conformance
from data_contracts.loader import forget_contracts, load_contract
from data_contracts.odcs import custom
from data_contracts.place import Node
from foundation.plugins import FEATURES
from foundation.settings import Settings
from foundation.texts import LANGUAGES
from simulation.gym import write_members
from tests.packages import Bring
from tests.small_vertical import column_of, columns_of, model_of, small_document, write

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
OUTCOME_OF_NOW = """
from features.definition import of_row
from features.facts import Row


@of_row("version", told={"es": "renovó: {n}", "en": "renewed: {n}"})
def has_renewed(customer: Row):
    \"\"\"Take the outcome itself, whenever it came.\"\"\"
    return customer.number("renueva")
"""


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """Return a contract that predicts of customers alone."""
    folder = tmp_path_factory.mktemp("members")
    return small_document(write_members(folder), folder, "renueva", ("customers",))


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """Return a contract that predicts of incidents alone."""
    folder = tmp_path_factory.mktemp("cases")
    tables = ("customers", "incidents")
    return small_document(write_members(folder), folder, "incident_risk", tables)


def found_in(document: Node, folder: Path, samples: tuple[Path, ...] = ()) -> list[Finding]:
    forget_contracts()
    path = write(document, folder / "contracts")
    settings = replace(Settings.at(folder / "data"), contract_dirs=(path.parent,))
    found = conformance(settings, load_contract(path), samples)
    forget_contracts()
    return found


def own_column(name: str, **more: object) -> Node:
    return {
        "name": name, "logicalType": "string", "classification": "internal",
        "description": f"{name}. / {name}.",
        "customProperties": [{"property": "columnRole", "value": "attribute"},
                             {"property": "label", "value": {"es": name, "en": name}}],
        **more,
    }  # fmt: skip


def shorter_than_its_examples(document: Node) -> None:
    column_of(document, "customers", "meta")["logicalTypeOptions"] = {"maxLength": 8}


def nothing_to_learn_from(document: Node) -> None:
    features = cast(list[str], model_of(document)["features"])
    model_of(document)["features"] = [f for f in features if f.endswith("_days")][1:]


def only_what_says_nothing(document: Node) -> None:
    model_of(document)["features"] = ["tenure_days"]


def silence_is_an_objection(document: Node) -> None:
    column = column_of(document, "customers", "no_profiling")
    properties = cast(list[Node], column["customProperties"])
    properties.append({"property": "blankMeans", "value": "true"})


def grouped_by_person(document: Node) -> None:
    cast(Node, custom(document)["dashboard"])["dimensions"] = ["meta", "full_name"]


def a_telephone_in_the_open(document: Node) -> None:
    columns_of(document, "customers").append(own_column("telefono_de_casa"))


BROKEN: dict[str, tuple[Callable[[Node], None], str, str]] = {
    "schema": (shorter_than_its_examples, "valores de ejemplo", "limits and examples"),
    "training": (nothing_to_learn_from, "ninguna columna", "no column left"),
    "calibration": (only_what_says_nothing, "papel measure", "the role measure"),
    "scoring": (silence_is_an_objection, "papel objection", "role objection"),
    "dashboard": (grouped_by_person, "full_name", "about single persons"),
    "isolation": (a_telephone_in_the_open, "telefono_de_casa", "leaves it in the clear"),
}  # fmt: skip


def test_the_contracts_that_are_broken_below_are_good(members: Node, cases: Node, tmp_path: Path):
    for name, document in {"members": members, "cases": cases}.items():
        (tmp_path / name).mkdir()
        found = found_in(document, tmp_path / name)
        assert {one.aspect for one in found} == set(CHECKS)
        told = [one.say("en") for one in found if one.state == "broken"]
        assert told == [], name


@pytest.mark.parametrize("aspect", BROKEN)
def test_just_the_part_that_is_broken_tells_it(aspect: str, members: Node, tmp_path: Path):
    change, spanish, english = BROKEN[aspect]
    document = deepcopy(members)
    change(document)
    require_told(found_in(document, tmp_path), aspect, spanish, english)


def test_the_leak_guard_tells_how_long_a_case_took(cases: Node, tmp_path: Path):
    document = deepcopy(cases)
    minutes = own_column("minutos", logicalType="integer")
    minutes["customProperties"] = [
        {"property": "columnRole", "value": "measure"},
        {"property": "label", "value": {"es": "minutos", "en": "minutes"}},
        {"property": "unit", "value": "minutes"},
    ]
    columns_of(document, "incidents").append(minutes)
    cast(list[str], model_of(document)["features"]).append("incident_measures")
    require_told(found_in(document, tmp_path), "leak_guard", "déle el papel", "give it the role")


def test_a_package_that_looks_ahead_is_told_by_the_point_in_time(
    members: Node, tmp_path: Path, bring: Bring
):
    bring("acme-late", "0.3", {FEATURES: "has_renewed"}, OUTCOME_OF_NOW)
    document = deepcopy(members)
    cast(list[str], model_of(document)["features"]).append("has_renewed")
    found = found_in(document, tmp_path)
    require_told(found, "point_in_time", "al quitar lo que pasó después", "acme-late 0.3")


def test_a_contract_that_predicts_nothing_waits_for_nothing(members: Node, tmp_path: Path):
    document = deepcopy(members)
    cast(list[Node], custom(document)["models"]).clear()
    found = found_in(document, tmp_path)
    assert {one.state for one in found} <= {"sound", "advice"}, [one.say("en") for one in found]


def require_told(found: list[Finding], aspect: str, spanish: str, english: str) -> None:
    broken = [one for one in found if one.state == "broken"]
    assert {one.aspect for one in broken} == {aspect}, [one.say("en") for one in broken]
    said = {language: " ".join(one.say(language) for one in broken) for language in LANGUAGES}
    assert (spanish in said["es"], english in said["en"]) == (True, True), said

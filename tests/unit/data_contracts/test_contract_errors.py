"""A contract that is wrong is refused with its file, the path inside it, and what is allowed."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from data_contracts.loader import load_contract, load_contracts
from data_contracts.odcs import HERE, custom, resolve
from foundation.errors import InvalidContract
from foundation.texts import catalogue

Change = Callable[[dict[str, Any]], object]
TELECOM = HERE / "telecom.odcs.yaml"

KEPT = {
    *(
        "customer_id",
        "incident_id",
        "call_id",
        "phone",
        "gender",
        "age",
        "multiple_lines",
        "monthly_charge",
    ),
    *("contract_type", "internet_service", "payment_method", "segment", "city"),
    *("signup_at", "churned", "churned_at", "opened_at", "text", "escalated", "escalated_at"),
}
"""Columns that suffice: the standard's schema takes its time over each."""


def write(folder: Path, document: object, name: str = "gym") -> Path:
    path = folder / f"{name}.odcs.yaml"
    path.write_text(json.dumps(document), encoding="utf-8")  # JSON is YAML, and quick to write
    return path


def gym(change: Change) -> dict[str, Any]:
    """Return a small vertical, cut out of telecom, after one change."""
    document = {**deepcopy(resolve(TELECOM)), "id": "abcall.gym", "name": "gym"}
    document["schema"] = document["schema"][:3]
    for table in document["schema"]:
        table["properties"] = [c for c in table["properties"] if c["name"] in KEPT]
    change(document)
    return document


def column(document: dict[str, Any], name: str, table: str = "customers") -> dict[str, Any]:
    found = next(t for t in document["schema"] if t["name"] == table)
    return next(c for c in found["properties"] if c["name"] == name)


def put(element: dict[str, Any], name: str, value: object) -> None:
    """Set a custom property."""
    rest = [p for p in element.get("customProperties", []) if p["property"] != name]
    element["customProperties"] = [*rest, {"property": name, "value": value}]


def get(element: dict[str, Any], name: str) -> list[Any]:
    found: list[Any] = custom(element)[name]
    return found


def drop(element: dict[str, Any], name: str) -> None:
    kept = [p for p in element["customProperties"] if p["property"] != name]
    element["customProperties"] = kept


def model(document: dict[str, Any], name: str = "churn") -> dict[str, Any]:
    return next(m for m in get(document, "models") if m["name"] == name)


def rename(document: dict[str, Any], old: str, new: str) -> None:
    column(document, old)["name"] = new


AGE = "schema.customers.properties.age"
CHURN = "customProperties.models.churn"
RISK = "incident_risk"
FAULTS: dict[str, tuple[Change, str, str]] = {
    "kind that is none": (lambda d: d.update(kind="Nope"), "kind", "DataContract"),
    "root key of our own": (lambda d: d.update(models=[]), ".", "models"),
    "unknown type": (lambda d: column(d, "age").update(logicalType="text"), AGE, "integer"),
    "type we do not take": (
        lambda d: column(d, "age").update(logicalType="array", logicalTypeOptions={}),
        f"{AGE}.logicalType",
        "string, integer, number, boolean, date, timestamp",
    ),
    "unknown role": (
        lambda d: put(column(d, "age"), "columnRole", "label"),
        f"{AGE}.customProperties.columnRole",
        "measure",
    ),
    "no role": (
        lambda d: drop(column(d, "age"), "columnRole"),
        f"{AGE}.customProperties.columnRole",
        "entity, event_time",
    ),
    "unknown property": (
        lambda d: put(column(d, "age"), "colour", "red"),
        f"{AGE}.customProperties",
        "columnRole, label, unit",
    ),
    "unknown property of the vertical": (
        lambda d: put(d, "color", "red"),
        "customProperties",
        "extends, abstract, label",
    ),
    "no classification": (
        lambda d: column(d, "age").pop("classification"),
        AGE,
        "identifier, personal, free_text",
    ),
    "unknown classification": (
        lambda d: column(d, "age").update(classification="secret"),
        f"{AGE}.classification",
        "identifier, personal, free_text, internal, public",
    ),
    "personal data called internal": (
        lambda d: column(d, "phone").update(classification="internal"),
        "schema.customers.properties.phone",
        "identifier, personal, free_text",
    ),
    "text that nobody would mask": (
        lambda d: column(d, "text", "incidents").update(classification="internal"),
        "schema.incidents.properties.text",
        "free_text",
    ),
    "column of the platform": (
        lambda d: rename(d, "age", "row_key"),
        "schema.customers.properties.row_key",
        "another name",
    ),
    "column twice": (
        lambda d: rename(d, "age", "gender"),
        "schema.customers.properties",
        "gender",
    ),
    "header of two columns": (
        lambda d: column(d, "age")["synonyms"].append({"synonym": "Género"}),
        AGE,
        "gender",
    ),
    "description without Spanish": (
        lambda d: column(d, "age").update(description="Age in years."),
        f"{AGE}.description",
        "“es”",
    ),
    "label without English": (
        lambda d: put(column(d, "age"), "label", {"es": "edad"}),
        f"{AGE}.customProperties.label",
        "“en”",
    ),
    "words for a value that is not allowed": (
        lambda d: put(column(d, "multiple_lines"), "valueSynonyms", {"maybe": ["quizá"]}),
        "schema.customers.properties.multiple_lines.customProperties",
        "yes, no, no_phone_service",
    ),
    "writing of two values": (
        lambda d: put(column(d, "gender"), "valueSynonyms", {"male": ["M"], "female": ["m"]}),
        "schema.customers.properties.gender.customProperties.valueSynonyms",
        "“m”",
    ),
    "quality rule that nobody would run": (
        lambda d: column(d, "age").update(
            quality=[{"type": "library", "metric": "nullValues", "mustBe": 0}]
        ),
        AGE,
        "logicalTypeOptions, enum",
    ),
    "limit that nobody would look at": (
        lambda d: column(d, "age").update(logicalTypeOptions={"exclusiveMaximum": 100}),
        f"{AGE}.logicalTypeOptions",
        "minimum, maximum",
    ),
    "limits the wrong way round": (
        lambda d: column(d, "age").update(logicalTypeOptions={"minimum": 9, "maximum": 1}),
        f"{AGE}.logicalTypeOptions",
        "minimum ≤ maximum",
    ),
    "pattern that is none": (
        lambda d: column(d, "city").update(logicalTypeOptions={"pattern": "["}),
        "schema.customers.properties.city.logicalTypeOptions.pattern",
        "unterminated",
    ),
    "pattern that looks around": (
        lambda d: column(d, "city").update(logicalTypeOptions={"pattern": "^(?!x)"}),
        "schema.customers.properties.city.logicalTypeOptions.pattern",
        "(…)",
    ),
    "allowed value that YAML read as true": (
        lambda d: column(d, "multiple_lines").update(enum=[{"value": True}]),
        "schema.customers.properties.multiple_lines.enum",
        "a text",
    ),
    "natural key of no column": (
        lambda d: column(d, "customer_id").pop("primaryKey"),
        "schema.customers",
        "primaryKey",
    ),
    "mean that cannot be": (
        lambda d: put(column(d, "age"), "meanBetween", [90, 15]),
        f"{AGE}.customProperties.meanBetween",
        "a < b",
    ),
    "unknown kind of key": (
        lambda d: put(d["schema"][0], "keyKinds", ["uuid"]),
        "schema.customers.customProperties.keyKinds",
        "natural, row",
    ),
    "no kind of upload": (
        lambda d: drop(d["schema"][0], "uploadKinds"),
        "schema.customers.customProperties.uploadKinds",
        "at least one",
    ),
    "model of an unknown column": (
        lambda d: model(d)["label"].update(column="left"),
        f"{CHURN}.label.column",
        "churned",
    ),
    "model of an unknown table": (
        lambda d: model(d)["label"].update(table="clients"),
        f"{CHURN}.label.table",
        "customers, incidents, calls",
    ),
    "label that happens before": (
        lambda d: model(d)["label"].update(timeColumn="signup_at"),
        f"{CHURN}.label.timeColumn",
        "churned_at",
    ),
    "horizon of no days": (
        lambda d: model(d)["label"].update(horizonDays=0),
        f"{CHURN}.label.horizonDays",
        "1, 2, 3",
    ),
    "value that is no money": (
        lambda d: model(d)["money"].update(valueColumn="age"),
        f"{CHURN}.money.valueColumn",
        "monthly_charge",
    ),
    "probability above one": (
        lambda d: model(d)["money"].update(acceptanceProbability=30),
        f"{CHURN}.money.acceptanceProbability",
        "0 … 1",
    ),
    "cost below zero": (
        lambda d: model(d)["money"].update(offerCostMonths=-1),
        f"{CHURN}.money.offerCostMonths",
        "0 …",
    ),
    "unknown task": (lambda d: model(d).update(task="guess"), f"{CHURN}.task", "multiclass"),
    "no features": (lambda d: model(d).update(features=[]), CHURN, "at least one"),
    "unknown part of a model": (
        lambda d: model(d).update(threshold=0.5),
        CHURN,
        "estimators, metric, money",
    ),
    "classes that fall": (
        lambda d: model(d)["classes"][3].update(fromOddsRatio=0.1),
        f"{CHURN}.classes",
        "0 < … < …",
    ),
    "late beside an event of the same time": (
        lambda d: model(d, RISK)["label"].update(kinds=["late", "event"]),
        f"customProperties.models.{RISK}.label.kinds",
        "late | event, column",
    ),
    "late of nobody knows when": (
        lambda d: model(d, RISK)["label"].update(kinds=["late"], timeColumn=None),
        f"customProperties.models.{RISK}.label.timeColumn",
        "escalated_at",
    ),
    "what a customer's column says after an incident": (
        lambda d: model(d, RISK).update(label=model(d)["label"]),
        f"customProperties.models.{RISK}.label.kinds",
        "event",
    ),
    "a customer's outcome in the table of incidents": (
        lambda d: model(d).update(label=model(d, RISK)["label"]),
        f"{CHURN}.label.table",
        "customers",
    ),
    "action that costs more and averts less": (
        lambda d: model(d, RISK)["classes"][3].update(avertedShare=0.3),
        f"customProperties.models.{RISK}.classes",
        "0 < … < …",
    ),
    "action that another always beats": (
        lambda d: model(d, RISK)["classes"][1].update(costMonths=0.029),
        f"customProperties.models.{RISK}.classes",
        "0 < … < …",
    ),
    "share above one": (
        lambda d: model(d, RISK)["classes"][3].update(avertedShare=60),
        f"customProperties.models.{RISK}.classes.critical.avertedShare",
        "0 … 1",
    ),
    "ratio among costs": (
        lambda d: model(d, RISK)["classes"][3].update(fromOddsRatio=6),
        f"customProperties.models.{RISK}.classes",
        "costMonths",
    ),
    "dimension that is no column": (
        lambda d: custom(d)["dashboard"]["dimensions"].append("tenure_band"),
        "customProperties.dashboard.dimensions",
        "contract_type",
    ),
    "offer without Spanish": (
        lambda d: get(d, "offers")[0]["label"].pop("es"),
        "customProperties.offers.discount_20.label",
        "“es”",
    ),
    "name that is not the file's": (lambda d: d.update(name="sport"), "name", "gym"),
}


def test_the_vertical_without_a_fault_is_loaded(tmp_path: Path):
    contract = load_contract(write(tmp_path, gym(lambda _: None)))
    assert contract.vertical == "gym"
    telecom = load_contracts()["telecom"]
    for table in contract.tables:
        for own in table.columns:
            assert own == telecom.table(table.name).column(own.name)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_saying_where_and_what_is_allowed(fault: str, tmp_path: Path):
    change, where, allowed = FAULTS[fault]
    path = write(tmp_path, gym(change))
    with pytest.raises(InvalidContract) as error:
        load_contract(path)
    sentence = str(error.value)
    assert str(path) in sentence
    assert f"at {where}" in sentence
    assert allowed in sentence
    assert str(path) in error.value.say("es")


def test_a_file_that_is_absent(tmp_path: Path):
    with pytest.raises(InvalidContract, match=r"nowhere\.odcs\.yaml cannot be read"):
        load_contract(tmp_path / "nowhere.odcs.yaml")


def test_a_file_that_is_not_yaml(tmp_path: Path):
    path = tmp_path / "gym.odcs.yaml"
    path.write_text("schema: [\n  - name: {", encoding="utf-8")
    with pytest.raises(InvalidContract, match=r"(?s)is not YAML.*line 2"):
        load_contract(path)


@pytest.mark.parametrize("content", ["", "just words", "[1, 2]"])
def test_a_file_that_is_yaml_but_no_contract(content: str, tmp_path: Path):
    path = tmp_path / "gym.odcs.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidContract, match="Open Data Contract Standard"):
        load_contract(path)


def test_a_base_that_does_not_exist(tmp_path: Path):
    path = write(tmp_path, gym(lambda d: put(d, "extends", "contact_centre")))
    with pytest.raises(InvalidContract, match=r"extends: 'contact_centre'.*contact_center"):
        load_contract(path)


def test_a_contract_that_is_its_own_base(tmp_path: Path):
    path = write(tmp_path, gym(lambda d: put(d, "extends", "gym")))
    with pytest.raises(InvalidContract, match="cannot be its own base"):
        load_contract(path)


def test_two_files_of_one_vertical(tmp_path: Path):
    write(tmp_path, resolve(TELECOM), "telecom")
    with pytest.raises(InvalidContract, match="already declared in"):
        load_contracts((tmp_path,))


def test_every_sentence_exists_in_both_languages():
    keys = {k for k in catalogue("es") if k.startswith("data_contracts.")}
    assert keys == {k for k in catalogue("en") if k.startswith("data_contracts.")}
    assert len(keys) >= 14

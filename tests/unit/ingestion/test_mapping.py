"""A mapping is checked against the contract before a row is touched."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.loader import load_contracts
from foundation.errors import InvalidMapping
from foundation.texts import catalogue
from ingestion.mapping import Mapping, labels_of, validate_mapping

CONTRACT = load_contracts()["telecom"]
CUSTOMERS = CONTRACT.table("customers")
HEADERS = ("cliente", "meses", "se fue", "otra")
GOOD = Mapping(
    columns={"cliente": "customer_id", "meses": "tenure_months", "se fue": "churned"},
    key="natural",
    label="column",
    upload="increment",
    values={"churned": {"retirado del todo": "true"}},
)


def refusal(mapping: Mapping) -> InvalidMapping:
    """Return the error that validating raises."""
    with pytest.raises(InvalidMapping) as refused:
        validate_mapping(mapping, CUSTOMERS, HEADERS, labels_of(CONTRACT, CUSTOMERS))
    return refused.value


def test_a_good_mapping_passes():
    validate_mapping(GOOD, CUSTOMERS, HEADERS, labels_of(CONTRACT, CUSTOMERS))
    assert GOOD.sources["tenure_months"] == "meses"


@pytest.mark.parametrize(
    ("mapping", "key", "words"),
    [
        (
            replace(GOOD, columns=GOOD.columns | {"ausente": "age"}),
            "unknown_source",
            ("«ausente»", "«age»", "no está en el archivo"),
        ),
        (
            replace(GOOD, columns=GOOD.columns | {"otra": "nada"}),
            "unknown_target",
            ("«otra»", "«nada»", "«customers»", "déjela sin asignar"),
        ),
        (
            replace(GOOD, columns=GOOD.columns | {"otra": "tenure_months"}),
            "target_twice",
            ("«meses»", "«otra»", "«tenure_months»", "Deje solo una"),
        ),
        (
            replace(GOOD, columns={}, values={}, key="row", label=None),
            "empty",
            ("ninguna columna", "«customers»", "Asigne al menos una"),
        ),
        (
            replace(GOOD, columns={"se fue": "churned"}, values={}),
            "key_missing_row",
            ("«customer_id»", "elija la clave «row»"),
        ),
        (
            replace(GOOD, upload="changes"),
            "operation_missing",
            ("«operation»", "otro tipo de carga"),
        ),
        (replace(GOOD, label="event"), "label_missing", ("«event»", "«churned_at»")),
        (
            replace(GOOD, values={"gender": {"x": "female"}}),
            "values_unmapped",
            ("«gender»", "quite la traducción"),
        ),
        (
            replace(GOOD, values={"churned": {"x": "quizá"}}),
            "value_not_allowed",
            ("«churned»", "«x»", "«quizá»", "true, false"),
        ),
    ],
)
def test_a_wrong_mapping_is_refused_naming_the_place_and_the_way_out(
    mapping: Mapping, key: str, words: tuple[str, ...]
):
    error = refusal(mapping)
    assert error.key == f"mapping.{key}"
    assert all(word in error.say("es") for word in words), error.say("es")
    assert error.say("en") != error.say("es")


def test_kinds_that_the_contract_does_not_allow_are_refused():
    strict = replace(CUSTOMERS, key_kinds=("natural",), upload_kinds=("snapshot",))
    for change, key in (
        ({"key": "row"}, "mapping.key_kind"),
        ({"upload": "increment"}, "mapping.upload_kind"),
        (
            {"upload": "snapshot", "columns": {"meses": "tenure_months"}},
            "mapping.key_missing_natural",
        ),
    ):
        with pytest.raises(InvalidMapping) as refused:
            validate_mapping(replace(GOOD, **change), strict, HEADERS)
        assert refused.value.key == key
    with pytest.raises(InvalidMapping) as refused:
        validate_mapping(GOOD, CUSTOMERS, HEADERS, labels=())
    assert refused.value.key == "mapping.label_kind"


def test_a_row_key_and_no_label_need_no_column():
    bare = Mapping({"meses": "tenure_months"}, key="row", label=None, upload="snapshot")
    validate_mapping(bare, CUSTOMERS, HEADERS, labels_of(CONTRACT, CUSTOMERS))
    assert bare.values == {}


names = st.text(max_size=8)
mappings = st.builds(
    Mapping,
    columns=st.dictionaries(names, names, max_size=4),
    key=st.sampled_from(["natural", "row"]),
    label=st.sampled_from(["event", "column", None]),
    upload=st.sampled_from(["snapshot", "increment", "changes"]),
    values=st.dictionaries(names, st.dictionaries(names, names, max_size=3), max_size=3),
)


@given(mappings)
def test_json_gives_back_the_same_mapping(mapping: Mapping):
    assert Mapping.from_dict(json.loads(json.dumps(mapping.to_dict()))) == mapping


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"columns": {"a": 1}, "key": "row", "label": None, "upload": "snapshot"},
        {"columns": {}, "key": "other", "label": None, "upload": "snapshot"},
        {"columns": {}, "key": "row", "label": "x", "upload": "snapshot"},
        {"columns": {}, "key": "row", "label": None, "upload": "x"},
        {"columns": [1], "key": "row", "label": None, "upload": "snapshot"},
        {"columns": {}, "key": "row", "label": None, "upload": "snapshot", "values": {"a": 3}},
    ],
)
def test_json_that_is_no_mapping_is_refused(payload: dict[str, object]):
    with pytest.raises(InvalidMapping) as refused:
        Mapping.from_dict(payload)
    assert refused.value.key == "mapping.unreadable"


def test_both_languages_say_the_same_things():
    for room in ("mapping", "reading"):
        spanish, english = (
            {key for key in catalogue(language) if key.startswith(f"{room}.")}
            for language in ("es", "en")
        )
        assert spanish == english and spanish

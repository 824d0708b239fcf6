"""A vertical has several models of an entity: a request says which, else it is the first."""

import pytest

from data_contracts.loader import load_contracts
from foundation.errors import NotFound
from serving.scores.latest import model_of


def test_without_a_name_the_contracts_first_model_answers():
    contract = load_contracts()["retail"]
    assert model_of(contract, "customer").name == contract.models[0].name == "churn"


def test_a_model_of_the_verticals_own_is_asked_by_its_name():
    assert model_of(load_contracts()["retail"], "customer", "purchased").name == "purchased"


@pytest.mark.parametrize("wanted", ["purchase", "incident_risk", "", "x" * 200])
def test_a_name_that_is_none_is_told_with_those_that_are(wanted: str):
    with pytest.raises(NotFound) as told:
        model_of(load_contracts()["retail"], "customer", wanted)
    assert told.value.say("es").endswith("Los que hay: churn, purchased.")
    assert wanted[:60] in told.value.say("en")
    assert len(told.value.say("en")) < 200

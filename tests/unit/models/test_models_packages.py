"""An estimator or feature of an installed package that fails is told by the package's name."""

import pytest

from features.catalogue import features
from features.facts import Facts
from foundation.errors import OperatorError
from foundation.plugins import ESTIMATORS, FEATURES, plugins
from models.champion import Provenance, from_metadata, to_metadata
from models.cross import fit
from models.installed import needing
from models.rows import Rows
from tests.packages import Bring
from tests.unit.models.conftest import made_up

pytestmark = pytest.mark.slow
FEATURE = """
from features.definition import over_facts


@over_facts("call", told={{"es": "{{n}} x", "en": "{{n}} x"}})
def odd(calls):
    return {body}
"""
FAMILY = """
import numpy as np
from models.catalogue import Family
from models.linear import Linear


class Odd(Linear):
    {body}


odd = Family("odd", Odd, ({{"strength": 0.1}},))
"""


@pytest.mark.parametrize(
    ("body", "sentence"),
    [("3.0", "has not the form"), ("calls.nothing_of_the_kind()", "fails when it is used")],
)
def test_a_feature_that_is_no_column_names_its_package(body: str, sentence: str, bring: Bring):
    bring("acme-odd", "2.1", {FEATURES: "odd"}, FEATURE.format(body=body))
    with pytest.raises(OperatorError, match=sentence) as told:
        features()["odd"].compute(Facts("started_at"))
    assert "acme-odd 2.1" in told.value.say("es")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("def margins(self, matrix): return np.zeros(matrix.shape[0])", "has not the form"),
        ("def contributions(self, matrix): return super().contributions(matrix) * 2", "the form"),
        ("def fit(self, matrix, y, layout): raise KeyError('no such thing')", "fails when"),
        ("def __init__(self, task, size): pass", "fails when"),
    ],
)
def test_an_estimator_that_is_none_names_its_package(body: str, sentence: str, bring: Bring):
    bring("acme-odd", "2.1", {ESTIMATORS: "odd"}, FAMILY.format(body=body))
    with pytest.raises(OperatorError, match=sentence) as told:
        fit(Rows.of(made_up(200)), ("odd",), "auc")
    assert "acme-odd 2.1" in told.value.say("es")


@pytest.mark.parametrize("code", ["import nowhere_to_be_found", "raise SystemExit(3)", "1 / 0"])
def test_a_package_that_fails_when_it_is_imported_is_named(code: str, bring: Bring):
    bring("acme-odd", "2.1", {FEATURES: "odd"}, code)
    with pytest.raises(OperatorError, match=r"acme-odd 2\.1 cannot be loaded"):
        plugins(FEATURES)


def test_two_packages_of_one_name_are_told_before_either_is_used(bring: Bring):
    bring("acme-one", "1.0", {FEATURES: "odd"}, FEATURE.format(body="3.0"))
    bring("acme-two", "2.0", {FEATURES: "odd"}, FEATURE.format(body="4.0"))
    with pytest.raises(OperatorError, match="Two installed packages"):
        features()


def test_a_model_names_the_packages_that_were_there_and_an_older_one_none(bring: Bring):
    bring("acme-odd", "2.1", {ESTIMATORS: "odd"}, FAMILY.format(body="pass"))
    made = Provenance("1.0.0", {"customer": 3}, "0.1.0+x", "2026-01-01T00:00:00")
    kept = to_metadata((), made, ())
    assert from_metadata(kept)[1].packages == {"acme-odd": "2.1"}
    del kept["packages"]
    assert from_metadata(kept)[1].packages == {}


def test_a_model_that_cannot_be_loaded_without_its_package_says_which(bring: Bring):
    bring("acme-odd", "2.2", {ESTIMATORS: "odd"}, FAMILY.format(body="pass"))
    said = r"acme-odd 2\.1.*now: acme-odd 2\.2"
    with pytest.raises(OperatorError, match=said), needing({"acme-odd": "2.1"}):
        raise ModuleNotFoundError("acme_odd")
    with pytest.raises(ModuleNotFoundError), needing({"acme-odd": "2.2"}):
        raise ModuleNotFoundError("something of ours")

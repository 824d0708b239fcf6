"""Our estimators are scikit-learn's: its own checks, on arrays of numbers."""

from collections.abc import Callable

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from models.offer_model import OfferModel
from models.pipeline import RecordPipeline


@parametrize_with_checks(
    [
        RecordPipeline(),
        RecordPipeline(task="multiclass"),
        RecordPipeline(task="number"),
        OfferModel(),
    ]
)
def test_it_keeps_scikit_learns_contract(estimator: object, check: Callable[[object], None]):
    check(estimator)


def test_a_model_of_numbers_has_no_probabilities():
    assert hasattr(RecordPipeline(), "predict_proba")
    assert not hasattr(RecordPipeline(task="number"), "predict_proba")
    with pytest.raises(AttributeError):
        RecordPipeline(task="number").predict_proba([{"x": 1.0}])

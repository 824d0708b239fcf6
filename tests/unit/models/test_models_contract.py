"""Our estimators are scikit-learn's: its own checks, on arrays of numbers."""

from collections.abc import Callable

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator, parametrize_with_checks

from models.intents import IntentClassifier
from models.offer_model import OfferModel
from models.pipeline import RecordPipeline
from models.text import CharTfidf
from models.urgency import UrgencyClassifier
from models.words import WordTfidf


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


@pytest.mark.parametrize(
    "estimator", [CharTfidf(), WordTfidf(), IntentClassifier(), UrgencyClassifier()]
)
def test_what_takes_texts_says_so_as_scikit_learns_own_vectorizers_do(estimator: object):
    check_estimator(estimator)
    for tags in (get_tags(estimator).input_tags, get_tags(TfidfVectorizer()).input_tags):
        assert (tags.string, tags.two_d_array) == (True, False)


def test_a_model_of_numbers_has_no_probabilities():
    assert hasattr(RecordPipeline(), "predict_proba")
    assert not hasattr(RecordPipeline(task="number"), "predict_proba")
    with pytest.raises(AttributeError):
        RecordPipeline(task="number").predict_proba([{"x": 1.0}])

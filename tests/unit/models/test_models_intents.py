"""Intents and urgency: told with confidence, refused where unsure, and the same by seed."""

from pathlib import Path

import numpy as np
import pytest
import skops.io
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.estimator_checks import check_estimator

from models.artifact import TRUSTED
from models.intents import IntentClassifier, threshold_of
from models.network import Network
from models.urgency import UrgencyClassifier
from models.words import WordTfidf

SAYINGS = {
    "cancel": ("quiero cancelar {} ya", "necesito dar de baja {}", "please cancel {} now"),
    "bill": ("el cobro de {} está mal", "me cobraron dos veces {}", "the bill for {} is wrong"),
    "fault": ("no funciona {} desde ayer", "{} está caído otra vez", "{} stopped working today"),
}
THINGS = (
    "mi línea",
    "el internet",
    "la televisión",
    "my phone",
    "the router",
    "mi plan",
    "el chip",
)


def told() -> tuple[list[str], list[str]]:
    """Return every saying about every thing, and its intent."""
    pairs = [
        (saying.format(thing), intent)
        for intent, sayings in SAYINGS.items()
        for saying in sayings
        for thing in THINGS
    ]
    return [text for text, _ in pairs], [intent for _, intent in pairs]


def small(**settings: int) -> IntentClassifier:
    return IntentClassifier(**{"members": 1, "epochs": 5, **settings})


@pytest.fixture(scope="module")
def classifier() -> IntentClassifier:
    return small().fit(*told())


def test_a_network_keeps_scikit_learns_contract():
    check_estimator(Network(hidden=16, members=1, epochs=5, least_steps=100, rate=0.02))


@pytest.mark.parametrize("estimator", [small(), UrgencyClassifier(("no", "yes"))])
def test_a_classifier_of_texts_is_cloned_and_must_be_fitted(estimator: IntentClassifier):
    """scikit-learn's own checks want numbers; what they ask of any estimator stands here."""
    assert clone(estimator).get_params() == estimator.get_params()
    with pytest.raises(NotFittedError):
        estimator.predict(["hola"])


def test_a_network_learns_what_comes_together():
    """Exclusive or: no linear model tells it."""
    rows = np.tile([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], (25, 1))
    y = np.tile([0, 1, 1, 0], 25)
    network = Network(hidden=32, members=1, input_dropout=0.0, rate=0.02).fit(rows, y)
    assert (network.predict(rows) == y).all()
    assert np.allclose(
        network.predict_proba(sparse.csr_matrix(rows)), network.predict_proba(rows), atol=1e-6
    )


def test_word_tfidf_equals_scikit_learns():
    texts = ["¿Cuándo llega mi tarjeta?", "mi tarjeta, mi clave", "la clave de la tarjeta", ""]
    reference = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode", token_pattern=r"\w+"
    )
    expected = reference.fit_transform(texts).toarray()
    ours = WordTfidf(min_persons=1)
    found = ours.fit_transform(texts).toarray()
    order = [list(ours.terms_).index(term) for term in reference.get_feature_names_out()]
    assert np.abs(found[:, order] - expected).max() < 1e-12
    assert np.abs(ours.transform(texts).toarray() - found).max() < 1e-12


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("cancelar el plan", "cancel"),
        ("el cobro del router está mal", "bill"),
        ("MI CELULAR NO FUNCIONA", "fault"),
        ("could you cancel the chip", "cancel"),
    ],
)
def test_spanish_and_english_texts_are_understood(
    classifier: IntentClassifier, text: str, intent: str
):
    [answer] = classifier.decide([text])
    assert answer.name == intent
    assert answer.confidence == answer.likeliest[0][1]
    assert [name for name, _ in answer.likeliest[:1]] == [intent]
    assert sum(share for _, share in answer.likeliest) == pytest.approx(1.0)


@pytest.mark.parametrize("text", ["", "   ", "¿?", "żółć ßþð", None, float("nan")])
def test_a_text_without_anything_known_is_not_answered(classifier: IntentClassifier, text: object):
    [answer] = classifier.decide([text])
    assert answer.name is None
    assert len(answer.likeliest) == 3


def test_no_texts_no_answers(classifier: IntentClassifier):
    assert classifier.decide([]) == []


def test_one_intent_alone_is_the_answer():
    classifier = small().fit(["quiero cancelar", "cancelar mi línea"], ["cancel", "cancel"])
    assert classifier.predict(["cancelar"]).tolist() == ["cancel"]
    assert classifier.predict_proba(["cancelar"]).tolist() == [[1.0]]


def test_the_same_seed_gives_the_same_model(classifier: IntentClassifier):
    texts, intents = told()
    again = small().fit(texts, intents)
    other = small(random_state=1).fit(texts, intents)
    assert np.array_equal(classifier.predict_proba(texts), again.predict_proba(texts))
    assert not np.array_equal(classifier.predict_proba(texts), other.predict_proba(texts))


def test_what_too_few_persons_write_is_not_in_the_model():
    texts, intents = told()
    secret = ["cancelar zafiro", "cancelar zafiro", "zafiro cancelar"]
    persons = np.array([f"p{i}" for i in range(len(texts))] + ["one"] * len(secret))
    classifier = small().fit(texts + secret, intents + ["cancel"] * len(secret), persons)
    kept = [*classifier.words_.terms_, *classifier.characters_.terms_]
    assert "cancelar" in kept
    assert not [term for term in kept if "zaf" in term]


def test_a_kept_model_answers_the_same(classifier: IntentClassifier, tmp_path: Path):
    path = tmp_path / "intents.skops"
    skops.io.dump(classifier, path)
    again = skops.io.load(path, trusted=TRUSTED)
    assert again.decide(told()[0]) == classifier.decide(told()[0])


def test_the_threshold_gives_up_a_share_of_the_right_answers():
    scores = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.4, 0.6], [0.45, 0.55]])
    codes = np.array([0.0, 1.0, 0.0, 1.0, 0.0])
    assert threshold_of(scores, codes, 0.0) == 0.6
    assert threshold_of(scores, codes, 0.5) == pytest.approx(0.75)
    assert threshold_of(scores[4:], codes[4:], 0.0) == np.inf


def test_after_calibrating_what_is_outside_is_refused():
    texts, intents = told()
    classifier = small().fit(texts, intents).calibrate(texts, np.array(intents))
    outside = ["the weather is nice", "qué hora es", "cuéntame un chiste", "sing for the cat"]
    assert [answer.name for answer in classifier.decide(outside)] == [None] * 4
    answers = classifier.decide(texts)
    assert np.mean([a.name == i for a, i in zip(answers, intents, strict=True)]) > 0.95


LEVELS = ("low", "high", "critical")
URGENT = {
    "low": "cuando pueda, gracias por {}",
    "high": "es urgente, reparen {}",
    "critical": "emergencia, peligro con {}",
}


@pytest.fixture(scope="module")
def urgency() -> UrgencyClassifier:
    pairs = [(text.format(thing), level) for level, text in URGENT.items() for thing in THINGS]
    texts, levels = [text for text, _ in pairs], np.array([level for _, level in pairs])
    return UrgencyClassifier(LEVELS, small()).fit(texts, levels)


def test_urgency_is_told_by_level(urgency: UrgencyClassifier):
    texts = ["emergencia, peligro con el gas", "gracias, cuando pueda"]
    assert [answer.name for answer in urgency.decide(texts)] == ["critical", "low"]
    urgent = urgency.at_least(texts, "high")
    assert urgent[0] > 0.8
    assert urgent[1] < 0.2
    assert np.allclose(urgency.at_least(texts, "low"), 1.0)


def test_urgency_is_the_median_level(urgency: UrgencyClassifier):
    mixed = ["emergencia, cuando pueda, gracias, es urgente"]
    reached = np.cumsum(urgency.predict_proba(mixed)[0])
    expected = LEVELS[int(np.flatnonzero(reached >= 0.5)[0])]
    assert urgency.predict(mixed).tolist() == [expected]


def test_a_level_that_nobody_had_is_possible_and_an_unknown_one_refused():
    texts, y = ["es urgente ya"] * 3 + ["cuando pueda gracias"] * 3, ["high"] * 3 + ["low"] * 3
    urgency = UrgencyClassifier(LEVELS, small()).fit(texts, y)
    assert urgency.predict_proba(texts).shape == (6, 3)
    assert (urgency.predict_proba(texts)[:, 2] == 0).all()
    with pytest.raises(ValueError, match="extreme"):
        UrgencyClassifier(LEVELS, small()).fit(texts, ["extreme"] * 6)

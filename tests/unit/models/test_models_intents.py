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
from models.text import CharTfidf
from models.urgency import UrgencyClassifier
from models.words import WordTfidf
from tests.company_of_texts import THINGS

SAYINGS = {
    "cancel": ("quiero cancelar {} ya", "necesito dar de baja {}", "please cancel {} now"),
    "bill": ("el cobro de {} está mal", "me cobraron dos veces {}", "the bill for {} is wrong"),
    "fault": ("no funciona {} desde ayer", "{} está caído otra vez", "{} stopped working today"),
}


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
    return IntentClassifier(**{"min_persons": 2, "epochs": 5, **settings})


@pytest.fixture(scope="module")
def classifier() -> IntentClassifier:
    return small().fit(*told())


def test_a_network_keeps_scikit_learns_contract():
    check_estimator(Network(hidden=16, epochs=5, least_steps=100, rate=0.02))


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
    network = Network(hidden=32, input_dropout=0.0, rate=0.02).fit(rows, y)
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


@pytest.mark.parametrize("view", [WordTfidf(min_persons=1), CharTfidf(min_persons=1)])
def test_unknown_n_grams_make_a_row_shorter_and_change_nothing_else(view: WordTfidf | CharTfidf):
    told = ["mi tarjeta no llega", "mi clave no sirve"]
    asked = ["mi tarjeta", "mi tarjeta xyzxyz wqwqwq", "xyzxyz"]
    plain = view.fit(told).transform(asked).toarray()
    counted = clone(view).set_params(unknown_counts=True).fit(told).transform(asked).toarray()
    lengths = np.linalg.norm(counted, axis=1)
    assert np.allclose(np.linalg.norm(plain, axis=1), [1, 1, 0])
    assert lengths[0] == pytest.approx(1)
    assert 0.2 < lengths[1] < 0.9
    assert np.allclose(counted, plain * lengths[:, None])


@pytest.mark.parametrize("view", [WordTfidf(min_persons=2), CharTfidf(min_persons=2)])
def test_texts_that_were_learned_from_weigh_the_same_afterwards(view: WordTfidf | CharTfidf):
    view.set_params(unknown_counts=True)
    texts, _ = told()
    assert np.abs((view.fit_transform(texts) - view.transform(texts)).toarray()).max() < 1e-12


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


def test_where_everybody_writes_otherwise_nothing_is_known():
    classifier = small(min_persons=10).fit(["cancelar", "factura", "falla"] * 2, list("abc") * 2)
    [answer] = classifier.decide(["cancelar"])
    assert (answer.name, classifier.networks_) == (None, [])


def test_a_kept_model_answers_the_same(classifier: IntentClassifier, tmp_path: Path):
    path = tmp_path / "intents.skops"
    skops.io.dump(classifier, path)
    again = skops.io.load(path, trusted=TRUSTED)
    assert again.decide(told()[0]) == classifier.decide(told()[0])


def test_the_threshold_gives_up_a_share_of_the_right_answers():
    evidence = np.array([0.9, 0.8, 0.7, 0.6, 0.55])
    right = np.array([True, True, True, True, False])
    assert threshold_of(evidence, right, 0.0) == 0.6
    assert threshold_of(evidence, right, 0.5) == pytest.approx(0.75)
    assert threshold_of(evidence, ~right & (evidence > 0.6), 0.0) == np.inf


def test_a_lucky_guess_about_a_text_without_anything_known_moves_no_threshold():
    evidence = np.array([-np.inf, -np.inf, 0.9, 0.8])
    right = np.ones(4, dtype=bool)
    assert threshold_of(evidence, right, 0.5) == pytest.approx(0.85)
    assert threshold_of(evidence, right & (evidence < 0), 0.5) == np.inf


def test_the_more_of_a_text_is_unknown_the_less_speaks_for_an_intent(classifier: IntentClassifier):
    texts = ["quiero cancelar", "quiero cancelar ßþð", "quiero ßþð þßþ ðßð", "ßþð"]
    evidence = classifier.hear(texts).evidence
    assert (np.diff(evidence) < 0).all()
    assert evidence[-1] == -np.inf


def test_a_sure_probability_does_not_make_an_answer(classifier: IntentClassifier):
    """The nearest intent of a strange text may be likely by far; there is no evidence for it."""
    strict = clone(classifier).fit(*told())
    strict.threshold_ = 1.0 + float(strict.hear(["quiero cancelar mi plan"]).evidence[0])
    [answer] = strict.decide(["quiero cancelar mi plan"])
    assert answer.confidence > 0.5
    assert answer.name is None


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

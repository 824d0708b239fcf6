"""Intents: accuracy, few examples, refusing what is outside, and replies, on public texts.

The peer learns from the same texts: scikit-learn's TF-IDF of words and characters with a linear
support vector machine. Both sides refuse by one rule, learned from validation texts alone. All sets
are learned with the same default settings, which were chosen on parts of the training texts.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.intent_sets import Texts, banking, clinc, few_of_each, spanish
from benchmarks.table import Line
from models.arrays import Floats
from models.evaluate import Interval, difference_with_interval
from models.intents import IntentClassifier, threshold_of
from models.replies import Reply, ReplyRanker
from models.reply_quality import quality_of
from models.threads import bounded

FEW, DRAWS, QUICK_DRAWS = 10, 5, 1
QUICK_REPLIES = 300
PUBLIC = 2
"""Persons who wrote an n-gram that is learned: one text might be a slip of the pen."""
PEER = "TF-IDF + linear SVM"
Hear = Callable[[Sequence[str]], tuple[Any, Floats]]
"""Texts → the likeliest intent of each, and how much speaks for it."""
Outcome = Floats
"""1 where a text was answered (or refused) rightly, else 0; shape (texts,)."""


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures of this part; quick leaves out the two large sets."""
    large = [] if quick else [*whole_banking(), *outside_clinc()]
    figures = [*large, *few_examples(QUICK_DRAWS if quick else DRAWS), *in_spanish()]
    notes = ["paired intervals: 95 %, 1,000 bootstrap draws of the test texts"]
    return [*figures, *replies(QUICK_REPLIES if quick else None)], notes


def whole_banking() -> list[Line]:
    """Banking77 as its authors split it, and how long learning takes."""
    learn, judge = banking("train"), banking("test")
    started = time.perf_counter(), time.process_time()
    ours = learned(learn)
    took, computed = time.perf_counter() - started[0], time.process_time() - started[1]
    words = f"{len(learn.texts):,} texts, {len(ours.classes_)} intents"
    found = right(ours.predict(judge.texts), judge)
    theirs = right(peer(learn).predict(judge.texts), judge)
    private = IntentClassifier().fit(learn.texts, learn.intents)
    kept = right(private.predict(judge.texts), judge)
    return [
        compared("Banking77, accuracy", found, theirs, 92.5, f"official split, {words}"),
        compared("… n-grams of 10 persons", kept, theirs, None, "as for a tenant's own texts"),
        Line("Banking77, learning", computed, most=120.0, configuration=f"{words}; CPU seconds"),
        Line("… by the clock", took, configuration=f"{words}; one thread, load as above"),
    ]


def few_examples(draws: int) -> list[Line]:
    """Banking77 with ten texts of each intent."""
    learn, judge = banking("train"), banking("test")
    drawn = [few_of_each(learn, FEW, seed) for seed in range(draws)]
    ours, theirs = (
        np.mean([right(make(few).predict(judge.texts), judge) for few in drawn], axis=0)
        for make in (learned, peer)
    )
    words = f"{FEW} texts an intent, mean of {draws} draws"
    return [compared("Banking77, few texts", ours, theirs, 77.0, words)]


def outside_clinc() -> list[Line]:
    """CLINC150: what is in scope answered rightly, what is outside refused."""
    learn, known, unknown = clinc("train"), clinc("test"), clinc("oos_test")
    validate = clinc("val")
    ours, theirs = learned(learn), peer(learn)
    answered, refused = zip(
        *(
            _in_and_out(hear, validate, known, unknown, ours.refused)
            for hear in (_ours(ours), _theirs(theirs))
        ),
        strict=True,
    )
    words = f"threshold: {ours.refused:.0%} of validation's right answers given up"
    return [
        compared("CLINC150, in scope", answered[0], answered[1], 91.0, words),
        compared("CLINC150, outside refused", refused[0], refused[1], 82.0, words),
    ]


def in_spanish() -> list[Line]:
    """Spanish texts; those that the training has word for word are judged apart."""
    learn, judge = spanish("train"), spanish("test")
    seen = np.isin(judge.texts, learn.texts)
    ours = right(learned(learn).predict(judge.texts), judge)
    theirs = right(peer(learn).predict(judge.texts), judge)
    words = f"{len(learn.texts):,} texts, {len(np.unique(learn.intents))} intents"
    new = f"{int(seen.sum())} test texts that training has are left out"
    return [
        compared("Spanish, accuracy", ours, theirs, None, f"official split, {words}"),
        compared("Spanish, new texts", ours[~seen], theirs[~seen], None, new),
    ]


def replies(most: int | None) -> list[Line]:
    """Banking77 as solved cases: each intent has a reply; does the ranker find it for new texts."""
    learn, judge = banking("train"), banking("test")
    chosen = np.random.default_rng(0).permutation(len(judge.texts))[:most]
    ranker = ReplyRanker().fit(_cases(learn))
    found = quality_of(ranker, list(_cases(judge.only(chosen))), (1, 3))
    words = f"{len(chosen):,} new texts, {len(ranker.sources)} replies, {len(learn.texts):,} cases"
    return [
        Line("replies, right one first", 100 * found.recall[1], "%", configuration=words),
        Line("replies, among three", 100 * found.recall[3], "%", configuration=words),
        Line("replies, mean reciprocal rank", found.reciprocal_rank, "", configuration=words),
        Line("replies, any suggestion", 100 * found.answered, "%", configuration=words),
    ]


def learned(learn: Texts) -> IntentClassifier:
    """Return ours with its default settings, but for n-grams: these texts are public."""
    return IntentClassifier(min_persons=PUBLIC).fit(learn.texts, learn.intents)


def peer(learn: Texts) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """Return TF-IDF of words, word pairs and characters with a linear SVM."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode")
    characters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, strip_accents="unicode"
    )
    with bounded():
        made = make_pipeline(make_union(words, characters), LinearSVC(random_state=0))
        return made.fit(learn.texts, learn.intents)


def right(predicted: Any, judge: Texts) -> Outcome:  # noqa: ANN401
    """Return where the prediction is the true intent."""
    return np.asarray(predicted == judge.intents, dtype=np.float64)


def compared(
    figure: str, ours: Outcome, theirs: Outcome, least: float | None, configuration: str
) -> Line:
    """Return our share of right answers beside the peer's, with the paired interval."""
    gained = paired(ours, theirs)
    told = f"{PEER} {100 * theirs.mean():.2f} %; ours − peer {gained.value:+.2f} "
    told += f"[{gained.low:+.2f}, {gained.high:+.2f}]"
    return Line(figure, 100 * float(ours.mean()), "%", None, told, configuration, least)


def paired(ours: Outcome, theirs: Outcome) -> Interval:
    """Return ours − theirs in points, with its bootstrap interval over the same texts."""
    one, other = _share_of(ours), _share_of(theirs)
    return difference_with_interval(one, other, len(ours))


def _share_of(outcome: Outcome) -> Callable[[Floats], Floats]:
    return lambda weights: np.asarray(100 * (weights @ outcome) / weights.sum(axis=1))


def _judged(hear: Hear, texts: Texts) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the evidence for each text's likeliest intent, and whether that is the true one."""
    intents, evidence = hear(texts.texts)
    return evidence, np.asarray(intents == texts.intents)


def _in_and_out(
    hear: Hear, validate: Texts, known: Texts, unknown: Texts, refused: float
) -> tuple[Outcome, Outcome]:
    """Return where known texts were answered rightly, and where unknown ones were refused."""
    least = threshold_of(*_judged(hear, validate), refused)
    evidence, right_ones = _judged(hear, known)
    outside, _ = _judged(hear, unknown)
    answered = right_ones & (evidence >= least)
    return answered.astype(np.float64), (outside < least).astype(np.float64)


def _ours(classifier: IntentClassifier) -> Hear:
    def hear(texts: Sequence[str]) -> tuple[Any, Floats]:
        heard = classifier.hear(texts)
        return classifier.classes_[heard.probabilities.argmax(axis=1)], heard.evidence

    return hear


def _theirs(machine: Any) -> Hear:  # noqa: ANN401
    def hear(texts: Sequence[str]) -> tuple[Any, Floats]:
        margins = machine.decision_function(texts)
        return machine.classes_[margins.argmax(axis=1)], margins.max(axis=1)

    return hear


def _cases(texts: Texts) -> Sequence[Reply]:
    """Return a solved case of each text; an intent's reply is its name in words."""
    return [
        Reply(str(i), f"Reply: {intent.replace('_', ' ')}", question=text, used=True, solved=True)
        for i, (text, intent) in enumerate(zip(texts.texts, texts.intents, strict=True))
    ]

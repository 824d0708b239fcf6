"""Replies: the nearest and most helpful first, with their source; none where nothing is near."""

from dataclasses import replace

import pytest

from models.replies import Asked, Reply, ReplyRanker
from models.reply_quality import quality_of

RESTART = Reply(
    "R1",
    "Apague el módem, espere un minuto y enciéndalo.",
    question="No tengo internet desde ayer",
    incident_id="I1",
    language="es",
    used=True,
    solved=True,
)
REFUND = Reply(
    "R2",
    "Le devolvemos el cobro en la próxima factura.",
    question="Me cobraron dos veces el internet",
    incident_id="I2",
    language="es",
    used=True,
    solved=True,
)
ARTICLE = Reply(
    "A1",
    "Open the settings and choose another password.",
    kind="article",
    title="How to change your password",
    language="en",
)
ALL = [RESTART, REFUND, ARTICLE]


def ids(ranker: ReplyRanker, text: str, **options: object) -> list[str]:
    return [s.source.response_id for s in ranker.rank(text, **options)]  # type: ignore[arg-type]


def test_a_reply_comes_with_source_and_reasons():
    best = ReplyRanker().fit(ALL).rank("otra vez no tengo internet")[0]
    assert best.source is RESTART
    assert (best.source.incident_id, best.source.kind) == ("I1", "reply")
    assert best.score == pytest.approx(best.similarity * best.helpfulness)
    assert 0.2 <= best.similarity <= 1


def test_an_article_is_found_by_its_own_words():
    assert ids(ReplyRanker().fit(ALL), "I forgot my password")[0] == "A1"


@pytest.mark.parametrize("text", ["", "¿Venden zapatos rojos?", "qwxz"])
def test_where_nothing_is_near_nothing_is_suggested(text: str):
    assert ReplyRanker().fit(ALL).rank(text) == []


def test_without_replies_nothing_is_suggested():
    assert ReplyRanker().fit([]).rank("no tengo internet") == []


def test_a_reply_in_another_language_is_left_out():
    ranker = ReplyRanker().fit(ALL)
    assert ids(ranker, "change password", language="en") == ["A1"]
    assert ids(ranker, "change password", language="es") == []


def test_the_same_words_are_one_reply_with_all_its_questions():
    again = replace(
        RESTART,
        response_id="R9",
        text="  apague el módem,  espere un minuto y enciéndalo.",
        question="El módem titila en rojo",
    )
    ranker = ReplyRanker().fit([*ALL, again])
    assert len(ranker.sources) == 3
    assert ids(ranker, "mi módem titila")[0] == "R9", "the question that is nearest"
    assert ids(ranker, RESTART.question)[0] == "R1"
    ranker.learn("R9", used=False)
    assert (ranker.records[0].shown, ranker.records[0].used) == (3, 2)


def test_an_incident_is_not_answered_with_its_own_reply():
    again = replace(REFUND, response_id="R7", question=RESTART.question, incident_id="I7")
    ranker = ReplyRanker().fit([*ALL, again])
    [anyone, its_own] = ranker.rank_each(
        [Asked(RESTART.question, "I8"), Asked(RESTART.question, "I1")]
    )
    assert {s.source.response_id for s in anyone} == {"R1", "R7"}
    assert [s.source.response_id for s in its_own] == ["R7"]


def test_many_incidents_are_ranked_as_each_alone():
    ranker, texts = two_alike(), ["no tengo internet", "¿Venden zapatos rojos?", "internet"] * 30
    assert ranker.rank_each([Asked(text) for text in texts]) == [ranker.rank(t) for t in texts]
    assert ReplyRanker().fit([]).rank_each([Asked("hola")]) == [[]]


def two_alike() -> ReplyRanker:
    other = replace(RESTART, response_id="R3", text="Un técnico lo visitará mañana.")
    return ReplyRanker().fit([RESTART, other])


def test_what_is_used_and_solves_rises():
    ranker = two_alike()
    assert ids(ranker, RESTART.question) == ["R1", "R3"]
    for _ in range(5):
        ranker.learn("R1", used=True, solved=False)
    assert ids(ranker, RESTART.question) == ["R3", "R1"]


def test_what_is_passed_over_falls():
    ranker = two_alike()
    for _ in range(5):
        ranker.learn("R1", used=False)
    assert ids(ranker, RESTART.question) == ["R3", "R1"]


def test_little_evidence_moves_little():
    """Each factor is a Beta posterior: one failure after a success cannot make it hopeless."""
    ranker = two_alike()
    before = ranker.helpfulness()[0]
    ranker.learn("R1", used=True, solved=False)
    once = ranker.helpfulness()[0]
    for _ in range(50):
        ranker.learn("R1", used=True, solved=False)
    assert before > once > 0.5 * before
    assert ranker.helpfulness()[0] < 0.2 * before


def test_unknown_outcomes_count_nothing():
    ranker = ReplyRanker().fit([replace(RESTART, used=None, solved=None)])
    assert vars(ranker.records[0]) == {"shown": 0, "used": 0, "judged": 0, "solved": 0}


def test_feedback_on_an_unknown_reply_is_refused():
    with pytest.raises(KeyError, match="R404"):
        ReplyRanker().fit(ALL).learn("R404", used=True)


def test_quality_counts_rank_and_refusal():
    ranker = two_alike()
    asked = [
        replace(ranker.sources[0], response_id="N1"),
        replace(ranker.sources[1], response_id="N2"),
        replace(RESTART, response_id="N3", question="¿Venden zapatos?"),
        replace(RESTART, response_id="N4", text="nunca dicho"),
    ]
    found = quality_of(ranker, asked, (1, 2))
    assert found.recall == {1: 0.25, 2: 0.5}
    assert found.reciprocal_rank == pytest.approx((1 + 0.5) / 4)
    assert found.answered == 0.75

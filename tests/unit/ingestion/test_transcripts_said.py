"""What a transcript tells of the service: what was to be said, and how each quarter felt."""

import pytest

from ingestion.extractors.transcripts.columns import COLUMNS, row_of
from ingestion.extractors.transcripts.feeling import by_quarter
from ingestion.extractors.transcripts.figures import FIGURES, figures_of
from ingestion.extractors.transcripts.transcript import NO_TRANSCRIPT, Transcript, Turn
from ingestion.extractors.transcripts.wording import phrases_of

RECORDED = "Su llamada está siendo grabada"
BAD, GOOD = "Pésimo servicio, estoy muy molesto", "Muchas gracias, excelente atención"


def call(*turns: tuple[str | None, float | None, str], language: str | None = "es") -> Transcript:
    """Return a transcript: who, from which second, what."""
    told = tuple(
        Turn(text, speaker, None, start, None if start is None else start + 2)
        for speaker, start, text in turns
    )
    return Transcript("supplied", told, "json", language)


@pytest.mark.parametrize(
    ("said", "is_said"),
    [
        (["Le informo que su llamada está siendo grabada por calidad"], True),
        (["su llamada está", "siendo grabada"], True),  # where a subtitle's line is full
        (["su yamada esta siendo gravada"], True),  # as a model hears it
        (["su llamada", "un momento", "por favor", "siendo grabada"], False),
        (["Buenos días", "¿en qué le ayudo?"], False),
    ],
)
def test_a_phrase_is_said_where_its_words_stand_together(said: list[str], is_said: bool):
    (told,) = phrases_of(call(*((None, None, one) for one in said)).turns, [RECORDED]) or ()
    assert (told.text, told.is_said) == (RECORDED, is_said)


def test_a_phrase_of_short_words_alone_is_looked_for_by_all_of_them():
    turns = call((None, None, "sí, ya se lo doy")).turns
    told = phrases_of(turns, ["sí, ya", "no, aún no"]) or ()
    assert [one.is_said for one in told] == [True, False]


def test_the_row_tells_each_phrase_and_which_share_of_them_was_said():
    turns = call(("Agente", 0.0, "Su llamada está siendo grabada"), ("Cliente", 3.0, "Bueno"))
    row = row_of(turns, phrases=[RECORDED, "¿Le puedo ayudar en algo más?"])
    assert [(one["text"], one["is_said"]) for one in row["phrases"]] == [
        (RECORDED, True), ("¿Le puedo ayudar en algo más?", False),
    ]  # fmt: skip
    assert row["phrases_share"] == 0.5
    assert row_of(turns)["phrases_share"] is None
    assert row_of(NO_TRANSCRIPT, phrases=[RECORDED])["phrases"] is None
    assert set(row) | {"beside"} == set(COLUMNS.names)


def test_each_quarter_of_the_call_feels_as_the_customer_does():
    told = by_quarter(
        call(
            ("Agente", 1.0, GOOD),
            ("Cliente", 5.0, BAD),
            ("Agente", 30.0, GOOD),
            ("Cliente", 95.0, GOOD),
        ),
        seconds=100.0,
    )
    assert told is not None
    first, second, third, last = told
    assert first is not None and last is not None
    assert first < -0.3 < 0.3 < last
    assert second is third is None  # the customer says nothing there


def test_where_nobody_is_named_all_that_is_said_is_read_and_a_call_ends_with_its_last_turn():
    told = by_quarter(call((None, 0.0, GOOD), (None, 98.0, BAD)))
    assert told is not None and told[0] is not None and told[3] is not None
    assert told[0] > 0.3 > -0.3 > told[3]


@pytest.mark.parametrize(
    "transcript",
    [
        call(("Cliente", None, BAD)),
        call(("Customer", 0.0, "It does not work"), language="en"),
        NO_TRANSCRIPT,
    ],
)
def test_without_times_or_in_another_language_no_quarter_is_told(transcript: Transcript):
    assert by_quarter(transcript) is None


def test_a_models_figures_are_none_where_there_is_no_transcript():
    assert figures_of(None) == dict.fromkeys(FIGURES.names)
    row = row_of(call(("Cliente", 1.0, BAD)), greeting="Buenos días", seconds=100.0)
    told = figures_of(row)
    assert told["greeting_share"] == 0.0 and told["phrases_share"] is None
    assert (told["sentiment_quarter_1"] or 0) < -0.3 and told["sentiment_quarter_4"] is None

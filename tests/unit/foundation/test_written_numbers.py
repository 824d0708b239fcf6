"""Figures in sentences are written as the reader's language writes them."""

import pytest

from foundation.texts import Language, counted, written_number


@pytest.mark.parametrize(("language", "said"), [("es", "200.000 nuevas"), ("en", "200,000 new")])
def test_a_count_in_a_sentence_has_its_thousands_grouped(language: Language, said: str):
    assert counted("ingestion.outcome_inserted", language, 200_000) == said
    assert counted("ingestion.outcome_inserted", language, 1).startswith("1 ")


def test_a_duration_has_the_decimal_mark_of_its_language():
    assert (written_number(6.12, "es", 1), written_number(6.12, "en", 1)) == ("6,1", "6.1")

"""Texts as their words are compared: lower case, without accents, and every letter in its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.extractors.plain import plain


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("Ñáñez PÉREZ", "nanez perez"),
        ("“Łódź” — İzmir Şişli", "“łodz” — izmir sisli"),
        ("Straße", "straße"),
        ("한국 e\u0301", "한국 e\u0301"),
        ("", ""),
    ],
)
def test_case_and_accents_do_not_count(text: str, compared: str):
    assert plain(text) == compared


@given(st.text(max_size=40))
def test_a_place_in_it_is_the_same_place_in_the_text(text: str):
    assert "".join(map(plain, text)) == plain(text)
    assert len(plain(text)) == len(text)

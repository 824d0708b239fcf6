"""Importance grows with value, risk and history, and says what it does not know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.customers.importance import importance

shares = st.floats(0, 1)


@pytest.mark.parametrize(
    ("value", "leaving", "risks", "index", "level"),
    [
        (1.0, 1.0, [1.0], 100.0, "very_important"),
        (0.0, 1.0, [1.0], 0.0, "ordinary"),
        (1.0, 0.0, [], 25.0, "notable"),
        (0.6, 0.0, [], 15.0, "notable"),
        (0.599, 0.0, [], 15.0, "notable"),
        (0.59, 0.0, [], 14.8, "ordinary"),
        (0.9, 0.5, [0.5], 50.6, "very_important"),
        (0.8, 0.5, [0.0], 30.0, "important"),
        (None, None, [], 12.5, "ordinary"),
        (1.0, 0.0, [0.5, 0.5], 43.8, "important"),
        (1.0, 0.0, [None], 25.0, "notable"),
    ],
)
def test_index_and_level(
    value: float | None, leaving: float | None, risks: list[float | None], index: float, level: str
):
    found = importance(value, leaving, risks)
    assert (found.index, found.level) == (index, level)


@given(value=shares, more=shares, leaving=shares, risks=st.lists(shares, max_size=5))
def test_it_lies_between_0_and_100_and_never_falls_where_a_part_rises(
    value: float, more: float, leaving: float, risks: list[float]
):
    low, high = sorted((value, more))
    less, greater = importance(low, leaving, risks), importance(high, leaving, risks)
    assert 0 <= less.index <= greater.index <= 100
    assert less.index <= importance(low, max(leaving, more), risks).index
    assert less.index <= importance(low, leaving, [*risks, more]).index


def test_each_part_says_why_in_both_languages():
    known = importance(0.83, 0.31, [0.4, None])
    assert [part["text"] for part in known.parts("es")] == [
        "Vale al mes tanto como el 83 % de los clientes, o más.",
        "Se va con una probabilidad de 31 %.",
        "2 casos abiertos; con una probabilidad de 40 % al menos uno sale mal.",
    ]
    unknown = importance(None, None, [None])
    assert [part["text"] for part in unknown.parts("en")] == [
        "It is not known what the customer is worth a month: counted as a middling one.",
        "Whether the customer may leave has not been predicted: not counted.",
        "1 open case without a prediction: not counted.",
    ]
    assert known.say("es") == "Importancia 38 de 100: un cliente importante."

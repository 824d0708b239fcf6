"""Whom an identification means, however it is written, and where a line names them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.persons import Person
from ingestion.tokens import token

KEY = b"k" * 32


def person(identification: str) -> Person:
    one = token(identification, KEY)
    return Person(frozenset({one}), ("plain", "national_id"), KEY, "mark", frozenset({"mark"}))


ANA = person("1010001277")


@pytest.mark.parametrize(
    "writing",
    ["1.010.001.277", "C.C. 1010001277", " 1010001277 ", "1 010 001 277", "cc:1010001277"],
)
def test_any_usual_writing_is_the_same_person(writing: str):
    assert ANA.is_named_by(writing)


@pytest.mark.parametrize(
    "writing", [None, "", "1010001278", "10100012770", "1010001277-A", "x" * 99]
)
def test_anything_else_is_nobody_or_another(writing: str | None):
    assert not ANA.is_named_by(writing)


@pytest.mark.parametrize(
    "line",
    [
        "1010001277,Ana,3005550101",
        'Ana;"1.010.001.277";3',
        "Ana\t1010001277",
        "el cliente con cédula 1.010.001.277 llamó",
        '{"id": "1010001277", "n": 2}',
        "a|b|CC 1010001277|c",
    ],
)
def test_a_line_that_nobody_could_split_names_them(line: str):
    assert ANA.is_named_in(line)


@pytest.mark.parametrize("line", ["", "Ana,3005550101", "20101010001277", "1010,001277"])
def test_a_line_that_only_resembles_it_does_not(line: str):
    assert not ANA.is_named_in(line)


@given(st.integers(10_000_000, 2_000_000_000), st.text(alphabet="abc, ;\t", max_size=20))
def test_whatever_stands_around_it(number: int, around: str):
    grouped = f"{number:,}".replace(",", ".")
    for writing in (str(number), grouped):
        assert person(str(number)).is_named_in(f"{around},{writing};{around}")

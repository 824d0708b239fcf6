"""A customer's identification is tried in the writings that people use, the given one first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.co import nit

from ingestion.tokens import canonical
from ingestion.writings import writings


def tried(identification: str) -> list[str]:
    return [canonical(one) for one in writings(identification, "plain")]


@pytest.mark.parametrize(
    ("written", "forms"),
    [
        ("1.010.001.277", ["1010001277"]),
        ("C.C. 1 010 001 277", ["1010001277"]),
        ("1010-001-277", ["1010-001-277", "1010001277"]),
        ("7590-VHVEG", ["7590-VHVEG"]),
        ("900123456", ["900123456", "9001234568"]),
        ("900.123.456-8", ["900123456", "9001234568"]),
        ("NIT 900.123.456-8", ["900123456", "9001234568"]),
        ("9001234568", ["9001234568", "900123456"]),
        ("9001234567", ["9001234567"]),
        ("1234567890", ["1234567890"]),
    ],
)
def test_writings_that_lead_to_one_customer(written: str, forms: list[str]):
    assert tried(written) == forms


@given(st.text(max_size=40))
def test_the_given_writing_comes_first_and_none_twice(identification: str):
    found = tried(identification)
    assert found[0] == canonical(identification)
    assert len(set(found)) == len(found)


@given(st.integers(800_000_000, 999_999_999).map(str))
def test_a_tax_number_is_found_with_and_without_its_check_digit_only(bare: str):
    check = nit.calc_check_digit(bare)
    assert set(tried(bare)) == set(tried(bare + check)) == {bare, bare + check}
    wrong = str((int(check) + 1) % 10)
    assert tried(bare + wrong) == [bare + wrong]

"""One identification in the writings that people use: with or without separators and check digit.

A token's canonical form keeps a client's own codes apart, so it does not drop every dash. Whoever
types a customer's number means one customer: the writings are tried in turn, the plainest first.
"""

import re

from stdnum.co import nit

from ingestion.tokens import Canonical, canonical

SEPARATORS = re.compile(r"[\s.,\-–_/]+")
COMPANY = re.compile(r"[89][0-9]{8}")
"""A NIT of a company without its check digit; a person's cédula of ten digits begins with 1."""


def writings(identification: str, form: Canonical) -> tuple[str, ...]:
    """Return the writings under which a table may hold an identification, each once.

    Two have the same canonical form only where they are the same; the check digit of a tax number
    (NIT, modulus 11 by DIAN's Orden Administrativa 4 of 1989) is dropped where it is right, and
    added where it is missing.

    >>> writings("900.123.456-8", "plain")
    ('900.123.456-8', '9001234568')
    """
    spelled, joined = canonical(identification, form), SEPARATORS.sub("", identification)
    digits = joined if joined.isdecimal() else spelled
    found: dict[str, str] = {spelled: identification}
    for one in (digits, *_with_and_without_check_digit(spelled, digits)):
        found.setdefault(canonical(one, form), one)
    return tuple(found.values())


def _with_and_without_check_digit(spelled: str, digits: str) -> list[str]:
    bare = next((one for one in (spelled, digits, digits[:-1]) if COMPANY.fullmatch(one)), None)
    if bare is None:
        return []
    check = nit.calc_check_digit(bare)
    # Ten digits that end in another one are no tax number.
    if digits not in (bare, bare + check):
        return []
    return [bare, bare + check]

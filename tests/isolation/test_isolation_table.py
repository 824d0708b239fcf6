"""Each row of the table: the owner is answered, everybody else is refused as if nobody had it."""

from collections.abc import Iterator

import pytest

from tests.isolation.house import House, built
from tests.isolation.table import Attempt, attempts, tried
from tests.isolation.tricks import PLAIN

SLOW_ROOMS = ("page", "API", "command", "columns", "models")
QUICK_TRICKS = ("../owner/name", "fullwidth dots", "NUL after", "half a surrogate", "LIKE wildcard")
"""One of each family of tricks, for the fast suite."""

SLOW_SURFACES = (
    "page", "API", "command", "models", "law: replay", "incidents: replay", "incidents: GET",
    "quarantine: reference", "quarantine: send again", "quarantine: dismiss",
)  # fmt: skip
"""Learned models are asked of MLflow, which takes seconds to wake; files take theirs to go in."""


def rows() -> Iterator[object]:
    """Return every row; tricks at doors that take their time are for the slow suite."""
    for attempt in attempts():
        quick = () if attempt.surface.room in SLOW_ROOMS else QUICK_TRICKS
        tricky = attempt.trick is not PLAIN and attempt.trick.name not in quick
        slow = tricky or str(attempt).startswith(SLOW_SURFACES)
        yield pytest.param(attempt, id=str(attempt), marks=[pytest.mark.slow] if slow else [])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with built(tmp_path_factory.mktemp("isolation")) as made:
        yield made


@pytest.mark.parametrize("attempt", list(rows()))
def test_the_owner_is_answered_and_everybody_else_refused_alike(attempt: Attempt, house: House):
    assert tried(attempt, house).holes == ()

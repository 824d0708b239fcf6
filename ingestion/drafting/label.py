"""Which column is likely what is to be predicted, and how a contract declares it."""

from collections.abc import Sequence
from dataclasses import replace

from data_contracts.contract import ColumnType, Task
from ingestion.drafting.columns import Drafted
from ingestion.proposal.profile import Profile
from ingestion.proposal.words import concepts, plain
from ingestion.vocabulary import FALSE_WORDS, TRUE_WORDS, fold

OUTCOME_WORDS = frozenset(
    {"target", "label", "class", "outcome", "churn", "attrition", "default", "fraud", "purchase"}
    | {"purchased", "converted", "conversion", "response", "risk", "y", "result", "revenue"}
    | {"objetivo", "etiqueta", "clase", "resultado", "compra", "compro", "riesgo", "abandono"}
)
NO_WORDS = frozenset({"no", "not", "non", "sin", "none", "never", "nunca"})
MOST_CLASSES = 20
FEWEST_OF_A_CLASS = 20
"""So many rows of a class a model needs to learn it."""


def known_outcome(columns: Sequence[Drafted]) -> str | None:
    """Return the header of an outcome that the contact centre knows already."""
    return next((c.header for c in columns if c.base and c.base.role == "outcome"), None)


def likely_label(columns: Sequence[Drafted]) -> str | None:
    """Return the header of the likeliest outcome: by its words, its values and its place."""
    last = len(columns) - 1
    scores = {one.header: _score(one, place == last) for place, one in enumerate(columns)}
    best = max(scores, key=lambda header: scores[header], default=None)
    return best if best is not None and scores[best] > 0 else None


def _score(one: Drafted, is_last: bool) -> int:
    said = bool(OUTCOME_WORDS & set(plain(one.header).split()))
    few = 2 <= one.seen.distinct <= MOST_CLASSES
    return (2 * said + is_last) * few


def task_of(seen: Profile) -> Task:
    """Return what is predicted: yes or no, one of some classes, or a number."""
    if seen.distinct == 2:
        return "binary"
    return "multiclass" if seen.distinct <= MOST_CLASSES else "number"


def positive_of(header: str, seen: Profile) -> str | None:
    """Return the value of two that means yes; None where neither says so.

    A yes or no says it itself; of «risk» and «no risk» the one without the no; under «attrition»
    the attrited one.
    """
    values = [value for value in seen.values if value]
    if {fold(value) for value in values} <= {*TRUE_WORDS, *FALSE_WORDS}:
        return next((value for value in values if fold(value) in TRUE_WORDS), None)
    plainly = [value for value in values if not NO_WORDS & set(plain(value).split())]
    named = [value for value in plainly if concepts(value) & concepts(header)]
    found = plainly if len(plainly) == 1 else named
    return found[0] if len(values) == 2 and len(found) == 1 else None


def as_outcome(one: Drafted) -> Drafted:
    """Return the column as an outcome of the type that its task takes."""
    types: dict[Task, ColumnType] = {
        "binary": "boolean",
        "multiclass": "string",
        "number": one.guess.type,
    }
    guess = replace(
        one.guess,
        type=types[task_of(one.seen)],
        role="outcome",
        classification="internal",
        unit=one.said.unit,
    )
    return replace(one, guess=guess)

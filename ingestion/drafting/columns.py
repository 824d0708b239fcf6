"""The columns of a sample as a contract declares them: the base's where it has them, else new."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from data_contracts.contract import DURATIONS, OPEN, Classification, Column, Table
from data_contracts.extension import OwnColumn
from data_contracts.tables import plain
from ingestion.drafting.answers import Answers, Said
from ingestion.drafting.samples import Sample
from ingestion.evolution.guess import MOST_CATEGORIES, guess_column
from ingestion.masking import mask
from ingestion.proposal.evidence import Place, evidence
from ingestion.proposal.match import match
from ingestion.proposal.profile import Profile
from ingestion.proposal.proposal import Choice

BY_NAME = ("name", "synonym")
LATE_WORDS = frozenset(
    {"resolution", "closing", "closure", "handling", "response", "outcome", "duration", "elapsed"}
    | {"resolucion", "cierre", "solucion", "respuesta", "desenlace", "duracion", "transcurrido"}
)
"""Where rows are events, what is called so is known only after one has begun."""
FEWEST_OF_A_VALUE = 10
"""A value that fewer persons have may lead to one of them; it is not written into a contract."""
MOSTLY_UNIQUE = 0.5
LEAST_SUITED = -0.1
"""Values that speak louder than this against the base's type want a type of their own."""


@dataclass(frozen=True)
class Drafted:
    """A column of a sample.

    Attributes
    ----------
    base
        The contact centre's column that the header names; None where it is the vertical's own.
    guess
        What it may be declared as; for one of the base its type alone is looked at.
    said
        What a person calls it.
    is_late, is_known
        A person says that it is known only after the outcome, or before it for certain.
    persons
        Value → how many persons have it; empty where there are too many values to be kinds.
    """

    header: str
    base: Column | None
    guess: OwnColumn
    seen: Profile
    said: Said = field(default_factory=Said)
    is_late: bool = False
    is_known: bool = False
    persons: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name in the contract."""
        return self.base.name if self.base is not None else self.guess.name

    @property
    def shared(self) -> tuple[str, ...]:
        """The values that so many persons have that they are nobody's, the commonest first."""
        return tuple(
            value
            for value, count in self.persons.items()
            if count >= FEWEST_OF_A_VALUE and mask(value) == value
        )

    @property
    def classification(self) -> Classification:
        """What the contract says of whom it speaks."""
        return self.base.classification if self.base is not None else self.guess.classification

    @property
    def repeats(self) -> bool:
        """Whether most rows share their value with others: it is no key of theirs."""
        return self.seen.unique_share <= MOSTLY_UNIQUE

    @property
    def is_suited(self) -> bool:
        """Whether its values fit the base's type."""
        return self.base is None or (
            evidence(self.seen, self.base, Place(first=False, last=False)) >= LEAST_SUITED
        )


def drafted_columns(table: Table, sample: Sample, answers: Answers) -> list[Drafted]:
    """Return a sample's columns in the order of the file, each with a name of its own."""
    choices, _ = match(table, sample.raw)
    targets = {choice.source: _target(table, choice, sample) for choice in choices}
    targets |= _only_moment(table, sample, targets)
    held = {column.name for column in targets.values() if column is not None}
    taken = {plain(one) for column in table.columns for one in _headers(column)}
    person = next((h for h, one in targets.items() if one and one.role == "entity"), None)
    found = []
    for header in sample.raw.headers:
        said = answers.said.get(header, Said())
        seen = sample.profiles[header]
        guess = guess_column(table, header, (header,), seen)
        base = targets[header] or _other_type(table, header, held)
        if base is None:
            free = plain(header) not in taken
            headers = (header,) if free else ()
            guess = replace(guess, name=_free(said.name or guess.name, taken), headers=headers)
            taken |= {plain(guess.name), plain(header)}
        is_late, is_known = header in answers.after, header in answers.known
        if is_late or (_known_late(table, guess) and not is_known):
            guess = replace(guess, role="attribute")
        few = seen.distinct <= MOST_CATEGORIES
        persons = sample.persons_by_value(header, person) if few else {}
        found.append(Drafted(header, base, guess, seen, said, is_late, is_known, persons))
    return found


def _known_late(table: Table, guess: OwnColumn) -> bool:
    """Say whether a column is known only after the event began: how long it took, how it ended."""
    late = guess.unit in DURATIONS or bool(LATE_WORDS & set(guess.name.split("_")))
    return late and guess.role == "measure" and bool(table.by_role("event_time"))


def _target(table: Table, choice: Choice, sample: Sample) -> Column | None:
    """Return the base's column that a header names; a key also where only its values speak."""
    if choice.target is None:
        return None
    column, seen = table.column(choice.target), sample.profiles[choice.source]
    is_key = column.key and seen.unique_share == 1 and not seen.is_counter
    return column if choice.why in BY_NAME or is_key else None


def _only_moment(
    table: Table, sample: Sample, targets: Mapping[str, Column | None]
) -> dict[str, Column | None]:
    """Return the one column of moments for when an event happened, where no header says it."""
    (time,) = table.by_role("event_time") or (None,)
    if time is None or time in targets.values():
        return {}
    free = [
        header
        for header, column in targets.items()
        if column is None and sample.profiles[header].is_moment
    ]
    return {free[0]: time} if len(free) == 1 else {}


def _other_type(table: Table, header: str, held: Collection[str]) -> Column | None:
    """Return the base's column that a header names although its values are of another type.

    One of persons keeps its meaning: a «telephone» of yes and no is no number of anybody's.
    """
    for column in table.columns:
        named = plain(header) in {plain(one) for one in _headers(column)}
        if named and column.name not in held and column.classification in OPEN:
            return column
    return None


def _headers(column: Column) -> tuple[str, ...]:
    return (column.name, *column.synonyms)


def _free(name: str, taken: Collection[str]) -> str:
    names = (name, *(f"{name}_{number}" for number in range(2, 1000)))
    return next(one for one in names if plain(one) not in taken)

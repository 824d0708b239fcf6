"""A whole draft: the tables that samples fill, their columns, the outcome, the language."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from data_contracts.contract import Contract, Table
from data_contracts.loader import load_contract
from data_contracts.odcs import HERE, SUFFIX, read
from foundation.errors import InvalidRequest
from foundation.texts import Language
from ingestion.drafting.answers import Answers
from ingestion.drafting.columns import FEWEST_OF_A_VALUE, Drafted, drafted_columns
from ingestion.drafting.label import as_outcome, positive_of, task_of
from ingestion.drafting.nodes import Outcome
from ingestion.drafting.samples import Sample
from ingestion.drafting.spoken import spoken_in
from ingestion.drafting.tables import ENTITY_TABLE, table_of

BASE = HERE / f"contact_center{SUFFIX}"
LABELLED = {ENTITY_TABLE: "customer", "incidents": "incident"}
"""Table of which an outcome can be predicted → the entity that is scored."""


@dataclass(frozen=True)
class DraftedTable:
    """A table of the contact centre, and the columns of the samples that fill it."""

    name: str
    columns: tuple[Drafted, ...]
    files: tuple[str, ...]

    @property
    def key(self) -> Drafted | None:
        """The column by which each row is known; None where rows are known by their content."""
        dated = any(c.base is not None and c.base.role == "effective_time" for c in self.columns)
        return next((c for c in self.keys if dated or not c.repeats), None)

    @property
    def keys(self) -> tuple[Drafted, ...]:
        """The columns that the contact centre's key names, whether or not they tell rows apart."""
        return tuple(one for one in self.columns if one.base is not None and one.base.key)

    def column(self, header: str) -> Drafted | None:
        """Return a column by header."""
        return next((one for one in self.columns if one.header == header), None)


@dataclass(frozen=True)
class Draft:
    """What is drafted of a vertical from samples and answers."""

    answers: Answers
    base: Contract
    spoken: Language
    tables: tuple[DraftedTable, ...]
    outcome: Outcome | None = None

    @property
    def labelled(self) -> tuple[DraftedTable, Drafted] | None:
        """The outcome's table and column; None where nothing is predicted beside the base."""
        return None if self.outcome is None else find(self.tables, self.outcome.header)

    @property
    def dated(self) -> frozenset[str]:
        """The base's models whose outcome the samples tell by its date."""
        seen = {(table.name, one.name) for table in self.tables for one in table.columns}
        return frozenset(
            model.name
            for model in self.base.models
            if (model.label.table, str(model.label.time_column)) in seen
        )


def base_contract() -> Contract:
    """Return what every vertical has in common."""
    return load_contract(BASE)


def draft(samples: Sequence[Sample], answers: Answers) -> Draft:
    """Draft a vertical.

    Raises
    ------
    InvalidRequest
        An answer names a header that no sample has, one header is said to be known both before and
        after the outcome, or the outcome cannot be predicted.
    """
    base = base_contract()
    answers = answers.about([header for one in samples for header in one.raw.headers])
    tables = _tables(samples, answers, base)
    return answered(Draft(answers, base, spoken_in(samples, read(BASE)), tables), answers)


def answered(made: Draft, answers: Answers) -> Draft:
    """Return a draft with further answers, which say the same of its columns.

    Raises
    ------
    InvalidRequest
        The outcome is a header that no sample has, is said to be known in time, or cannot be
        predicted.
    """
    answers = answers.about([one.header for table in made.tables for one in table.columns])
    for header in sorted(answers.known & {*answers.after, answers.label}):
        raise InvalidRequest("verticals.known_late", header=header)
    made = replace(made, answers=answers)
    return made if answers.label is None else _with_outcome(made, answers.label)


def find(tables: Sequence[DraftedTable], header: str) -> tuple[DraftedTable, Drafted]:
    """Return the first table that has a header, with that column."""
    found = ((table, table.column(header)) for table in tables)
    return next((table, one) for table, one in found if one is not None)


def _tables(
    samples: Sequence[Sample], answers: Answers, base: Contract
) -> tuple[DraftedTable, ...]:
    found: dict[str, DraftedTable] = {}
    for sample in samples:
        table = table_of(sample, base)
        columns = tuple(drafted_columns(table, sample, answers))
        before = found.get(table.name)
        _require_one_grain(table, sample, columns, before)
        if before is not None:
            known = {one.name for one in before.columns}
            new = tuple(one for one in columns if one.name not in known)
            columns = (*before.columns, *new)
        files = (*(before.files if before else ()), sample.file_name)
        found[table.name] = DraftedTable(table.name, columns, files)
    return tuple(found.values())


def _require_one_grain(
    table: Table, sample: Sample, columns: Sequence[Drafted], before: DraftedTable | None
) -> None:
    """Refuse movements beside the customers whose they are: one row of a customer would hold."""
    alone = DraftedTable(table.name, tuple(columns), (sample.file_name,))
    if before is None or not (alone.keys and before.keys):
        return
    if (alone.key is None) == (before.key is None):
        return
    repeating, other = (alone, before) if alone.key is None else (before, alone)
    raise InvalidRequest(
        "verticals.movements",
        file=repeating.files[0],
        header=repeating.keys[0].header,
        other=other.files[0],
        table=table.label,
    )


def _with_outcome(made: Draft, header: str) -> Draft:
    """Return the draft with its outcome declared as one."""
    table, column = find(made.tables, header)
    task = task_of(column.seen)
    if table.name not in LABELLED or column.seen.distinct < 2 or not _predictable(column, task):
        raise InvalidRequest("verticals.no_outcome", header=header, table=table.name)
    outcome = Outcome(header, *_meanings(column, made.answers.positive))
    columns = tuple(as_outcome(one) if one is column else one for one in table.columns)
    tables = tuple(
        replace(one, columns=columns) if one.name == table.name else one for one in made.tables
    )
    return replace(made, tables=tables, outcome=outcome)


def _predictable(column: Drafted, task: str) -> bool:
    """Say whether a class or number can be predicted from the column: many texts are none."""
    return task != "number" or column.seen.number_share > 0.98


def _meanings(column: Drafted, positive: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the writings of yes and of no; none where the column's type knows them already."""
    if task_of(column.seen) != "binary":
        return (), ()
    yes = positive or positive_of(column.header, column.seen)
    if yes is None or yes not in column.seen.values:
        values = ", ".join(column.seen.values)
        raise InvalidRequest("verticals.which_is_yes", header=column.header, values=values)
    if column.guess.type == "boolean" and positive is None:
        return (), ()
    _require_shared(column)
    return (yes,), tuple(value for value in column.seen.values if value != yes)


def _require_shared(column: Drafted) -> None:
    """Refuse words for yes and no of which one is said of few persons: it would be written down."""
    rare = [value for value in column.seen.values if value not in column.shared]
    if column.guess.type == "string" and rare:
        told = {"header": column.header, "value": rare[0]}
        raise InvalidRequest("verticals.rare_value", **told, needed=FEWEST_OF_A_VALUE)

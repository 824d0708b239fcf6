"""What a person should know of a draft before they read it: persons found, keys, rare outcomes."""

from collections.abc import Iterator

from data_contracts.contract import OPEN
from ingestion.drafting.draft import Draft, DraftedTable
from ingestion.drafting.label import FEWEST_OF_A_CLASS, task_of
from ingestion.reading.raw import Note


def notes_of(draft: Draft) -> Iterator[Note]:
    """Yield what was found, in the order in which a person would ask."""
    for table in draft.tables:
        persons = [one.header for one in table.columns if one.classification not in OPEN]
        if persons:
            columns = ", ".join(persons)
            yield Note("verticals.note_personal", {"table": table.name, "columns": columns})
        if table.keys and table.key is None:
            yield _repeated(table)
        constant = [one.header for one in table.columns if one.seen.distinct <= 1]
        if constant:
            yield Note("verticals.note_constant", {"columns": ", ".join(constant)})
    yield from _rare_outcome(draft)


def _repeated(table: DraftedTable) -> Note:
    header, files = table.keys[0].header, ", ".join(table.files)
    return Note("verticals.note_repeated", {"header": header, "files": files})


def _rare_outcome(draft: Draft) -> Iterator[Note]:
    """Say where the sample has fewer rows of a class than it takes to learn it."""
    if draft.labelled is None or task_of(draft.labelled[1].seen) == "number":
        return
    column = draft.labelled[1]
    fewest = min(column.persons.values(), default=0)
    if fewest < FEWEST_OF_A_CLASS:
        counts = {"count": fewest, "needed": FEWEST_OF_A_CLASS}
        yield Note("verticals.note_rare", {"header": column.header, **counts})

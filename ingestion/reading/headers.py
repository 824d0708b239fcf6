"""Names of the source columns: trimmed, never empty, never twice."""

from collections.abc import Sequence

from ingestion.reading.raw import ROW_NUMBER, Note


def unique_headers(names: Sequence[str]) -> tuple[tuple[str, ...], list[Note]]:
    """Return unique names and a note for each that was changed.

    The second ``name`` becomes ``name_2``; an empty one becomes ``column_<position>``. Names that
    differ only in case count as the same, since engines compare them without case.
    """
    trimmed = [" ".join(name.split()) if "\n" in name else name.strip() for name in names]
    free = {name.casefold() for name in trimmed}
    taken = {ROW_NUMBER}
    unique: list[str] = []
    notes: list[Note] = []
    for position, name in enumerate(trimmed, start=1):
        chosen = name or f"column_{position}"
        if chosen.casefold() in taken or (not name and chosen.casefold() in free):
            chosen = _next_free(chosen, taken | free)
        if chosen != name:
            key = "reading.note_repeated_header" if name else "reading.note_empty_header"
            notes.append(Note(key, {"name": name, "renamed": chosen, "column": position}))
        taken.add(chosen.casefold())
        unique.append(chosen)
    return tuple(unique), notes


def _next_free(name: str, taken: set[str]) -> str:
    """Return ``name_2``, ``name_3`` … the first that is not taken."""
    number = 2
    while f"{name}_{number}".casefold() in taken:
        number += 1
    return f"{name}_{number}"

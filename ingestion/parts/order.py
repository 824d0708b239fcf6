"""In which order parts are received: who before what they did, and earlier files first."""

import re
from collections.abc import Iterable

from data_contracts.contract import Contract
from ingestion.parts.part import Placed
from ingestion.vocabulary import fold

_ISO = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_. ]?(0[1-9]|1[0-2])(?:[-_. ]?(0[1-9]|[12]\d|3[01]))?(?!\d)"
)
_LOCAL = re.compile(
    r"(?<!\d)(0?[1-9]|[12]\d|3[01])[-_. ](0?[1-9]|1[0-2])[-_. ]((?:19|20)\d\d)(?!\d)"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MONTHS = (
    ("enero", "ene", "january", "jan"),
    ("febrero", "feb", "february"),
    ("marzo", "mar", "march"),
    ("abril", "abr", "april", "apr"),
    ("mayo", "may"),
    ("junio", "jun", "june"),
    ("julio", "jul", "july"),
    ("agosto", "ago", "august", "aug"),
    ("septiembre", "setiembre", "sep", "set", "september"),
    ("octubre", "oct", "october"),
    ("noviembre", "nov", "november"),
    ("diciembre", "dic", "december", "dec"),
)
_MONTH_OF = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}
_PIECES = re.compile(r"\d+|[^\d]+")
Date = tuple[int, int, int]
NO_DATE: Date = (0, 0, 0)


def in_order(parts: Iterable[Placed], contract: Contract) -> list[Placed]:
    """Return parts as they are to be received.

    Tables with history (customers) come before those whose rows point to them, then as the contract
    lists them; files of one table by the date in their name, then by the name, ``9`` before ``10``.
    """
    listed = {table.name: at for at, table in enumerate(contract.tables)}

    def place(one: Placed) -> tuple[bool, int, Date, list[tuple[bool, int, str]]]:
        table, name = contract.table(one.table), one.part.file_name
        return not table.history, listed[table.name], date_in(name), natural(name)

    return sorted(parts, key=place)


def date_in(name: str) -> Date:
    """Return the last date that a name holds: year, month and day, 0 where it says none.

    >>> [date_in(n) for n in ("ventas_2024-03.csv", "31-01-2024.csv", "enero 2024", "lista")]
    [(2024, 3, 0), (2024, 1, 31), (2024, 1, 0), (0, 0, 0)]
    """
    folded = fold(name)
    if local := list(_LOCAL.finditer(folded)):
        day, month, year = map(int, local[-1].groups())
        return year, month, day
    if iso := list(_ISO.finditer(folded)):
        year, month, day = (int(group or 0) for group in iso[-1].groups())
        return year, month, day
    years = _YEAR.findall(folded)
    months = [_MONTH_OF[w] for w in re.findall(r"[a-z]+", folded) if w in _MONTH_OF]
    if not months:
        return (int(years[-1]), 0, 0) if years else NO_DATE
    return int(years[-1]) if years else 0, months[-1], 0


def natural(name: str) -> list[tuple[bool, int, str]]:
    """Return a key under which numbers sort as numbers: ``file9`` before ``file10``."""
    return [
        (False, int(piece), "") if piece.isdigit() and piece.isascii() else (True, 0, fold(piece))
        for piece in _PIECES.findall(name)
    ]

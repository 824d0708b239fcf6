"""What an unknown column may be: name, type, role, classification, unit and range, from its values.

A guess for a person to confirm or correct. What may say something of a person is personal until
they say otherwise: the masker finds it in the values, or nothing speaks for anything else.
"""

import re
from dataclasses import replace

import numpy as np

from data_contracts.columns import RESERVED
from data_contracts.contract import OPEN, Classification, ColumnType, Role, Table
from data_contracts.extension import OwnColumn
from foundation.texts import LANGUAGES
from ingestion.evolution.personal import (
    has_personal_values,
    is_named_personal,
    tells_rows_apart,
)
from ingestion.proposal.profile import Profile
from ingestion.vocabulary import ACCENTED, FALSE_WORDS, PLAIN, TRUE_WORDS, fold

SURE = 0.98
"""Share of values that must have a type's form."""

MOST_CATEGORIES = 50
LONG_TEXT = 40
"""Mean characters from which texts are told, not chosen."""

LONGEST_NAME = 60
MONEY_WORDS = frozenset(
    {"cargo", "valor", "precio", "costo", "saldo", "pago", "monto", "ingreso", "ingresos"}
    | {"cuota", "mensualidad", "salario", "sueldo", "gasto", "margen", "ganancia", "spending"}
    | {"charge", "price", "cost", "balance", "amount", "fee", "income", "salary", "payment"}
)
CODE_WORDS = frozenset(
    {"id", "code", "codigo", "account", "cuenta", "number", "numero", "serial", "uuid", "folio"}
    | {"reference", "referencia", "matricula", "expediente", "poliza", "invoice", "factura"}
)
UNITS = {
    "months": {"months", "meses"},
    "days": {"days", "dias"},
    "minutes": {"minutes", "mins", "minutos"},
    "seconds": {"seconds", "secs", "segundos"},
    "years": {"years", "anos", "edad", "age"},
}
"""Unit → words of a header that say it; «visits a month» are no months, and a year is a date."""
SHORT_UNITS = {"min": "minutes", "sec": "seconds", "seg": "seconds"}
"""As a header's last word these are units; before others they say «least» or «second»."""
RATES = frozenset({"per", "por"})


def guess_column(table: Table, header: str, spellings: tuple[str, ...], seen: Profile) -> OwnColumn:
    """Return what a column may be declared as.

    Parameters
    ----------
    table
        The contract's table; its names stay apart.
    header
        The column's header, which becomes its label.
    seen
        What a sample of its values looks like.
    """
    words = words_of(header)
    type_ = _type(seen, words)
    classification = _classification(seen, type_, words)
    if classification not in OPEN:
        type_ = "string"
    label = " ".join(header.replace("_", " ").split()) or header
    column = OwnColumn(
        table=table.name,
        name=column_name(table, header),
        type=type_,
        role=_role(seen, type_, classification),
        classification=classification,
        label=dict.fromkeys(LANGUAGES, label),
        headers=spellings,
    )
    if type_ not in ("integer", "number", "money"):
        return column
    return replace(column, unit=_unit(words), minimum=_minimum(seen))


def _unit(words: list[str]) -> str | None:
    """Return the unit that a header names.

    >>> _unit(["tenure", "months"]), _unit(["visits", "month"]), _unit(["talk", "min"])
    ('months', None, 'minutes')
    """
    if not words or RATES & set(words):
        return None
    short = SHORT_UNITS.get(words[-1])
    return next((unit for unit, said in UNITS.items() if said & set(words)), short)


def column_name(table: Table, header: str) -> str:
    """Return a name for a header that neither the table nor the platform has."""
    taken = {column.name for column in table.columns} | set(RESERVED)
    name = "_".join(words_of(header))[:LONGEST_NAME].strip("_") or "column"
    name = name if name[0].isalpha() else f"column_{name}"
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def words_of(header: str) -> list[str]:
    """Return a header's words: lower case, without accents; ``PlanScore`` are two."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", header)
    spelled = parted.lower().translate(str.maketrans(ACCENTED, PLAIN))
    return re.findall(r"[a-z0-9]+", spelled)


def _type(seen: Profile, words: list[str]) -> ColumnType:
    if seen.is_empty:
        return "string"
    if seen.distinct <= 2 and {fold(v) for v in seen.values} <= {*TRUE_WORDS, *FALSE_WORDS}:
        return "boolean"
    padded = any(re.fullmatch(r"0\d+", value) for value in seen.values)
    if seen.moment_share >= SURE:
        return "timestamp" if any(":" in value for value in seen.values) else "date"
    if padded or seen.number_share < SURE:
        return "string"
    if MONEY_WORDS & set(words):
        return "money"
    # One that is not whole makes a column of numbers: as integers its row would be rejected.
    return "number" if seen.number_share - seen.integer_share > 1e-9 else "integer"


def _classification(seen: Profile, type_: ColumnType, words: list[str]) -> Classification:
    if is_named_personal(words, type_):
        return "personal"
    told = type_ == "string" and _mean_length(seen) > LONG_TEXT
    if has_personal_values(seen, type_):
        return "free_text" if told else "personal"
    many = seen.distinct > MOST_CATEGORIES and seen.unique_share > 0.9
    if many and type_ in ("string", "integer") and set(words) & CODE_WORDS:
        return "identifier"
    if told:
        return "free_text"
    varied = seen.is_empty or seen.distinct > MOST_CATEGORIES or tells_rows_apart(seen)
    if type_ == "string" and varied:
        return "personal"
    return "internal"


def _role(seen: Profile, type_: ColumnType, classification: Classification) -> Role:
    if classification == "free_text":
        return "text"
    if classification in ("identifier", "personal") or type_ in ("date", "timestamp"):
        return "attribute"
    if seen.is_counter:  # the row's own number tells of the file, not of the customer
        return "attribute"
    return "measure" if not seen.is_empty else "attribute"


def _minimum(seen: Profile) -> str | None:
    """Return zero where no number is below it: an upper end would be guessed too tight."""
    known = seen.numbers[~np.isnan(seen.numbers)]
    return "0" if len(known) and float(known.min()) >= 0 else None


def _mean_length(seen: Profile) -> float:
    return sum(map(len, seen.values)) / len(seen.values) if seen.values else 0.0

"""Whether a column speaks of a person: by the words of its header, else by its values.

What is told falls on the safe side: a person may say otherwise, and a value that was left in the
open cannot be called back.
"""

import re
from collections.abc import Sequence

import numpy as np
from stdnum import iban

from data_contracts.columns import PERSONAL_NAMES, PERSONAL_WORDS
from data_contracts.contract import ColumnType
from foundation.clock import utc_now
from ingestion.masking import mask
from ingestion.proposal.profile import Profile

PERSONAL_SHARE = 0.02
"""The masker found a person in more values than this."""

MOSTLY = 0.5
"""Share of rows from which values of a form, or of their own, say what a column is."""

NAMES = frozenset({"name", "names", "nombre", "nombres"})
BEARERS = frozenset(
    {"first", "last", "full", "middle", "given", "family", "customer", "client", "user", "member"}
    | {"person", "people", "contact", "holder", "patient", "student", "employee", "agent", "owner"}
    | {"subscriber", "buyer", "passenger", "guest", "policyholder", "primer", "segundo", "completo"}
    | {"pila", "cliente", "usuario", "usuaria", "socio", "socia", "persona", "contacto", "titular"}
    | {"paciente", "alumno", "alumna", "estudiante", "empleado", "empleada", "agente", "asesor"}
    | {"afiliado", "afiliada", "suscriptor", "comprador", "pasajero", "huesped", "propietario"}
)
"""Whose name a header speaks of: «product name» is nobody's."""

BIRTH = frozenset({"birth", "born", "nacio"})
ADULT_YEARS, GENERATION_YEARS = 16, 20
"""Dates most of which lie so far back, over so many years, are likely days of birth."""
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")


def personal_share(seen: Profile) -> float:
    """Return the share of values in which the masker finds a person."""
    found = [float(mask(value[:300]) != value[:300]) for value in seen.values]
    return seen.share(np.array(found)) if found else 0.0


def is_named_personal(words: Sequence[str], type_: ColumnType) -> bool:
    """Say whether a header's words name something of a person.

    A yes or no is no telephone of anybody's, and a year alone is no day of birth.
    """
    said = set(words)
    if "_".join(words) in PERSONAL_NAMES:
        return True
    if said & NAMES and (said <= NAMES or said & BEARERS):
        return True
    if type_ in ("date", "timestamp", "string") and said & BIRTH:
        return True
    return type_ != "boolean" and bool(said & PERSONAL_WORDS)


def has_personal_values(seen: Profile, type_: ColumnType) -> bool:
    """Say whether the values are persons': as the masker finds them, accounts, days of birth."""
    if type_ in ("date", "timestamp"):
        return _are_births(seen)
    if type_ not in ("string", "integer"):
        return False
    accounts = np.array([float(iban.is_valid(value)) for value in seen.values])
    return personal_share(seen) > PERSONAL_SHARE or seen.share(accounts) > MOSTLY


def tells_rows_apart(seen: Profile) -> bool:
    """Say whether most rows have a text of their own: few rows of names look like few kinds."""
    return seen.distinct > 2 and seen.unique_share > MOSTLY


def _are_births(seen: Profile) -> bool:
    years = [int(found[0]) if (found := _YEAR.search(value)) else 0 for value in seen.values]
    adult = np.array([0 < year <= utc_now().year - ADULT_YEARS for year in years], dtype=float)
    known = [year for year in years if year]
    spread = max(known) - min(known) if known else 0
    return seen.share(adult) > MOSTLY and spread >= GENERATION_YEARS

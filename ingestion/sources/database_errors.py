"""What a database's errors mean, as sentences; drivers' own words stay out, they may hold values.

Sources: PostgreSQL appendix A (SQLSTATE), MySQL and MariaDB server and client error codes.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from foundation.errors import AbcallError, Busy, InvalidRequest
from ingestion.sources.address import Address

_BY_STATE = {
    "28P01": "wrong_password",
    "28000": "wrong_password",
    "3D000": "no_database",
    "42P01": "no_table",
    "3F000": "no_table",
    "42703": "no_column",
    "42501": "not_allowed",
    "25006": "writes",
    "57014": "too_slow",
}
_BY_CODE = {
    1045: "wrong_password",
    1698: "wrong_password",
    1044: "not_allowed",
    1142: "not_allowed",
    1143: "not_allowed",
    1049: "no_database",
    1146: "no_table",
    1054: "no_column",
    1792: "writes",
    1969: "too_slow",
    3024: "too_slow",
}
_CUT = frozenset({2002, 2003, 2005, 2006, 2013, 2014, 2055, 1053, 1077, 1927})
"""Codes with which a MySQL connection is not made, or ends."""

_REFUSED_AT_THE_DOOR = re.compile(r"password|authentication|role \S+ does not exist|pg_hba")
_NO_DATABASE = re.compile(r"database \S+ does not exist")
PASSES = frozenset({"away", "too_slow"})
"""Faults that pass by themselves."""


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Turn a driver's error into a sentence that names the host and nothing secret."""
    try:
        yield
    except SQLAlchemyError as error:
        fault = fault_of(error)
        kind: type[AbcallError] = Busy if fault in PASSES else InvalidRequest
        raise kind(f"sources.{fault}", host=address.host) from error


def fault_of(error: SQLAlchemyError) -> str:
    """Return the name of a fault: ``away``, ``wrong_password``, ``no_table`` … or ``refused``."""
    origin = error.orig if isinstance(error, DBAPIError) else None
    code = origin.args[0] if origin is not None and origin.args else None
    if isinstance(code, int):
        return _BY_CODE.get(code) or ("away" if code in _CUT else "refused")
    state = getattr(origin, "sqlstate", None)
    if state is not None:
        return _BY_STATE.get(state) or ("away" if state[:2] in {"08", "57", "53"} else "refused")
    return _at_the_door(str(origin or ""))


def _at_the_door(message: str) -> str:
    """Tell why a PostgreSQL connection was not made: libpq gives no code for it."""
    if _NO_DATABASE.search(message):
        return "no_database"
    return "wrong_password" if _REFUSED_AT_THE_DOOR.search(message) else "away"

"""What rows mean: the columns of two telecom tables, drawn as typed values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from simulation.grid import Random
from simulation.people import CITIES, FEMALE, SURNAMES

Meaning = str | int | bool | Decimal | datetime | None
FIRST = datetime(2019, 1, 1, tzinfo=UTC)
MINUTES = 3_000_000
KINDS = {"petition": "Petición", "complaint": "queja", "claim": "RECLAMO"}
CHANNELS = {"phone": "teléfono", "email": "email", "chat": "Chat", "app": "APP"}
ODD = (
    "😀 Cali 🎉", "مدينة", "Bo\u200bgotá", "شركة 12", "=Cali+1", "@Cali", "-Cali", "Цюрих", "東京",
    "Cali\u2028Norte", "e\u0301", "\u202eilaC", "👩‍👩‍👧", "ﬁn", "\U0001d49e",
)  # fmt: skip
"""Text that a table must keep: emoji, right to left, zero-width, formulas, other scripts."""

AWKWARD = ("Bogotá, D. C.", 'San "José"', "Cali; Sur", "Norte|Sur", "Cali\tSur", "Dos\nlíneas")
"""Latin text that needs quotes in one file or another."""


@dataclass(frozen=True)
class Field:
    """A column of a table: how it is called in files, what it may mean, how that is written.

    Attributes
    ----------
    writings
        Meaning → the client's word for it, for categories.
    in_silver
        Silver holds the meaning itself (no token, no masked text, not the vault).
    """

    column: str
    headers: tuple[str, ...]
    draw: Callable[[Random], Meaning]
    writings: Mapping[str, str] | None = None
    in_silver: bool = True
    may_be_blank: bool = True


@dataclass(frozen=True)
class Layout:
    """A table's columns; the first is its key."""

    table: str
    fields: tuple[Field, ...]
    required: tuple[str, ...]
    history: bool

    @property
    def key(self) -> Field:
        """The column of the natural key."""
        return self.fields[0]


def _unused(_rng: Random) -> Meaning:
    """Return nothing: a key is given to a row, never drawn."""
    return None


def _moment(rng: Random) -> Meaning:
    return FIRST + timedelta(minutes=int(rng.integers(MINUTES)))


def _amount(rng: Random) -> Meaning:
    return Decimal(int(rng.integers(100, 30_000_000))) / 100


def _name(rng: Random) -> Meaning:
    return f"{FEMALE[int(rng.integers(25))]} {SURNAMES[int(rng.integers(36))]}"


def _city(rng: Random) -> Meaning:
    known = (*CITIES, *AWKWARD, *ODD)
    return known[int(rng.integers(len(known)))]


def _one_of(words: Mapping[str, str]) -> Callable[[Random], Meaning]:
    return lambda rng: list(words)[int(rng.integers(len(words)))]


CUSTOMERS = Layout(
    "customers",
    (
        Field("customer_id", ("cedula", "Customer ID", "Identificación"), _unused, in_silver=False),
        Field("full_name", ("nombre", "Full Name"), _name, in_silver=False),
        Field("age", ("edad", "Age"), lambda rng: int(rng.integers(18, 91))),
        Field("city", ("ciudad", "City", "Ciudad de residencia"), _city),
        Field("signup_at", ("fecha_alta", "Signup Date"), _moment),
        Field("monthly_charge", ("cargo_mensual", "Monthly charge ($)"), _amount),
        Field("churned", ("retirado", "Churn?"), lambda rng: bool(rng.random() < 0.3)),
    ),
    required=("customer_id",),
    history=True,
)
INCIDENTS = Layout(
    "incidents",
    (
        Field("incident_id", ("radicado", "Case #"), _unused),
        Field("opened_at", ("fecha", "Opened"), _moment, may_be_blank=False),
        Field("kind", ("tipo", "Type"), _one_of(KINDS), KINDS),
        Field("channel", ("canal", "Channel"), _one_of(CHANNELS), CHANNELS),
        Field("satisfaction", ("nota", "CSAT"), lambda rng: int(rng.integers(1, 6))),
        Field("text", ("texto", "Description"), _city, in_silver=False),
    ),
    required=("incident_id", "opened_at"),
    history=False,
)

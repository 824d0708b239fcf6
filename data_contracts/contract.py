"""A vertical's contract as frozen dataclasses: what the data is. Knows no engine, no tenant.

``loader.py`` makes these from ``<vertical>.odcs.yaml`` (Open Data Contract Standard 3.2);
``checks.py`` derives row rules and table expectations from them, as data.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from foundation.texts import Language

if TYPE_CHECKING:
    from data_contracts.migration import Migration
    from data_contracts.retention import Retention

ColumnType = Literal["string", "integer", "number", "money", "boolean", "date", "timestamp"]
"""``integer`` is 64 bits, ``number`` a double, ``money`` decimal(18,4) in the tenant's currency."""

Classification = Literal["identifier", "personal", "free_text", "internal", "public"]
"""``identifier``: keyed token from silver onward; ``personal``: only in the vault; ``free_text``:
masked from silver onward; the others stay as they are."""

OPEN: tuple[Classification, ...] = ("internal", "public")
"""What stays as it is, for it is about nobody."""

Role = Literal[
    "entity",
    "event_time",
    "effective_time",
    "outcome",
    "outcome_time",
    "measure",
    "text",
    "image",
    "audio",
    "reference",
    "operation",
    "consent",
    "objection",
    "attribute",
]
"""``entity``: the person's token; ``event_time``: when the fact happened; ``effective_time``: since
when a version of a customer holds; ``outcome``/``outcome_time``: known only later, never a feature;
``reference``: key of another table; ``operation``: insert, update or delete in a change file;
``consent``: whether models may learn from the person; ``objection``: whether they refuse scores;
``measure``: may be a feature; ``attribute``: shown, not learned from."""

Canonical = Literal["plain", "national_id", "phone", "email"]
KeyKind = Literal["natural", "row"]
UploadKind = Literal["snapshot", "increment", "changes"]
LabelKind = Literal["event", "column", "late"]
Task = Literal["binary", "multiclass", "number"]
Entity = Literal["customer", "incident"]

DURATIONS = ("seconds", "minutes")
"""Units of what an event lasts: where rows are events, it is not known when they begin."""

CUSTOMER_MEASURES, INCIDENT_MEASURES = "customer_measures", "incident_measures"
MEASURES = {CUSTOMER_MEASURES: "customers", INCIDENT_MEASURES: "incidents"}
"""Among a model's features: each measure column of a table."""


@dataclass(frozen=True)
class Column:
    """One column of a table: its type, limits, meaning and protection."""

    name: str
    type: ColumnType
    role: Role
    classification: Classification
    description: dict[Language, str]
    label: dict[Language, str]
    """Short name for people: «contrato», "contract"."""
    required: bool = False
    key: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int | None = None
    pattern: str | None = None
    allowed: tuple[str, ...] = ()
    """Allowed values; compared without case, stored as declared here."""
    value_synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Stored value → other writings of it; for booleans ``"true"`` and ``"false"``."""
    value_labels: dict[str, dict[Language, str]] = field(default_factory=dict)
    """Stored value → its words for people."""
    synonyms: tuple[str, ...] = ()
    """Other headers under which tenants send it, in any language."""
    examples: tuple[str, ...] = ()
    blank_means: str | None = None
    unit: str | None = None
    mean_between: tuple[Decimal, Decimal] | None = None
    """Where a whole table's mean lies; outside, the unit is wrong (months for years)."""
    canonical: Canonical = "plain"
    """How an identifier is normalised before it becomes a token."""
    known_in_time: bool = False
    """A person says that its value is there before the outcome, however well it tells it: the guard
    against leaks asks no more."""

    def writings(self) -> Iterator[tuple[str, str]]:
        """Yield every known writing with the value it is stored as; of two the first holds."""
        for stored in (*self.allowed, *self.value_synonyms):
            yield stored, stored
        for stored, others in self.value_synonyms.items():
            yield from ((other, stored) for other in others)
        for stored, words in self.value_labels.items():
            yield from ((word, stored) for word in words.values())

    def word_for(self, stored: str, language: Language) -> str:
        """Return a stored value's word for people; itself where it has none."""
        return self.value_labels.get(stored, {}).get(language, stored)


@dataclass(frozen=True)
class Table:
    """One table that a tenant may send. ``history`` tables keep versions by effective time."""

    name: str
    description: dict[Language, str]
    label: dict[Language, str]
    columns: tuple[Column, ...]
    key_kinds: tuple[KeyKind, ...]
    upload_kinds: tuple[UploadKind, ...]
    history: bool = False

    def column(self, name: str) -> Column:
        """Return a column by name; ``KeyError`` where there is none."""
        try:
            return next(c for c in self.columns if c.name == name)
        except StopIteration:
            raise KeyError(name) from None

    @property
    def keys(self) -> tuple[Column, ...]:
        """The natural key's columns, in order."""
        return tuple(c for c in self.columns if c.key)

    def by_role(self, role: Role) -> tuple[Column, ...]:
        """Return the columns of a role, in order."""
        return tuple(c for c in self.columns if c.role == role)


@dataclass(frozen=True)
class Label:
    """What a model predicts.

    ``kinds`` names what a tenant may send: ``event`` (``time_column`` says when it happened; the
    label is whether that lies within ``horizon_days`` after the as-of time), ``column``
    (``column`` holds the outcome itself) or, alone, ``late`` (``time_column`` says when what was
    owed was done; the label is whether that does *not* lie within the horizon).

    An incident's outcome may stand in the table of customers: then it is what became of its
    customer within the horizon after it was opened.
    """

    table: str
    kinds: tuple[LabelKind, ...]
    column: str | None
    time_column: str | None
    horizon_days: int

    @property
    def is_late(self) -> bool:
        """Whether the outcome is that something was not done in time."""
        return "late" in self.kinds

    @property
    def outcome(self) -> str:
        """What the label says: ``churned``, ``escalated``, ``disputed``, ``late`` or another."""
        if self.is_late:
            return "late"
        return self.column or str(self.time_column).removesuffix("_at")


DAYS_A_MONTH = 30
"""What lasts so many days is worth one monthly value."""


@dataclass(frozen=True)
class Money:
    """What a decision is worth, whatever the tenant's currency.

    ``value_column`` holds a customer's monthly value. Costs are multiples of that value, so they
    are right in pesos and in dollars: contacting costs ``contact_cost_months`` of it, an offer that
    is taken ``offer_cost_months``. A share of ``acceptance_probability`` of the leavers takes it.
    """

    value_column: str | None
    contact_cost_months: Decimal
    offer_cost_months: Decimal
    acceptance_probability: float


@dataclass(frozen=True)
class Action:
    """What is done for a class of risk.

    It costs ``cost_months`` of the customer's monthly value, and averts ``averted_share`` of the
    outcomes that would come.
    """

    cost_months: Decimal
    averted_share: Decimal


@dataclass(frozen=True)
class RiskClass:
    """A class of risk, and from where it holds: by cost, or by how unusual it is.

    With an ``action`` it holds where that action costs least, all counted (``models.risk``). Else
    it holds from ``from_odds_ratio`` times the usual odds upwards, which are those of the base rate
    of the rows that a champion learned from: 2 % a month is nothing special for one model and twice
    the usual for another; a ratio says it of both. When a champion is made, either becomes
    probabilities that are kept with it.
    """

    name: str
    from_odds_ratio: float | None = None
    action: Action | None = None


@dataclass(frozen=True)
class Model:
    """One model of a vertical: what it predicts, from what, by which estimators."""

    name: str
    entity: Entity
    task: Task
    label: Label
    features: tuple[str, ...]
    """Names in ``features/catalogue.py``; those of `MEASURES` stand for every measure column."""
    estimators: tuple[str, ...]
    """Names in ``models/catalogue.py``."""
    metric: str
    money: Money
    classes: tuple[RiskClass, ...]
    title: dict[Language, str]


@dataclass(frozen=True)
class Dashboard:
    """What a vertical's dashboard shows: names of metrics, and columns to group by."""

    metrics: tuple[str, ...]
    dimensions: tuple[str, ...]


@dataclass(frozen=True)
class OfferSpec:
    """A retention offer that a tenant of the vertical may make.

    It costs ``cost_months`` times the customer's monthly value.
    """

    name: str
    label: dict[Language, str]
    cost_months: Decimal


@dataclass(frozen=True)
class OfferPolicy:
    """How retention offers are made whatever they are.

    A share of ``hold_out_share`` of those who would get an offer gets none, by chance: so the
    effect of the offers stays measurable.
    """

    hold_out_share: float = 0.1


@dataclass(frozen=True)
class Contract:
    """Everything declared about a vertical."""

    vertical: str
    version: str
    label: dict[Language, str]
    description: str
    tables: tuple[Table, ...]
    models: tuple[Model, ...]
    dashboard: Dashboard
    offers: tuple[OfferSpec, ...]
    migrations: tuple["Migration", ...] = ()
    """How what was sent under older versions is read under this one."""
    retention: tuple["Retention", ...] = ()
    """How long what is kept."""
    offer_policy: OfferPolicy = OfferPolicy()

    def table(self, name: str) -> Table:
        """Return a table by name; ``KeyError`` where there is none."""
        try:
            return next(t for t in self.tables if t.name == name)
        except StopIteration:
            raise KeyError(name) from None

    def model(self, name: str) -> Model:
        """Return a model by name; ``KeyError`` where there is none."""
        try:
            return next(m for m in self.models if m.name == name)
        except StopIteration:
            raise KeyError(name) from None

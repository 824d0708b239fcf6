"""What a generated tenant is: deliveries with their expected accounts, and a truth apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data_contracts.contract import KeyKind, LabelKind, UploadKind
from foundation.texts import Language
from simulation.account import Account, Ledger
from simulation.dirt import Dirt, rows_of, soil
from simulation.grid import Random
from simulation.sheets import Habits, Sheet
from simulation.writing import EXTENSIONS, write_lines


@dataclass(frozen=True)
class Hints:
    """What a person would choose in the mapping of a delivery."""

    key: KeyKind
    label: LabelKind | None
    upload: UploadKind
    columns: dict[str, str]
    """Header → contract column; a header that is not named is unknown to the contract."""


@dataclass(frozen=True)
class Delivery:
    """One file that a tenant sends."""

    order: int
    table: str
    path: Path
    hints: Hints
    expected: Account


@dataclass(frozen=True)
class Truth:
    """What only the generator knows; never uploaded.

    Attributes
    ----------
    churn
        CSV: ``customer_id, as_of_at, churn_probability, churned`` (dated tenants),
        ``customer_id, churn_probability, churned`` (a column label) or
        ``tenure_months, monthly_charge, total_charge, contract_type`` in place of the identifier
        (no identifiers).
    incident_risk
        CSV: ``incident_id, escalation_probability, escalated``.
    planted
        CSV: ``incident_id, kind, value``: personal data that stand in the texts.
    offers
        CSV: ``customer_id, months_without, effect_<offer> …``: what each offer changes for a
        customer in the 90 days after the last month's first, in months of the charge.
    """

    churn: Path | None
    incident_risk: Path | None
    planted: Path | None
    offers: Path | None = None


@dataclass(frozen=True)
class GeneratedTenant:
    """A tenant of the demo: who it is, what it sends in which order, and the truth."""

    id: str
    name: str
    vertical: str
    currency: str
    language: Language
    plan: str
    time_zone: str
    deliveries: tuple[Delivery, ...]
    truth: Truth


class Sender:
    """Writes one table's deliveries in order and keeps the ledger that expects their accounts."""

    def __init__(
        self,
        rng: Random,
        folder: Path,
        table: str,
        habits: Habits,
        *,
        history: bool = False,
        rows: bool = False,
    ) -> None:
        self._rng = rng
        self._folder = folder
        self._table = table
        self._habits = habits
        self._ledger = Ledger(history=history, row_keys=rows)
        self._key: KeyKind = "row" if rows else "natural"

    def send(
        self,
        order: int,
        sheet: Sheet,
        dirt: Dirt,
        upload: UploadKind,
        label: LabelKind | None = None,
    ) -> Delivery:
        """Soil and write a sheet; return the delivery with its expected account."""
        lines = soil(self._rng, sheet, dirt)
        extension = EXTENSIONS[self._habits.format]
        path = self._folder / f"{self._table}_{order}.{extension}"
        write_lines(path, sheet, lines, self._habits)
        account = self._ledger.take(rows_of(lines), snapshot=upload == "snapshot")
        hints = Hints(self._key, label, upload, sheet.mapping())
        return Delivery(order, self._table, path, hints, account)


def write_truth(path: Path, headers: Sequence[str], columns: Sequence[Sequence[object]]) -> Path:
    """Write a truth file as plain CSV and return its path."""
    rows = [",".join(map(str, row)) for row in zip(*columns, strict=True)]
    path.write_text("\n".join([",".join(headers), *rows]) + "\n", encoding="utf-8")
    return path

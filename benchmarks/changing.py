"""A tenant whose customers come and change, file after file, with the account that is expected."""

from pathlib import Path

import numpy as np

from data_contracts.contract import UploadKind
from simulation.delivery import Delivery, Sender
from simulation.dirt import FORMULA, Break, Dirt, Fault
from simulation.people import draw_people
from simulation.sheets import Habits, Sheet, make_sheet

POOL = 600
"""Customers in all; each file has a part of them."""
ROWS = 200
CHANGED = 0.3
"""Share of a file's customers whose charge changed since they were last sent."""
FAULTS = (
    Fault("customer_id", "", "required"),
    Fault("age", "veinte", "type"),
    Fault("age", "121", "maximum"),
    Fault("monthly_charge", FORMULA, "type"),
    Fault("monthly_charge", "-0.01", "minimum"),
    Fault("churned", "acaso", "type"),
)

BREAKS: tuple[Break, ...] = ("too_few_fields", "too_many_fields")


class ChangingCustomers:
    """Writes a tenant's files and keeps the generator's ledger of them."""

    def __init__(self, folder: Path, seed: int, habits: Habits) -> None:
        folder.mkdir(parents=True)
        self._rng = np.random.default_rng(seed)
        self._sender = Sender(self._rng, folder, "customers", habits, history=True)
        self._people = draw_people(self._rng, POOL)
        self._charge = self._rng.integers(20_000, 200_000, POOL).astype(np.float64)
        self._habits, self._files = habits, 0

    def next_file(self, upload: UploadKind = "increment") -> Delivery:
        """Write the next file: known customers as they were or changed, new ones, and dirt."""
        self._files += 1
        chosen = self._rng.choice(POOL, ROWS, replace=False)
        changed = chosen[self._rng.random(ROWS) < CHANGED]
        self._charge[changed] += self._rng.integers(1, 5_000, len(changed))
        faults = self._rng.integers(0, len(FAULTS), int(self._rng.integers(0, 8))).tolist()
        dirt = Dirt(
            faults=tuple(FAULTS[i] for i in faults),
            breaks=BREAKS[: int(self._rng.integers(0, 3))],
            copies=int(self._rng.integers(0, 5)),
            outdated=(Fault("city", "Leticia", ""),) * int(self._rng.integers(0, 4)),
        )
        return self._sender.send(self._files, self._sheet(chosen.tolist()), dirt, upload)

    def _sheet(self, chosen: list[int]) -> Sheet:
        people = self._people
        charges = self._habits.amounts(self._charge[chosen], 2)
        values: dict[str, tuple[str | None, list[str]]] = {
            "cedula": ("customer_id", [people.national_id[i] for i in chosen]),
            "nombre": ("full_name", [people.full_name[i] for i in chosen]),
            "ciudad": ("city", [people.city[i] for i in chosen]),
            "edad": ("age", [str(int(people.age[i])) for i in chosen]),
            "cargo_mensual": ("monthly_charge", charges),
            "retirado": ("churned", self._habits.flags(np.zeros(len(chosen), dtype=bool))),
        }
        return make_sheet(values, [people.national_id[i] for i in chosen])

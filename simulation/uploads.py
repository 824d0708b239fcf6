"""Single files for tests and benchmarks: a clean snapshot of any size, and damaged small files."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulation.account import Account
from simulation.delivery import Hints, Sender
from simulation.dirt import FORMULA, Break, Dirt, Fault
from simulation.grid import Random, sigmoid
from simulation.people import draw_people
from simulation.sheets import Habits, Sheet, make_sheet

IBM_ROWS = 7_043
_FAULTS = (
    Fault("customer_id", "", "required"),
    Fault("customer_id", " \t", "required"),
    Fault("age", "veinte", "type"),
    Fault("age", "20.5 años", "type"),
    Fault("age", "-1", "minimum"),
    Fault("age", "121", "maximum"),
    Fault("monthly_charge", FORMULA, "type"),
    Fault("monthly_charge", "x" * 5_000, "type"),
    Fault("monthly_charge", "-0.01", "minimum"),
    Fault("tenure_months", "721", "maximum"),
    Fault("tenure_months", "3 meses", "type"),
    Fault("churned", "acaso", "type"),
    Fault("signup_at", "2025-02-30", "type"),
)
_BREAKS: tuple[Break, ...] = ("too_few_fields", "too_many_fields")


@dataclass(frozen=True)
class DirtyFile:
    """A damaged file, how it is to be mapped, and what must become of its rows."""

    path: Path
    table: str
    hints: Hints
    habits: Habits
    expected: Account


def telecom_snapshot(path: Path, *, rows: int = IBM_ROWS, seed: int = 0) -> Path:
    """Write a clean CSV with the 21 columns of IBM's Telco sample; another seed, other rows.

    About 0.2 % of the customers are in their first month, with a blank total.
    """
    rng = np.random.default_rng(seed)
    sheet = _ibm_sheet(rng, rows, seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(sheet.headers) + "\n")
        file.writelines(",".join(row) + "\n" for row in sheet.rows)
    return path


def dirty_csv(folder: Path, *, rows: int = 40, seed: int = 0) -> DirtyFile:
    """Write a small damaged file of telecom customers in a habit drawn from the seed.

    Parameters
    ----------
    folder
        Made where it is absent; the file is ``customers_<seed>.csv``.
    rows
        Sound rows, at least 10; damaged, doubled and outdated ones come on top.
    seed
        Decides separator, encoding, line ends and dirt.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    habits = Habits(
        delimiter=str(rng.choice((",", ";", "\t", "|"))),
        encoding=str(rng.choice(("utf-8", "utf-8-sig", "cp1252", "utf-16"))),
        newline=str(rng.choice(("\n", "\r\n"))),
        day_first=bool(rng.random() < 0.5),
    )
    sender = Sender(rng, folder, "customers", habits, history=True)
    sheet = _small_sheet(rng, max(rows, 10), habits)
    sent = sender.send(seed, sheet, _dirt(rng), "increment", "column")
    return DirtyFile(sent.path, sent.table, sent.hints, habits, sent.expected)


def _dirt(rng: Random) -> Dirt:
    faults = rng.integers(0, len(_FAULTS), int(rng.integers(0, 8))).tolist()
    breaks = rng.integers(0, len(_BREAKS), int(rng.integers(0, 4))).tolist()
    outdated = int(rng.integers(0, 4))
    return Dirt(
        faults=tuple(_FAULTS[i] for i in faults),
        breaks=tuple(_BREAKS[i] for i in breaks),
        copies=int(rng.integers(0, 4)),
        outdated=tuple(Fault("city", "Leticia", "") for _ in range(outdated)),
    )


def _small_sheet(rng: Random, n: int, habits: Habits) -> Sheet:
    people = draw_people(rng, n)
    signup = 1_600_000_000 + rng.integers(0, 150_000_000, n)
    charge = rng.integers(20_000, 200_000, n).astype(np.float64) + 0.5
    values: dict[str, tuple[str | None, list[str]]] = {
        "cedula": ("customer_id", people.national_id),
        "nombre": ("full_name", people.full_name),
        "ciudad": ("city", people.city),
        "edad": ("age", [str(a) for a in people.age.tolist()]),
        "fecha_alta": ("signup_at", habits.times(signup)),
        "antiguedad": ("tenure_months", [str(m) for m in rng.integers(1, 72, n).tolist()]),
        "cargo_mensual": ("monthly_charge", habits.amounts(charge, 2)),
        "direccion": ("address", people.address),
        "retirado": ("churned", habits.flags(rng.random(n) < 0.25)),
    }
    return make_sheet(values, people.national_id)


def _ibm_sheet(rng: Random, n: int, seed: int) -> Sheet:
    """Draw customers like IBM's: who is new, pays monthly and has fibre leaves more often."""
    tenure = np.minimum(rng.exponential(34, n), 72).astype(np.int64) + 1
    tenure[rng.random(n) < 0.0016] = 0
    contract = rng.choice(3, n, p=(0.55, 0.21, 0.24))
    internet = rng.choice(3, n, p=(0.22, 0.34, 0.44))
    phone = rng.random(n) < 0.9
    monthly = np.round(19 + np.array((0, 26, 52))[internet] + rng.normal(8, 6, n).clip(0), 2)
    total = np.round(monthly * tenure * rng.uniform(0.96, 1.04, n), 2)
    logit = -0.2 - 0.045 * tenure + np.array((0.9, -0.9, -2.2))[contract] + 0.8 * (internet == 2)
    churned = rng.random(n) < sigmoid(logit)
    lines = np.where(phone, np.where(rng.random(n) < 0.47, "Yes", "No"), "No phone service")
    paid = ("Electronic check", "Mailed check", "Bank transfer (automatic)",
            "Credit card (automatic)")  # fmt: skip
    extras = ("OnlineSecurity", "OnlineBackup", "DeviceProtection", "TechSupport", "StreamingTV",
              "StreamingMovies")  # fmt: skip
    columns: dict[str, list[str]] = {
        "customerID": [f"{seed % 10_000:04d}-{i:06d}" for i in rng.permutation(n).tolist()],
        "gender": _either(rng, n, 0.5, ("Female", "Male")),
        "SeniorCitizen": _either(rng, n, 0.16, ("1", "0")),
        "Partner": _either(rng, n, 0.48),
        "Dependents": _either(rng, n, 0.3),
        "tenure": [str(t) for t in tenure.tolist()],
        "PhoneService": ["Yes" if p else "No" for p in phone.tolist()],
        "MultipleLines": lines.tolist(),
        "InternetService": [("No", "DSL", "Fiber optic")[i] for i in internet.tolist()],
    }
    for name in extras:
        pairs = zip(_either(rng, n, 0.42), internet.tolist(), strict=True)
        columns[name] = [word if has else "No internet service" for word, has in pairs]
    columns |= {
        "Contract": [("Month-to-month", "One year", "Two year")[c] for c in contract.tolist()],
        "PaperlessBilling": _either(rng, n, 0.59),
        "PaymentMethod": [paid[i] for i in rng.integers(0, 4, n).tolist()],
        "MonthlyCharges": [f"{m:.2f}" for m in monthly.tolist()],
        "TotalCharges": [
            f"{t:.2f}" if m else " " for t, m in zip(total.tolist(), tenure.tolist(), strict=True)
        ],
        "Churn": ["Yes" if c else "No" for c in churned.tolist()],
    }
    return make_sheet({name: (None, values) for name, values in columns.items()})


def _either(rng: Random, n: int, share: float, words: tuple[str, str] = ("Yes", "No")) -> list[str]:
    return [words[0] if first else words[1] for first in (rng.random(n) < share).tolist()]

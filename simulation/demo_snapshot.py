"""Caribe Conecta, the telecom company with only a bare snapshot: no identifiers, no dates.

``logit P(left) = −0.9 − 0.85 · ln(1 + months) + contract (1.6, 0, −1.0) + 0.7 · fibre
+ 0.5 · (charge − 85 000)/30 000 − 0.5 · technical support + 0.5 · (pays in cash)``, and the label
``churned`` is one draw. Two snapshots: in the second one some cities are corrected, some customers
are missing and some are new, so that under the row key equal rows stay and others come and go.
"""

from pathlib import Path

import numpy as np

from simulation.delivery import GeneratedTenant, Sender, Truth, write_truth
from simulation.dirt import FORMULA, Dirt, Fault
from simulation.grid import Random, sigmoid
from simulation.people import draw_people
from simulation.sheets import Habits, Sheet, make_sheet

CONTRACT_WORDS = ("Mes a mes", "Anual", "Bienal")
INTERNET_WORDS = ("Ninguno", "ADSL", "Fibra")
PAYMENT_WORDS = ("Efectivo", "Transferencia", "Tarjeta de credito")
DIRT = Dirt(
    faults=(
        Fault("monthly_charge", "gratis", "type"),
        Fault("tenure_months", "-3", "minimum"),
        Fault("tenure_months", "9999", "maximum"),
        Fault("total_charge", FORMULA, "type"),
        Fault("online_security", "a veces", "allowed"),
    ),
    breaks=("too_many_fields", "too_few_fields"),
    copies=3,
)


def generate(rng: Random, folder: Path, scale: float) -> GeneratedTenant:
    """Draw the customers and write two snapshots and the truth."""
    folder.mkdir(parents=True, exist_ok=True)
    habits = Habits(
        delimiter=";", encoding="cp1252", newline="\r\n", decimal=",", yes="SI", no="NO"
    )
    n = max(int(3_000 * scale), 60)
    sheet, probability = _customers(rng, habits, n)
    sender = Sender(rng, folder, "customers", habits, rows=True)
    early = int(n * 0.97)
    first = sender.send(1, sheet.only(range(early)), DIRT, "snapshot", "column")
    kept = [i for i in range(n) if i >= early or i % 50]
    later = sheet.only(kept)
    cities = [
        c if i % 23 else "Riohacha" for i, c in zip(kept, _values(later, "city"), strict=True)
    ]
    second = later.with_values("city", cities)
    dirt = Dirt(faults=DIRT.faults[:2], copies=2)
    deliveries = (first, sender.send(2, second, dirt, "snapshot", "column"))
    return GeneratedTenant(
        id="caribe-conecta",
        name="Caribe Conecta",
        vertical="telecom",
        currency="COP",
        language="es",
        plan="starter",
        time_zone="America/Bogota",
        deliveries=deliveries,
        truth=Truth(_truth(folder, sheet, probability), None, None),
    )


def _customers(rng: Random, habits: Habits, n: int) -> tuple[Sheet, list[float]]:
    people = draw_people(rng, n)
    months = np.minimum(rng.exponential(28, n), 96).astype(np.int64)
    contract = rng.choice(3, n, p=(0.55, 0.27, 0.18))
    internet = rng.choice(3, n, p=(0.18, 0.4, 0.42))
    payment = rng.choice(3, n, p=(0.4, 0.3, 0.3))
    security, support, multiple, paperless = (rng.random(n) < s for s in (0.3, 0.35, 0.4, 0.6))
    charge = 29_000 + np.array((0, 38_000, 69_000))[internet] + 9_500 * (support + 1.0 * security)
    charge = np.round(charge * rng.normal(1, 0.1, n), 2)
    total = np.round(charge * months * rng.uniform(0.9, 1.0, n), 2)
    probability = sigmoid(
        -0.9
        - 0.85 * np.log1p(months)
        + np.array((1.6, 0.0, -1.0))[contract]
        + 0.7 * (internet == 2)
        + 0.5 * (charge - 85_000) / 30_000
        - 0.5 * support
        + 0.5 * (payment == 0)
    )
    churned = rng.random(n) < probability
    totals = habits.amounts(total, 2)
    online = [
        w if i else "Sin internet" for w, i in zip(habits.flags(security), internet, strict=True)
    ]
    helped = [
        w if i else "Sin internet" for w, i in zip(habits.flags(support), internet, strict=True)
    ]
    values: dict[str, tuple[str | None, list[str]]] = {
        "Sexo": ("gender", ["Mujer" if g == "F" else "Hombre" for g in people.gender]),
        "Municipio": ("city", people.city),
        "Adulto mayor": ("senior_citizen", habits.flags(people.age >= 65)),
        "Antigüedad (meses)": ("tenure_months", [str(m) for m in months.tolist()]),
        "Varias líneas": ("multiple_lines", habits.flags(multiple)),
        "Internet": ("internet_service", [INTERNET_WORDS[i] for i in internet.tolist()]),
        "Seguridad en línea": ("online_security", online),
        "Soporte técnico": ("tech_support", helped),
        "Tipo de contrato": ("contract_type", [CONTRACT_WORDS[c] for c in contract.tolist()]),
        "Factura electrónica": ("paperless_billing", habits.flags(paperless)),
        "Forma de pago": ("payment_method", [PAYMENT_WORDS[p] for p in payment.tolist()]),
        "Cargo mensual": ("monthly_charge", habits.amounts(charge, 2)),
        "Total facturado": (
            "total_charge",
            ["" if m == 0 else t for m, t in zip(months.tolist(), totals, strict=True)],
        ),
        "Se retiró": ("churned", habits.flags(churned)),
    }
    return make_sheet(values), probability.tolist()


def _values(sheet: Sheet, column: str) -> list[str]:
    at = sheet.at(column)
    return [row[at] for row in sheet.rows]


def _truth(folder: Path, sheet: Sheet, probability: list[float]) -> Path:
    """Write the truth by content: the charges tell the rows apart (city may be corrected)."""
    columns = ("tenure_months", "monthly_charge", "total_charge", "contract_type", "churned")
    plain = [[v.replace(",", ".") for v in _values(sheet, column)] for column in columns[:-1]]
    labels = [int(v == "SI") for v in _values(sheet, "churned")]
    return write_truth(
        folder / "truth_churn.csv",
        (*columns[:-1], "churn_probability", "churned"),
        (*plain, [f"{p:.6f}" for p in probability], labels),
    )

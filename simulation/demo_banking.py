"""Banco Quindío, the bank: snapshots with a column label, incidents with changes, calls.

``logit P(left) = 0.6 + 0.55 · inactive months + 0.45 · contacts − 0.45 · products
− 0.055 · transactions − 1.4 · (change in transactions) + 0.3 · (blue card)``, and the label is one
draw. The second snapshot corrects only what the formula does not hold (city, telephone).
"""

from pathlib import Path

import numpy as np

from simulation.calls import draw_calls
from simulation.delivery import Delivery, GeneratedTenant, Sender, Truth, write_truth
from simulation.demo_telecom import case_truth
from simulation.dirt import FORMULA, Dirt, Fault
from simulation.event_sheets import Cases, call_sheet, changed_rows, incident_sheet
from simulation.grid import Floats, Ints, Random, sigmoid, year
from simulation.incidents import open_incidents, settle
from simulation.people import People, draw_people, draw_phones
from simulation.sheets import Habits, Sheet, make_sheet
from simulation.texts import write_texts
from simulation.topics_banking import BANKING

CUT = int(np.datetime64("2026-09-01", "s").astype(np.int64))
EDUCATION_WORDS = ("Bachillerato", "Técnico", "Universitario", "Posgrado", "No informa")
MARITAL_WORDS = ("Casada", "Soltero", "Divorciado")
INCOME_WORDS = ("Hasta 2 SMMLV", "2 a 4 SMMLV", "4 a 8 SMMLV", "Más de 8 SMMLV")
CARD_WORDS = ("Clásica", "Oro", "Platino")
CUSTOMER_DIRT = Dirt(
    faults=(
        Fault("customer_id", "", "required"),
        Fault("age", "diecinueve", "type"),
        Fault("inactive_months", "14", "maximum"),
        Fault("credit_limit", "-1", "minimum"),
        Fault("transaction_count", FORMULA, "type"),
    ),
    breaks=("too_few_fields",),
    copies=4,
    outdated=tuple(Fault("city", "Leticia", "") for _ in range(3)),
)
INCIDENT_DIRT = Dirt(
    faults=(
        Fault("incident_id", "", "required"),
        Fault("opened_at", "2026-13-01 10:00:00", "type"),
        Fault("satisfaction", "0", "minimum"),
        Fault("kind", "felicitación", "allowed"),
    ),
    breaks=("too_many_fields",),
    copies=2,
)
CALL_DIRT = Dirt(
    faults=(Fault("call_id", "", "required"), Fault("wait_seconds", "90000", "maximum")), copies=3
)
INCIDENT_NAMES = {
    "incident_id": "ID_CASO", "customer_id": "IDENTIFICACION", "opened_at": "FECHA_APERTURA",
    "kind": "TIPO", "channel": "CANAL", "product": "PRODUCTO", "subject": "ASUNTO",
    "text": "DETALLE", "closed_at": "FECHA_SOLUCION", "escalated": "ESCALADO",
    "escalated_at": "FECHA_ESCALADO", "disputed": "INCONFORME", "satisfaction": "NOTA",
    "solved": "SOLUCIONADO", "agent_id": "ID_ASESOR",
}  # fmt: skip
CALL_NAMES = {
    "call_id": "llamada", "customer_id": "identificacion", "started_at": "inicio",
    "direction": "tipo_llamada", "queue": "cola", "wait_seconds": "espera",
    "answered": "atendida", "talk_seconds": "duracion", "after_call_seconds": "acw",
    "agent_id": "agente",
}  # fmt: skip


def generate(rng: Random, folder: Path, scale: float) -> GeneratedTenant:
    """Simulate the bank and write its files and its truth."""
    folder.mkdir(parents=True, exist_ok=True)
    n = max(int(2_000 * scale), 60)
    people = draw_people(rng, n, first_id=52_000_000)
    habits = Habits(delimiter="|", decimal=",", yes="Cliente retirado", no="Cliente activo")
    sheet, probability = _customer_sheet(rng, people, habits)
    rates = rng.gamma(1.2, 1.0, n)
    joined = np.zeros(n, dtype=np.int64)
    opened = open_incidents(rng, BANKING, rates, joined, n * 3)
    outcomes = settle(rng, BANKING, opened, None)
    written = write_texts(rng, BANKING, opened, people)
    cases = Cases("BQ", BANKING, people, opened, outcomes, written)
    deliveries = (
        *_customers(rng, folder, sheet, habits),
        *_incidents(rng, folder, cases),
        _calls(rng, folder, people, rates, joined),
    )
    return GeneratedTenant(
        id="banco-quindio",
        name="Banco Quindío",
        vertical="banking",
        currency="COP",
        language="es",
        plan="business",
        time_zone="America/Bogota",
        deliveries=tuple(sorted(deliveries, key=lambda d: d.order)),
        truth=Truth(_churn_truth(folder, sheet, probability), *case_truth(folder, cases)),
    )


def _customers(rng: Random, folder: Path, sheet: Sheet, habits: Habits) -> list[Delivery]:
    """Send a snapshot, then another with corrections, new customers and some missing."""
    sender = Sender(rng, folder, "customers", habits, history=True)
    n = len(sheet.rows)
    early = int(n * 0.98)
    first = sender.send(1, sheet.only(range(early)), CUSTOMER_DIRT, "snapshot", "column")
    kept = sheet.only([i for i in range(n) if i >= early or i % 40])
    at = kept.at("phone")
    phones = draw_phones(rng, len(kept.rows))
    second = kept.with_values(
        "phone", [p if i % 12 == 0 else kept.rows[i][at] for i, p in enumerate(phones)]
    )
    city = kept.at("city")
    second = second.with_values(
        "city", [row[city] if i % 12 else "Riohacha" for i, row in enumerate(kept.rows)]
    )
    dirt = Dirt(faults=CUSTOMER_DIRT.faults[:2], copies=2)
    return [first, sender.send(4, second, dirt, "snapshot", "column")]


def _incidents(rng: Random, folder: Path, cases: Cases) -> list[Delivery]:
    """Send incidents until the cut, then a change file: new, changed and withdrawn ones."""
    habits = Habits(delimiter=";", encoding="utf-8-sig", newline="\r\n", yes="S", no="N")
    sender = Sender(rng, folder, "incidents", habits)
    before = incident_sheet(cases, habits, INCIDENT_NAMES, CUT)
    after = incident_sheet(cases, habits, INCIDENT_NAMES, year()[1])
    early = int(np.searchsorted(cases.opened.at, CUT))
    first = sender.send(2, before.only(range(early)), INCIDENT_DIRT, "increment", "event")
    moved = [i for i in changed_rows(before, after) if i < early]
    settled = sorted(set(range(early)) - set(moved))
    withdrawn = rng.choice(settled, 10, replace=False).tolist()
    fresh = list(range(early, len(after.rows)))
    parts = (("Cambio", moved, False), ("Baja", withdrawn, True), ("Alta", fresh, False))
    changes = [_operation(after.only(rows), word, gone) for word, rows, gone in parts]
    second = changes[0].plus(changes[1]).plus(changes[2])
    dirt = Dirt(faults=(*INCIDENT_DIRT.faults[2:], Fault("operation", "tal vez", "allowed")))
    return [first, sender.send(5, second, dirt, "changes", "event")]


def _operation(sheet: Sheet, word: str, deletes: bool) -> Sheet:
    """Return the sheet with the change file's operation as its last column."""
    return Sheet(
        (*sheet.headers, "NOVEDAD"),
        (*sheet.columns, "operation"),
        [(*row, word) for row in sheet.rows],
        sheet.keys,
        sheet.valid_from,
        [deletes] * len(sheet.rows),
    )


def _calls(rng: Random, folder: Path, people: People, rates: Floats, joined: Ints) -> Delivery:
    habits = Habits(format="parquet")
    calls = draw_calls(rng, rates + 0.3, joined, int(len(rates) * 2.5))
    sheet = call_sheet(calls, people, habits, CALL_NAMES)
    return Sender(rng, folder, "calls", habits).send(3, sheet, CALL_DIRT, "increment")


def _customer_sheet(rng: Random, people: People, habits: Habits) -> tuple[Sheet, Floats]:
    n = len(people.age)
    inactive, contacts = rng.binomial(6, 0.38, n), rng.binomial(6, 0.4, n)
    products, dependents = rng.integers(1, 7, n), rng.binomial(5, 0.4, n)
    transactions = np.clip(rng.normal(65, 23, n), 5, 180).astype(np.int64)
    count_change = np.clip(rng.normal(0.71, 0.22, n), 0.05, 3)
    card = rng.choice(3, n, p=(0.8, 0.14, 0.06))
    limit = np.round(rng.lognormal(15.6, 0.7, n) * (1 + card), -3)
    used = np.clip(rng.beta(1.2, 3, n), 0, 1)
    spent = np.round(transactions * rng.lognormal(11.2, 0.4, n), -2)
    margin = np.round(spent * 0.0018 + limit * used * 0.004, 2)
    probability = sigmoid(
        0.6
        + 0.55 * inactive
        + 0.45 * contacts
        - 0.45 * products
        - 0.055 * transactions
        - 1.4 * count_change
        + 0.3 * (card == 0)
    )
    gone = rng.random(n) < probability
    number = habits.amounts
    whole = {
        "Antigüedad meses": ("tenure_months", rng.integers(6, 120, n)),
        "Número de productos": ("product_count", products),
        "Meses inactivo": ("inactive_months", inactive),
        "Número de contactos": ("contact_count", contacts),
        "Personas a cargo": ("dependent_count", dependents),
        "Transacciones": ("transaction_count", transactions),
        "Edad": ("age", people.age),
    }
    values: dict[str, tuple[str | None, list[str]]] = {
        "Identificación": ("customer_id", people.national_id),
        "Nombres y apellidos": ("full_name", people.full_name),
        "Teléfono": ("phone", people.phone),
        "Correo electrónico": ("email", people.email),
        "Sexo": ("gender", people.gender),
        "Ciudad": ("city", people.city),
        "Nivel educativo": ("education_level", _draw(rng, EDUCATION_WORDS, n)),
        "Estado civil": ("marital_status", _draw(rng, MARITAL_WORDS, n)),
        "Rango de ingresos": ("income_category", _draw(rng, INCOME_WORDS, n)),
        "Tipo de tarjeta": ("card_category", [CARD_WORDS[c] for c in card.tolist()]),
        **{h: (c, [str(v) for v in numbers.tolist()]) for h, (c, numbers) in whole.items()},
        "Cupo": ("credit_limit", number(limit)),
        "Saldo rotativo": ("revolving_balance", number(np.round(limit * used))),
        "Gasto anual": ("transaction_amount", number(spent)),
        "Cambio transacciones": ("count_change_ratio", number(count_change, 3)),
        "Uso del cupo": ("utilization_ratio", number(used, 3)),
        "Margen mensual": ("monthly_margin", number(margin, 2)),
        "Estado": ("churned", habits.flags(gone)),
    }
    return make_sheet(values, people.national_id), probability


def _draw(rng: Random, words: tuple[str, ...], n: int) -> list[str]:
    return [words[i] for i in rng.integers(0, len(words), n).tolist()]


def _churn_truth(folder: Path, sheet: Sheet, probability: Floats) -> Path:
    at = sheet.at("churned")
    return write_truth(
        folder / "truth_churn.csv",
        ("customer_id", "churn_probability", "churned"),
        (
            sheet.keys,
            [f"{p:.6f}" for p in probability],
            [int(row[at] == "Cliente retirado") for row in sheet.rows],
        ),
    )

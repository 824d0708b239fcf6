"""Andina Móvil, the telecom company with dated history: five tables, two deliveries each."""

from pathlib import Path

import numpy as np

from simulation.delivery import Delivery, GeneratedTenant, Sender, Truth, write_truth
from simulation.dirt import FORMULA, Dirt, Fault
from simulation.event_sheets import (
    Cases,
    call_sheet,
    changed_rows,
    incident_sheet,
    offer_sheet,
    response_sheet,
)
from simulation.grid import HORIZON, Random, grid, year
from simulation.incidents import NEVER
from simulation.offers import expect
from simulation.sheets import Habits, Sheet
from simulation.telecom import INCIDENTS_EACH, Company, simulate_telecom
from simulation.telecom_sheet import customer_sheet
from simulation.texts import write_texts
from simulation.topics_telecom import TELECOM

CUT = int(np.datetime64("2026-09-01", "s").astype(np.int64))
"""The first deliveries hold what was known on this day; the second ones what came after."""

OFFERS = ("discount_20", "double_speed", "free_tech_support")
NO_OFFER = "Sin oferta"

CUSTOMER_DIRT = Dirt(
    faults=(
        Fault("customer_id", "", "required"),
        Fault("customer_id", "  ", "required"),
        Fault("monthly_charge", "ochenta mil", "type"),
        Fault("monthly_charge", "-45000", "minimum"),
        Fault("age", "240", "maximum"),
        Fault("tenure_months", FORMULA, "type"),
        Fault("effective_at", "2026-02-31 10:00:00", "type"),
        Fault("tech_support", "quizás", "allowed"),
    ),
    breaks=("too_few_fields", "too_many_fields"),
    copies=6,
    outdated=tuple(Fault("city", "Leticia", "") for _ in range(5)),
)
INCIDENT_DIRT = Dirt(
    faults=(
        Fault("incident_id", "", "required"),
        Fault("opened_at", "", "required"),
        Fault("opened_at", "ayer", "type"),
        Fault("satisfaction", "9", "maximum"),
        Fault("channel", "paloma mensajera", "allowed"),
    ),
    breaks=("too_few_fields", "too_many_fields"),
    copies=4,
    outdated=tuple(Fault("priority", "Urgente", "") for _ in range(3)),
)
CALL_DIRT = Dirt(
    faults=(
        Fault("wait_seconds", "-5", "minimum"),
        Fault("talk_seconds", "mucho", "type"),
        Fault("started_at", "", "required"),
    ),
    copies=5,
)
OFFER_DIRT = Dirt(
    faults=(
        Fault("propensity_probability", "1.7", "maximum"),
        Fault("offer", "", "required"),
        Fault("margin", FORMULA, "type"),
    ),
    breaks=("bad_json",),
    copies=2,
)
RESPONSE_DIRT = Dirt(faults=(Fault("text", "", "required"), Fault("kind", "poema", "allowed")))

INCIDENT_NAMES = {
    "incident_id": "Radicado", "customer_id": "Cédula", "opened_at": "Fecha radicación",
    "kind": "Tipo PQR", "channel": "Canal", "product": "Producto", "subject": "Asunto",
    "text": "Descripción", "priority": "Prioridad", "agent_id": "Asesor",
    "closed_at": "Fecha cierre", "escalated": "Escalado", "escalated_at": "Fecha escalamiento",
    "disputed": "Objetado", "satisfaction": "Calificación", "solved": "Resuelto",
}  # fmt: skip
CALL_NAMES = {
    "call_id": "id_llamada", "customer_id": "cedula", "started_at": "hora_inicio",
    "direction": "sentido", "queue": "cola", "wait_seconds": "segundos_espera",
    "answered": "contestada", "talk_seconds": "tiempo_conversacion",
    "hold_seconds": "tiempo_retencion", "after_call_seconds": "documentacion",
    "agent_id": "asesor", "transferred": "transferida",
}  # fmt: skip
OFFER_NAMES = {
    "offer_id": "id_oferta", "customer_id": "cedula", "offered_at": "fecha_oferta",
    "offer": "oferta", "randomised": "aleatoria", "propensity_probability": "propension",
    "accepted": "aceptada", "accepted_at": "fecha_aceptacion", "margin": "margen",
}  # fmt: skip
RESPONSE_NAMES = {
    "response_id": "id_respuesta", "incident_id": "radicado", "replied_at": "fecha_respuesta",
    "kind": "tipo", "title": "titulo", "text": "contenido", "language": "idioma",
    "used": "usada", "solved": "resuelto",
}  # fmt: skip


def generate(
    rng: Random, folder: Path, scale: float, incidents_each: float = INCIDENTS_EACH
) -> GeneratedTenant:
    """Simulate the company and write its files and its truth."""
    folder.mkdir(parents=True, exist_ok=True)
    company = simulate_telecom(rng, scale, incidents_each)
    written = write_texts(rng, TELECOM, company.incidents, company.people)
    cases = Cases("PQR", TELECOM, company.people, company.incidents, company.outcomes, written)
    deliveries = (
        *_customers(rng, folder, company),
        *_incidents(rng, folder, cases),
        *_calls(rng, folder, company),
        *_offers(rng, folder, company),
        *_responses(rng, folder, cases),
    )
    return GeneratedTenant(
        id="andina-movil",
        name="Andina Móvil",
        vertical="telecom",
        currency="COP",
        language="es",
        plan="business_plus",
        time_zone="America/Bogota",
        deliveries=tuple(sorted(deliveries, key=lambda d: d.order)),
        truth=Truth(
            _churn_truth(folder, company), *case_truth(folder, cases), _offer_truth(folder, company)
        ),
    )


def case_truth(folder: Path, cases: Cases) -> tuple[Path, Path]:
    """Write the true escalation probabilities, and what was planted in the texts."""
    ids = cases.ids()
    risk = write_truth(
        folder / "truth_incident_risk.csv",
        ("incident_id", "escalation_probability", "escalated"),
        (
            ids,
            [f"{p:.6f}" for p in cases.outcomes.probability],
            (cases.outcomes.escalated_at < NEVER).astype(int).tolist(),
        ),
    )
    planted = cases.written.planted
    marks = write_truth(
        folder / "truth_planted.csv",
        ("incident_id", "kind", "value"),
        ([ids[p.incident] for p in planted], [p.kind for p in planted], [p.value for p in planted]),
    )
    return risk, marks


def _churn_truth(folder: Path, company: Company) -> Path:
    churn, asof = company.churn, grid()
    who, month = np.nonzero(churn.at_risk)
    within = (churn.at[who] > asof[month]) & (churn.at[who] <= asof[month] + HORIZON)
    days = np.datetime_as_string(asof.astype("datetime64[s]"), unit="s")
    return write_truth(
        folder / "truth_churn.csv",
        ("customer_id", "as_of_at", "churn_probability", "churned"),
        (
            [company.people.national_id[i] for i in who.tolist()],
            [f"{days[m]}Z" for m in month.tolist()],
            [f"{p:.6f}" for p in churn.probability[who, month]],
            within.astype(int).tolist(),
        ),
    )


def _offer_truth(folder: Path, company: Company) -> Path:
    """Write what each offer would change for each customer who stayed, as of the last month."""
    expected = expect(company.situation)
    staying = np.flatnonzero((company.churn.at == NEVER) & company.situation.reachable[:, -1])
    effects = expected.effect[staying, -1]
    return write_truth(
        folder / "truth_offers.csv",
        ("customer_id", "months_without", *(f"effect_{name}" for name in OFFERS)),
        (
            [company.people.national_id[i] for i in staying.tolist()],
            [f"{value:.6f}" for value in expected.without[staying, -1]],
            *([f"{value:.6f}" for value in effects[:, k]] for k in range(len(OFFERS))),
        ),
    )


def _customers(rng: Random, folder: Path, company: Company) -> list[Delivery]:
    """Send versions until the cut, then later ones, some again and some corrected."""
    habits = Habits()
    sender = Sender(rng, folder, "customers", habits, history=True)
    sheet = customer_sheet(company, habits)
    early = [i for i, moment in enumerate(sheet.valid_from) if moment < CUT]
    late = [i for i, moment in enumerate(sheet.valid_from) if moment >= CUT]
    first = sender.send(1, sheet.only(early), CUSTOMER_DIRT, "increment", "event")
    again = rng.choice(early, 65, replace=False).tolist()
    fixed = sheet.only(again[:25])
    corrected = fixed.with_values("email", [f"nuevo.{k}@correo.example" for k in fixed.keys])
    corrected = corrected.with_values("city", ["Riohacha"] * len(corrected.rows))
    second = corrected.plus(sheet.only(again[25:])).plus(sheet.only(late))
    dirt = Dirt(faults=CUSTOMER_DIRT.faults[:3], breaks=("too_many_fields",), copies=2)
    return [first, sender.send(6, second, dirt, "increment", "event")]


def _incidents(rng: Random, folder: Path, cases: Cases) -> list[Delivery]:
    habits = Habits(delimiter=";", encoding="cp1252", newline="\r\n", day_first=True)
    sender = Sender(rng, folder, "incidents", habits)
    before = incident_sheet(cases, habits, INCIDENT_NAMES, CUT)
    after = incident_sheet(cases, habits, INCIDENT_NAMES, year()[1])
    early = int(np.searchsorted(cases.opened.at, CUT))
    first = sender.send(2, before.only(range(early)), INCIDENT_DIRT, "increment", "event")
    moved = [i for i in changed_rows(before, after) if i < early]
    same = sorted(set(range(early)) - set(moved))
    again = rng.choice(same, 40, replace=False).tolist()
    second = after.only([*moved, *again, *range(early, len(after.rows))])
    dirt = Dirt(faults=INCIDENT_DIRT.faults[2:], copies=2)
    return [first, sender.send(7, second, dirt, "increment", "event")]


def _calls(rng: Random, folder: Path, company: Company) -> list[Delivery]:
    habits = Habits(delimiter="\t", yes="1", no="0")
    sender = Sender(rng, folder, "calls", habits)
    sheet = call_sheet(company.calls, company.people, habits, CALL_NAMES)
    early = int(np.searchsorted(company.calls.at, CUT))
    return _in_two(rng, sender, _halves(sheet, early), CALL_DIRT, (3, 8))


def _offers(rng: Random, folder: Path, company: Company) -> list[Delivery]:
    habits = Habits(format="json_lines", yes="true", no="false")
    sender = Sender(rng, folder, "offers", habits)
    order = np.argsort(company.offers.at, kind="stable")
    before, after = (
        offer_sheet(
            company.offers,
            company.people,
            habits,
            OFFER_NAMES,
            kinds=(NO_OFFER, *OFFERS),
            known_at=known_at,
        ).only(order.tolist())
        for known_at in (CUT, year()[1])
    )
    early = int(np.searchsorted(company.offers.at[order], CUT))
    first = sender.send(4, before.only(range(early)), OFFER_DIRT, "increment")
    moved = [i for i in changed_rows(before, after) if i < early]
    same = sorted(set(range(early)) - set(moved))
    again = rng.choice(same, min(30, len(same)), replace=False).tolist()
    second = after.only([*moved, *again, *range(early, len(after.rows))])
    return [first, sender.send(9, second, Dirt(faults=OFFER_DIRT.faults[:1]), "increment")]


def _responses(rng: Random, folder: Path, cases: Cases) -> list[Delivery]:
    habits = Habits(encoding="utf-8-sig", delimiter=";", day_first=True)
    sender = Sender(rng, folder, "responses", habits)
    sheet, moments = response_sheet(rng, cases, habits, RESPONSE_NAMES, year()[0])
    early, end = (int(np.searchsorted(moments, moment)) for moment in (CUT, year()[1]))
    return _in_two(rng, sender, _halves(sheet.only(range(end)), early), RESPONSE_DIRT, (5, 10))


def _halves(sheet: Sheet, early: int) -> tuple[Sheet, Sheet]:
    return sheet.only(range(early)), sheet.only(range(early, len(sheet.rows)))


def _in_two(
    rng: Random, sender: Sender, halves: tuple[Sheet, Sheet], dirt: Dirt, orders: tuple[int, int]
) -> list[Delivery]:
    """Send the first rows, then the others together with some of the first again."""
    early, late = halves
    first = sender.send(orders[0], early, dirt, "increment")
    count = len(early.rows)
    again = early.only(rng.choice(count, min(30, count), replace=False).tolist())
    rest = Dirt(faults=dirt.faults[:1])
    return [first, sender.send(orders[1], again.plus(late), rest, "increment")]

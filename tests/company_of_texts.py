"""A company whose incidents are said in words that tell what they are about, and its replies.

Sixty customers write about three intents in Spanish and English; every incident that ended was
classified and answered. ``OPEN`` wait.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from random import Random

from ingestion.gold.refine import refine
from lakehouse.lake import Lake
from tests.blank_store import new_mlflow_store
from tests.silver_rows import ACME, TELECOM, Rows, day, lake_at, write_silver

SAYINGS = {
    "cancel": (
        "quiero cancelar {}, ya no lo necesito",
        "necesito dar de baja {} este mes",
        "please cancel {} as soon as you can",
    ),
    "bill": (
        "me cobraron dos veces {} en la factura",
        "el cobro de {} está mal, revisen la factura",
        "the bill for {} is wrong, I was charged twice",
    ),
    "fault": (
        "no funciona {} desde ayer, es urgente",
        "{} está caído otra vez, necesito que lo arreglen ya",
        "{} stopped working, this is an emergency",
    ),
}
THINGS = (
    "mi línea",
    "el internet",
    "la televisión",
    "my phone",
    "the router",
    "mi plan",
    "el chip",
)
PRIORITY = {"cancel": "low", "bill": "medium", "fault": "urgent"}
REPLIES = {
    "cancel": "Su baja queda registrada; recibirá la confirmación en dos días.",
    "bill": "Le devolvemos el cobro doble en la próxima factura.",
    "fault": "Apague el módem, espere un minuto y enciéndalo otra vez.",
}
SYLLABLES = ("ta", "mon", "ri", "gue", "lo", "sal", "fi", "bra", "nu", "che", "pol", "zu")
CUSTOMERS, CASES = 60, 240
OPEN = {
    "O-1": ("c00", "por favor quiero cancelar el internet, ya no lo necesito"),
    "O-2": ("c01", "me cobraron dos veces la televisión en la factura"),
    "O-3": ("c02", "the router stopped working, it is an emergency"),
    "O-4": ("c03", "żółć ßþð"),
    "O-5": ("c04", None),
}


def customers(
    consents: dict[str, bool] | None = None, objecting: frozenset[str] = frozenset()
) -> Rows:
    return [
        {
            "person_token": f"c{n:02d}",
            "valid_from": day(0),
            "monthly_charge": Decimal(30),
            "training_consent": (consents or {}).get(f"c{n:02d}"),
            "no_profiling": True if f"c{n:02d}" in objecting else None,
        }
        for n in range(CUSTOMERS)
    ]


def closed_incidents() -> list[dict[str, object]]:
    """Return what was said, each with words of its own, as people have them."""
    rows: list[dict[str, object]] = []
    intents, chance = list(SAYINGS), Random(5)
    for n in range(CASES):
        intent = intents[n % len(intents)]
        saying = SAYINGS[intent][n // 3 % 3].format(THINGS[n // 9 % len(THINGS)])
        own = " ".join("".join(chance.sample(SYLLABLES, 3)) for _ in range(chance.randint(0, 4)))
        rows.append(
            {
                "incident_id": f"I-{n:03d}",
                "person_token": f"c{n * 7 % CUSTOMERS:02d}",
                "opened_at": day(n / 4),
                "closed_at": day(n / 4 + 1),
                "text": f"{saying} {own}",
                "intent": intent,
                "priority": PRIORITY[intent],
                "solved": True,
            }
        )
    return rows


def open_incidents() -> list[dict[str, object]]:
    return [
        {"incident_id": name, "person_token": person, "opened_at": day(70), "text": said}
        for name, (person, said) in OPEN.items()
    ]


def replies() -> list[dict[str, object]]:
    articles = [
        {
            "response_id": "A-1",
            "kind": "article",
            "title": "Cómo reiniciar el módem",
            "text": "Si el internet no funciona, apague el módem y enciéndalo.",
            "replied_at": day(0),
        }
    ]
    return articles + [
        {
            "response_id": f"R-{row['incident_id']}",
            "incident_id": row["incident_id"],
            "kind": "reply",
            "text": REPLIES[str(row["intent"])],
            "replied_at": day(n / 4 + 0.9),
            "used": True,
            "solved": True,
        }
        for n, row in enumerate(closed_incidents())
    ]


@contextmanager
def company(folder: Path) -> Iterator[Lake]:
    """Open a lake in which ``ACME`` is that company, its gold up to date."""
    with lake_at(folder) as lake:
        lake.keys.create_master()
        new_mlflow_store(lake.settings)
        write_silver(lake, ACME, "customers", customers())
        write_silver(lake, ACME, "incidents", [*closed_incidents(), *open_incidents()])
        write_silver(lake, ACME, "responses", replies())
        refine(lake, ACME, TELECOM)
        yield lake

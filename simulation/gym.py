"""Sample files of a business that no contract knows: a gym's members, and their complaints."""

import csv
from pathlib import Path
from random import Random

MEMBERS = 600
FIRST = ("Ximena", "Wilmer", "Yuliana", "Nelson", "Zoraida", "Ovidio", "Úrsula", "Edilberto")
LAST = ("Quiñones", "Zuluaga", "Ibáñez", "Yepes", "Urrego", "Ñáñez", "Villamizar", "Ocampo")
GOALS = ("lose weight", "strength", "health")
HEADER = (
    "socio", "nombre", "celular", "correo", "meta", "visitas_mes", "peso_kg", "grasa_share",
    "cuota_mensual", "con_entrenador", "notas", "renueva",
)  # fmt: skip


def write_members(folder: Path, count: int = MEMBERS) -> Path:
    """Write members who renew the more, the more they come; each has a name and a note."""
    random = Random(11)
    path = folder / "socios.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(count):
            visits, trainer = random.randrange(0, 26), random.random() < 0.4
            renews = random.random() < 1 / (1 + 2.7 ** (-(visits - 12) / 4 - trainer))
            name = f"{random.choice(FIRST)} {random.choice(LAST)} {random.choice(LAST)}"
            writer.writerow(
                (
                    f"S{84_000 + number * 7}",
                    name,
                    f"31{random.randrange(10**7, 10**8):08d}",
                    f"{name.split(maxsplit=1)[0].lower()}{number}@gimnasio.example",
                    random.choice(GOALS),
                    visits,
                    f"{random.uniform(48, 121):.1f}",
                    f"{random.uniform(0.08, 0.42):.3f}",
                    f"{random.randrange(60, 240) * 1000}",
                    "si" if trainer else "no",
                    f"Dice que entrena con {random.choice(FIRST)} cerca del parque {number}",
                    "renueva" if renews else "no renueva",
                )
            )
    return path

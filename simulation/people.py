"""Persons as Latin American companies hold them: names, identity numbers, phones, addresses.

Everything is drawn; none belongs to a person. Card numbers satisfy Luhn's check (ISO/IEC 7812-1).
"""

from dataclasses import dataclass

import numpy as np

from simulation.grid import Ints, Random

FEMALE = (
    "María", "Luisa", "Camila", "Valentina", "Laura", "Daniela", "Paola", "Andrea", "Sofía",
    "Natalia", "Juliana", "Carolina", "Diana", "Marcela", "Yolanda", "Gloria", "Patricia",
    "Mónica", "Adriana", "Isabela", "Ximena", "Rocío", "Ángela", "Liliana", "Beatriz",
)  # fmt: skip
MALE = (
    "Juan", "Carlos", "Andrés", "Santiago", "Sebastián", "Felipe", "Jorge", "Luis", "Diego",
    "Camilo", "Mauricio", "Óscar", "Iván", "Hernán", "Julián", "Ricardo", "Álvaro", "Germán",
    "Fabián", "Esteban", "Nicolás", "Wilson", "Édgar", "Rubén", "Jaime",
)  # fmt: skip
SURNAMES = (
    "Rodríguez", "Gómez", "González", "Martínez", "García", "López", "Hernández", "Sánchez",
    "Ramírez", "Torres", "Díaz", "Pérez", "Muñoz", "Rojas", "Moreno", "Jiménez", "Vargas",
    "Castro", "Ortiz", "Gutiérrez", "Suárez", "Álvarez", "Romero", "Quiñones", "Cárdenas",
    "Ospina", "Restrepo", "Zapata", "Peña", "Acevedo", "Mejía", "Arango", "Salazar", "Bermúdez",
    "Niño", "Ibáñez",
)  # fmt: skip
CITIES = (
    "Bogotá", "Medellín", "Cali", "Barranquilla", "Cartagena", "Bucaramanga", "Pereira",
    "Manizales", "Ibagué", "Cúcuta", "Villavicencio", "Santa Marta", "Armenia", "Popayán",
    "Neiva",
)  # fmt: skip
_CITY_WEIGHTS = (28, 16, 12, 8, 6, 5, 4, 3, 3, 3, 3, 3, 2, 2, 2)
_DOMAINS = ("correo.example", "buzon.example", "mail.example", "empresa.example")
_PLAIN = str.maketrans("áéíóúüñÁÉÍÓÚÑ", "aeiouunAEIOUN")


@dataclass(frozen=True)
class People:
    """Columns about persons, each of length ``n``."""

    national_id: list[str]
    full_name: list[str]
    gender: list[str]
    age: Ints
    city: list[str]
    phone: list[str]
    email: list[str]
    address: list[str]


def draw_people(rng: Random, n: int, first_id: int = 1_010_000_000) -> People:
    """Draw ``n`` persons with distinct identity numbers from ``first_id`` upwards."""
    ids = first_id + np.cumsum(rng.integers(37, 4_100, n))
    female = rng.random(n) < 0.52
    picks = rng.integers(0, 25, n), rng.integers(0, 36, (n, 2))
    first = [(FEMALE if f else MALE)[i] for f, i in zip(female, picks[0], strict=True)]
    surnames = [(SURNAMES[a], SURNAMES[b]) for a, b in picks[1]]
    weights = np.array(_CITY_WEIGHTS) / sum(_CITY_WEIGHTS)
    return People(
        national_id=[str(i) for i in ids],
        full_name=[f"{f} {a} {b}" for f, (a, b) in zip(first, surnames, strict=True)],
        gender=["F" if f else "M" for f in female],
        age=np.clip(np.round(rng.normal(43, 14, n)), 18, 90).astype(np.int64),
        city=[CITIES[i] for i in rng.choice(len(CITIES), n, p=weights)],
        phone=draw_phones(rng, n),
        email=_emails(rng, first, [a for a, _ in surnames]),
        address=_addresses(rng, n),
    )


def draw_phones(rng: Random, n: int) -> list[str]:
    """Draw Colombian mobile numbers: ten digits starting with 3."""
    heads = rng.choice((300, 301, 304, 310, 311, 312, 313, 314, 315, 316, 317, 318, 320, 321), n)
    return [f"{h}{t:07d}" for h, t in zip(heads, rng.integers(0, 10_000_000, n), strict=True)]


def draw_cards(rng: Random, n: int) -> list[str]:
    """Draw sixteen-digit card numbers that satisfy Luhn's check."""
    digits = rng.integers(0, 10, (n, 16))
    digits[:, 0] = rng.choice((4, 5), n)
    doubled = digits[:, 0:15:2] * 2
    total = np.where(doubled > 9, doubled - 9, doubled).sum(1) + digits[:, 1:15:2].sum(1)
    digits[:, 15] = (-total) % 10
    return ["".join(map(str, row)) for row in digits.tolist()]


def _emails(rng: Random, first: list[str], surnames: list[str]) -> list[str]:
    numbers = rng.integers(1, 999, len(first)).tolist()
    domains = rng.integers(0, len(_DOMAINS), len(first)).tolist()
    return [
        f"{f}.{s}{n}@{_DOMAINS[d]}".lower().translate(_PLAIN)
        for f, s, n, d in zip(first, surnames, numbers, domains, strict=True)
    ]


def _addresses(rng: Random, n: int) -> list[str]:
    ways = rng.choice(("Calle", "Carrera", "Avenida", "Diagonal", "Transversal"), n).tolist()
    numbers = rng.integers(1, 190, (n, 3)).tolist()
    return [f"{w} {a} # {b}-{c}" for w, (a, b, c) in zip(ways, numbers, strict=True)]

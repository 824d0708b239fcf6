"""Columns that speak of a person are found by their headers, in both languages, and by values."""

from collections.abc import Callable
from random import Random

import pyarrow as pa
import pytest

from data_contracts.contract import Table
from ingestion.drafting.draft import base_contract
from ingestion.evolution.guess import guess_column
from ingestion.proposal.profile import profile

CLOSED = {"personal", "identifier", "free_text"}
RANDOM = Random(5)
ENGLISH = ("John Smith", "Mary Jones", "Peter Brown", "Susan Taylor", "Alan Walker", "Jane Moore")


@pytest.fixture(scope="module")
def table() -> Table:
    return base_contract().table("customers")


def classified(table: Table, header: str, values: list[str]) -> str:
    return guess_column(
        table, header, (header,), profile(pa.chunked_array([values]))
    ).classification


BY_HEADER = (
    *("First Name", "client_last_name", "Nombre del socio", "Apellidos", "nombre titular"),
    *("e-mail", "Correo del cliente", "Teléfono fijo", "celular 2", "Home address", "Domicilio"),
    *("DNI", "NIF", "RUT", "CURP", "SSN", "Pasaporte", "IBAN", "Documento de identidad"),
    *("Date of birth", "birth_date", "Fecha de nacimiento", "FechaNacimiento", "DOB"),
)


@pytest.mark.parametrize("header", BY_HEADER)
def test_a_header_that_names_something_of_a_person_is_personal(table: Table, header: str):
    values = [f"valor {n % 4}" for n in range(80)]
    assert classified(table, header, values) == "personal"


def iban(number: int) -> str:
    bare = f"2100041845{number:010d}"
    return f"ES{98 - int(f'{bare}142800') % 97:02d}{bare}"


BY_VALUE: dict[str, Callable[[int], str]] = {
    "e-mail": lambda n: f"someone{n}@mail.example",
    "Spanish names": lambda n: f"{('Ana', 'Luis', 'Marta')[n % 3]} {('Pérez', 'Gómez')[n % 2]}",
    "mobile numbers": lambda n: f"31{RANDOM.randrange(10**7, 10**8)}",
    "identity numbers": lambda n: f"{RANDOM.randrange(10**6, 10**8)}",
    "accounts": iban,
    "cards": lambda n: f"4111 1111 1111 {1000 + n}",
    "days of birth": lambda n: f"{1950 + n % 45}-0{n % 9 + 1}-1{n % 9}",
    "few English names": lambda n: f"{ENGLISH[n % 6]} {chr(65 + n)}",
}


@pytest.mark.parametrize("kind", BY_VALUE)
def test_values_of_persons_are_found_under_a_header_that_says_nothing(table: Table, kind: str):
    count = 26 if kind == "few English names" else 120
    assert classified(table, "dato 7", [BY_VALUE[kind](n) for n in range(count)]) in CLOSED


OPEN: dict[str, tuple[str, Callable[[int], str]]] = {
    "a product's name": ("product name", lambda n: f"plan {n % 4}"),
    "a yes or no about a telephone": ("PhoneService", lambda n: "Yes" if n % 3 else "No"),
    "a recent date": ("last visit", lambda n: f"2026-0{n % 9 + 1}-1{n % 9}"),
    "a year of birth": ("Year_Birth", lambda n: str(1950 + n % 45)),
    "an amount": ("saldo", lambda n: str(1_000_000 + n * 977)),
    "a kind": ("estado", lambda n: ("activo", "en mora", "suspendido")[n % 3]),
}


@pytest.mark.parametrize("kind", OPEN)
def test_what_speaks_of_nobody_stays_open(table: Table, kind: str):
    header, value = OPEN[kind]
    assert classified(table, header, [value(n) for n in range(120)]) == "internal"

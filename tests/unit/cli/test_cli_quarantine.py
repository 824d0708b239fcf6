"""Rejected rows through the command line: seen, corrected, dismissed, and what was done."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.unit.cli.conftest import Type


@pytest.fixture
def tenant(abcall: Type, customers: Path) -> str:
    """Return a tenant of the test's own, two of whose rows were rejected."""
    name = f"q{uuid4().hex[:8]}"
    assert abcall("tenant", "new", name, "--name", name, "--vertical", "telecom").code == 0
    assert abcall("upload", name, "customers", customers, "--receive-only").code == 0
    return name


def words_like(said: str, length: int) -> list[str]:
    return [w for w in said.split() if len(w) == length and set(w) <= set("0123456789abcdef")]


def test_rows_are_listed_by_cause_corrected_and_remembered_in_the_history(
    abcall: Type, tenant: str
):
    listed = abcall("quarantine", "list", tenant)
    assert listed.code == 0
    assert "es menor que 0" in listed.words
    causes = words_like(listed.words, 12)
    assert len(causes) == 2
    shown = [abcall("quarantine", "show", tenant, cause) for cause in causes]
    months = next(n for n, one in enumerate(shown) if "-3" in one.words)
    fixed = abcall(
        "quarantine", "fix", tenant, "--cause", causes[months],
        "--value", "tenure_months:-3=3", "--receive-only",
    )  # fmt: skip
    assert fixed.code == 0, fixed.err
    assert "Filas enviadas: 1; entraron: 1; rechazadas otra vez: 0" in fixed.words
    dismissed = abcall(
        "quarantine", "dismiss", tenant, "--cause", causes[1 - months], "--reason", "de prueba"
    )
    assert "Filas descartadas: 1" in dismissed.words
    assert "No hay filas por corregir" in abcall("quarantine", "list", tenant).words
    history = abcall("quarantine", "history", tenant).words
    assert "Valores corregidos" in history
    assert "Descartadas" in history
    told = [abcall("quarantine", "history", tenant, act).words for act in words_like(history, 32)]
    assert any("antiguedad_meses: -3 → 3" in one for one in told)
    assert any("de prueba" in one for one in told)


def test_rows_are_downloaded_and_sent_back(abcall: Type, tenant: str, tmp_path: Path):
    file = tmp_path / "por_corregir.csv"
    assert abcall("quarantine", "download", tenant, file).code == 0
    corrected = tmp_path / "corregido.csv"
    corrected.write_text(file.read_text(encoding="utf-8-sig").replace(",-3,", ",3,"))
    assert abcall("upload", tenant, "customers", corrected, "--receive-only").code == 0
    assert "Archivo corregido" in abcall("quarantine", "history", tenant).words


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["fix"], "Diga de qué filas"),
        (["dismiss", "--reason", "x"], "Diga de qué filas"),
        (["fix", "--cause", "0" * 12], "No encontramos la causa"),
        (["fix", "--cell", "1:edad=3"], "no es la referencia"),
        (["fix", "--value", "edad=3"], "no es una corrección"),
        (["redrive", "--upload", "0" * 32], "No encontramos la carga"),
        (["redrive", "--table", "clientes"], "no tiene la tabla"),
    ],
)
def test_what_cannot_be_is_told_with_what_to_do(abcall: Type, given: list[str], sentence: str):
    command, *options = given
    ran = abcall("quarantine", command, "andina", *options)
    assert ran.code == 2
    assert sentence in ran.words


def test_another_tenants_rows_are_not_there(abcall: Type, tenant: str):
    made = abcall("tenant", "new", "vecina", "--name", "Vecina", "--vertical", "telecom")
    assert made.code == 0
    listed = abcall("quarantine", "list", tenant).words
    ran = abcall("quarantine", "show", "vecina", words_like(listed, 12)[0])
    assert ran.code == 2
    assert "1010000091" not in ran.words

"""Files through the command line: mapping, corrections, the receipt and what was rejected."""

import csv
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from foundation.settings import Settings
from tests.unit.cli.conftest import Type


@pytest.fixture
def tenant(abcall: Type) -> str:
    """Return a tenant of the test's own."""
    name = f"t{uuid4().hex[:8]}"
    assert abcall("tenant", "new", name, "--name", name, "--vertical", "telecom").code == 0
    return name


def upload_id(listed: str) -> str:
    return next(word for word in listed.split() if len(word) == 32 and word.isalnum())


def test_the_mapping_of_a_file_is_shown_and_nothing_received(
    abcall: Type, tenant: str, customers: Path
):
    ran = abcall("mapping", tenant, "customers", customers)
    assert ran.code == 0
    assert "cedula customer_id" in ran.words
    assert "cargo_mensual monthly_charge" in ran.words
    assert "clientes.csv" not in abcall("uploads", tenant).words


def test_an_upload_gives_its_receipt_and_stands_in_the_list(
    abcall: Type, tenant: str, customers: Path
):
    ran = abcall("upload", tenant, "customers", customers, "--receive-only")
    assert ran.code == 0
    assert "clientes.csv" in ran.words
    listed = abcall("uploads", tenant).words
    assert (
        "customers clientes.csv Cargada; los tableros se están actualizando 20 18 0 0 0 0 2"
        in listed
    )


def test_corrected_columns_and_kinds_are_what_counts(abcall: Type, tenant: str, customers: Path):
    terms = [
        "--map",
        "nombre=",
        "--map",
        "antiguedad_meses=age",
        "--key",
        "row",
        "--as",
        "snapshot",
    ]
    ran = abcall("upload", tenant, "customers", customers, "--receive-only", *terms)
    assert ran.code == 0
    assert "nombre" in ran.words
    shown = abcall("mapping", tenant, "customers", customers).words
    assert "Llave: row" in shown
    assert "Archivo: snapshot" in shown


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        (["--map", "cedula"], "columna del archivo=columna del contrato"),
        (["--map", "nada=age"], "nada"),
        (["--map", "cedula=no_existe"], "no_existe"),
        (["--key", "ninguna"], "natural, row"),
        (["--as", "todo"], "snapshot, increment, changes"),
    ],
)
def test_impossible_terms_are_refused_with_what_is_possible(
    terms: list[str], sentence: str, abcall: Type, tenant: str, customers: Path
):
    ran = abcall("upload", tenant, "customers", customers, "--receive-only", *terms)
    assert ran.code == 2
    assert sentence in ran.words


def test_an_unknown_table_and_an_empty_file_are_the_persons_to_mend(
    abcall: Type, tenant: str, tmp_path: Path
):
    empty = tmp_path / "vacio.csv"
    empty.write_text("")
    assert abcall("upload", tenant, "customers", empty).code == 2
    assert "vacio.csv No se pudo cargar" in abcall("uploads", tenant).words
    ran = abcall("upload", tenant, "ventas", empty)
    assert ran.code == 2
    assert "Puede subir: clientes (customers), casos (incidents)" in ran.words


def test_a_mapping_that_is_kept_is_the_one_that_is_shown(
    abcall: Type, tenant: str, customers: Path
):
    abcall("upload", tenant, "customers", customers, "--receive-only", "--map", "cargo_mensual=")
    looked_at = abcall("mapping", tenant, "customers", customers).words
    assert "cargo_mensual — — Como la última vez" in looked_at


def test_a_table_may_be_named_as_sentences_call_it(abcall: Type, tenant: str, customers: Path):
    looked_at = abcall("mapping", tenant, "Clientes", customers)
    assert (looked_at.code, "customer_id" in looked_at.words) == (0, True)
    assert (
        "20 filas de clientes"
        in abcall("upload", tenant, "clientes", customers, "--receive-only").words
    )


def test_rejected_rows_are_shown_and_saved(
    abcall: Type, tenant: str, customers: Path, tmp_path: Path
):
    abcall("upload", tenant, "customers", customers, "--receive-only")
    chosen = upload_id(abcall("uploads", tenant).words)
    saved = tmp_path / "rechazadas.csv"
    ran = abcall("rejected", tenant, chosen, "--csv", saved)
    assert ran.code == 0
    assert "19 tenure_months" in ran.words
    assert "20 monthly_charge" in ran.words
    with saved.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["cedula"] for row in rows] == ["1010000091", "1010000092"]


def test_the_upload_of_another_tenant_does_not_exist(abcall: Type, tenant: str, customers: Path):
    abcall("upload", "andina", "customers", customers, "--receive-only")
    foreign = upload_id(abcall("uploads", "andina").words)
    ran = abcall("rejected", tenant, foreign)
    assert "1010000091" not in ran.words
    assert ran.code == 2


def test_an_upload_too_small_to_learn_from_still_reaches_gold(
    abcall: Type, tenant: str, customers: Path
):
    ran = abcall("upload", tenant, "customers", customers)
    assert ran.code == 0
    assert (
        "customers clientes.csv Cargada y en los tableros 20 18" in abcall("uploads", tenant).words
    )


def test_training_on_too_little_says_what_is_missing(abcall: Type, tenant: str, customers: Path):
    abcall("upload", tenant, "customers", customers, "--receive-only")
    ran = abcall("train", tenant, "churn")
    assert ran.code == 2
    assert any(letter.isdigit() for letter in ran.words)
    scored = abcall("score", tenant, "churn", language="en")
    assert "churn" in scored.words


def test_a_process_of_its_own_ends_with_the_same_codes(settings: Settings, tmp_path: Path):
    def ended(*arguments: str) -> tuple[int, str]:
        environment = {
            "ABCALL_DATA": str(settings.data_dir),
            "ABCALL_LANGUAGE": "en",
            "PATH": "/usr/bin:/bin",
        }
        command = [sys.executable, "-m", "cli.main", *arguments]
        root = Path(__file__).resolve().parents[3]
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    code, said = ended("tenant", "list")
    assert code == 0
    assert "Andina" in said
    code, said = ended("uploads", "nadie")
    assert code == 2
    assert "Traceback" not in said

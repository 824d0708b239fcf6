"""Columns nobody knew and versions of contracts, typed on the command line."""

from pathlib import Path

import pytest
import yaml

from cli.main import run
from data_contracts.loader import load_contracts
from data_contracts.odcs import check
from data_contracts.place import Place
from foundation.settings import Settings
from tests.unit.cli.conftest import Type, typing

VERSION = load_contracts()["telecom"].version
HEADER = "cedula,antiguedad_meses,retirado,Puntaje interno"


@pytest.fixture
def own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Type:
    """Run ``abcall`` on an installation that has received a file with a column of its own."""
    settings = Settings.at(tmp_path / "own")
    assert run(["init"], settings) == 0
    assert run(["tenant", "new", "sur", "--name", "Sur", "--vertical", "telecom"], settings) == 0
    file = tmp_path / "clientes.csv"
    rows = [f"10100000{n},{n},{'si' if n % 3 else 'no'},{n * 3}" for n in range(11, 41)]
    file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    arguments = ["upload", "sur", "customers", str(file), "--receive-only"]
    assert run([*arguments, "--map", "Puntaje interno="], settings) == 0
    return typing(settings, capsys)


def test_a_redrive_says_of_which_table_there_is_nothing(own: Type):
    other = own("contract", "redrive", "sur", "clientes")
    assert other.code == 2 and "no tiene la tabla «clientes»" in other.words
    assert "customers" in other.words
    assert "nada que leer de nuevo" in own("contract", "redrive", "sur", "incidents").words


def test_a_column_is_listed_proposed_accepted_shown_and_withdrawn(own: Type):
    assert "Puntaje interno" in own("columns", "list", "sur").words
    proposed = own("columns", "propose", "sur", "customers", "puntaje interno")
    assert "puntaje_interno integer measure internal" in proposed.words
    given = ["--label", "puntaje", "--max", "200"]
    accepted = own("columns", "accept", "sur", "customers", "Puntaje interno", *given)
    assert accepted.code == 0, accepted.err
    assert f"desde la versión {VERSION}+1" in accepted.words
    shown = own("contract", "show", "sur", language="en")
    document = yaml.safe_load(shown.out)
    check(document, Place(Path("shown")))
    columns = {c["name"]: c for t in document["schema"] for c in t["properties"]}
    assert columns["puntaje_interno"]["logicalTypeOptions"] == {"minimum": 0, "maximum": 200}
    assert "aceptada" in own("columns", "list", "sur").words
    assert own("columns", "withdraw", "sur", "customers", "puntaje_interno").code == 0
    wrong = own("columns", "accept", "sur", "customers", "Puntaje interno", "--class", "secret")
    assert (wrong.code, "identifier, personal" in wrong.words) == (2, True)
    assert own("columns", "reject", "sur", "customers", "nothing").code == 2


def test_versions_are_planned_listed_and_told(own: Type):
    plan = own("contract", "plan", "telecom")
    assert "No cambió nada" in plan.words
    assert VERSION in own("contract", "history", "telecom").words
    assert f"## {VERSION}" in own("contract", "changelog", "telecom", language="en").out
    again = own("contract", "publish", "telecom")
    assert (again.code, "no hay nada que publicar" in again.words) == (2, True)
    redriven = own("contract", "redrive", "sur", "customers", language="en")
    assert f"uploads told anew under version {VERSION}" in redriven.words
    assert own("contract", "plan", "no_such_vertical").code == 2

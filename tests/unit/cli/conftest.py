"""An installation of its own for the command line, and a way to type commands."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cli.main import run
from foundation.settings import Settings

SOUND = 18


def customer_lines() -> list[str]:
    """Return a header, 18 sound customers and two with a wrong value (rows 19 and 20)."""
    sound = [
        f"10100000{n},Persona {n},{n % 60},{40_000 + n * 250}.50,{'si' if n % 4 == 0 else 'no'}"
        for n in range(11, 11 + SOUND)
    ]
    wrong = ["1010000091,Luis Paz,-3,61000.00,no", "1010000092,Eva Gil,7,abc,si"]
    return ["cedula,nombre,antiguedad_meses,cargo_mensual,retirado", *sound, *wrong]


@dataclass(frozen=True)
class Ran:
    """What a command said and how it ended; ``words`` is all of it on one line."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        return re.sub(r"[\s\u2500-\u257f]+", " ", self.out + " " + self.err)


Type = Callable[..., Ran]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return an installation with the tenant ``andina``, made through the command line."""
    made = Settings.at(tmp_path_factory.mktemp("cli") / "data")
    assert run(["init"], made) == 0
    assert run(["tenant", "new", "andina", "--name", "Andina", "--vertical", "telecom"], made) == 0
    return made


def typing(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Type:
    """Return a function that runs one command line on an installation."""

    def run_it(*arguments: object, language: str = "es") -> Ran:
        capsys.readouterr()
        chosen = replace(settings, language="en" if language == "en" else "es")
        code = run([str(argument) for argument in arguments], chosen)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run_it


@pytest.fixture
def abcall(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Type:
    """Run ``abcall`` on the shared installation."""
    return typing(settings, capsys)


@pytest.fixture
def abcall_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Type:
    """Run ``abcall`` on an empty folder of the test's own."""
    return typing(Settings.at(tmp_path / "own"), capsys)


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    """Return a file of 20 customers, two of whom have a wrong value."""
    path = tmp_path / "clientes.csv"
    path.write_text("\n".join(customer_lines()) + "\n", encoding="utf-8")
    return path

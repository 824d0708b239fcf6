"""``abcall vertical new``: answers from flags, from a person on a terminal, or a refusal."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cli.conformance.finding import Finding, broken
from cli.main import run
from data_contracts.loader import forget_contracts, load_contracts
from foundation.settings import Settings
from foundation.texts import LANGUAGES
from simulation.gym import write_members
from tests.unit.cli.conftest import Type, typing

FLAGS = ["--label", "renueva", "--title-es", "Gimnasios", "--title-en", "Gyms"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of contracts of an installation's own."""
    return tmp_path / "contracts"


@pytest.fixture
def abcall_own(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> Type:
    """Run ``abcall`` with a folder of contracts of its own."""
    return typing(replace(Settings.at(tmp_path / "own"), contract_dirs=(folder,)), capsys)


@pytest.fixture
def members(tmp_path: Path) -> Path:
    return write_members(tmp_path, 120)


def test_flags_alone_make_the_contract_and_its_golden_rows(
    abcall_own: Type, folder: Path, members: Path
):
    ran = abcall_own("vertical", "new", "gym", "--from", members, *FLAGS)
    assert ran.code == 0, ran.err
    assert "con 0 preguntas" in ran.words
    assert "renueva renueva boolean outcome" in ran.words
    assert (folder / "golden" / "gym" / "customers.csv").exists()
    contract = load_contracts((folder,))["gym"]
    assert contract.label == {"es": "Gimnasios", "en": "Gyms"}
    assert "gym" in abcall_own("vertical", "list").words


def test_without_a_terminal_all_missing_answers_are_named_at_once(
    abcall_own: Type, folder: Path, members: Path, monkeypatch: pytest.MonkeyPatch
):
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        ran = abcall_own("vertical", "new", "gym", "--from", members)
    assert ran.code == 2
    assert "--title-es, --title-en, --label" in ran.words
    assert not folder.exists()


REFUSED: dict[str, Callable[[Path], list[object]]] = {
    "ya está declarado": lambda file: ["telecom", "--from", file, *FLAGS],
    "no sirve como nombre": lambda file: ["Gym 1", "--from", file, *FLAGS],
    "de qué archivos": lambda file: ["gym", *FLAGS],
    "Ningún archivo tiene el encabezado": lambda file: ["gym", "--from", file, *FLAGS,
                                                        "--after", "nada"],
}  # fmt: skip


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    sentence: str, abcall_own: Type, folder: Path, members: Path
):
    ran = abcall_own("vertical", "new", *REFUSED[sentence](members))
    assert (ran.code, sentence in ran.words) == (2, True), ran.words
    assert not folder.exists()


def test_a_person_is_asked_three_things_on_a_terminal(tmp_path: Path, folder: Path, members: Path):
    """A real terminal: the titles in both languages, and which column is to be predicted."""
    mine, theirs = pty.openpty()
    environment = os.environ | {
        "ABCALL_CONTRACTS": str(folder),
        "ABCALL_DATA": str(tmp_path / "own"),
        "ABCALL_LANGUAGE": "en",
    }
    command = [sys.executable, "-m", "cli.main", "vertical", "new", "gym", "--from", str(members)]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment,
        cwd=Path(__file__).parents[3],
    ) as child:  # fmt: skip
        os.write(mine, b"Gimnasios\nGyms\n\n")
        said = child.communicate(timeout=120)[0].decode()
    os.close(theirs)
    os.close(mine)
    assert child.returncode == 0, said
    assert "with 3 questions" in " ".join(said.split())
    forget_contracts()
    assert load_contracts((folder,))["gym"].model("renueva").task == "binary"


def test_the_check_of_a_file_reads_it_and_of_a_name_must_know_it(
    abcall_own: Type, folder: Path, members: Path
):
    assert abcall_own("vertical", "new", "gym", "--from", members, *FLAGS).code == 0
    read = abcall_own("vertical", "check", folder / "gym.odcs.yaml")
    assert (read.code, "está bien" in read.words) == (0, True)
    unknown = abcall_own("vertical", "check", "nowhere")
    assert (unknown.code, "telecom" in unknown.words) == (2, True)


def test_a_finding_is_told_in_both_languages():
    found: Finding = broken("dashboard", "empty_dimension", column="meta")
    said = [found.say(language) for language in LANGUAGES]
    assert said[0] != said[1]
    assert all("meta" in sentence for sentence in said)


def test_the_command_is_known(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    assert run(["vertical", "new", "--help"], Settings.at(tmp_path)) == 0

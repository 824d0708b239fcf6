"""The house keeps its own rules: complete catalogues, honest pins; ``make check`` has others."""

import doctest
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from foundation.texts import LANGUAGES, catalogue

ROOT = Path(__file__).resolve().parents[3]
ROOMS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "root_packages"
]


def sources() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def is_file(dotted: str) -> bool:
    """Tell whether a quoted ``room.name`` means a module or a file, not a sentence."""
    module = ROOT.joinpath(*dotted.split("."))
    suffixes = (".yaml", ".py", ".db")
    return module.with_suffix(".py").exists() or module.is_dir() or dotted.endswith(suffixes)


def test_every_folder_with_code_is_a_room():
    folders = {p.parent.name for p in ROOT.glob("*/__init__.py")}
    assert folders - {"tests", "benchmarks"} == set(ROOMS)


def test_both_languages_hold_the_same_sentences():
    spanish, english = (catalogue(language) for language in LANGUAGES)
    assert spanish.keys() == english.keys()


def test_a_sentence_takes_the_same_values_in_both_languages():
    spanish, english = (catalogue(language) for language in LANGUAGES)
    blanks = re.compile(r"\{(\w+)")
    others = {
        key: (said, english[key])
        for key, said in spanish.items()
        if set(blanks.findall(said)) != set(blanks.findall(english[key]))
    }
    assert others == {}
    assert [
        key for one in (spanish, english) for key, said in one.items() if not said.strip()
    ] == []


def test_every_error_and_text_key_in_the_code_stands_in_the_catalogues():
    stems = {file.stem for file in (ROOT / "foundation/texts/es").glob("*.yaml")}
    quoted = re.compile(rf"[\"']((?:{'|'.join(sorted(stems))})\.[a-z0-9_]+)[\"']")
    known = catalogue("es").keys()
    unknown = {
        f"{path.relative_to(ROOT)}: {key}"
        for path in sources()
        for key in quoted.findall(path.read_text(encoding="utf-8"))
        if not {key, f"{key}_one"} & known and not is_file(key)
    }
    assert not unknown


EXAMPLES = [path for path in sources() if ">>> " in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_examples_in_docstrings_are_true(path: Path):
    module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    outcome = doctest.testmod(module)
    assert (outcome.attempted > 0, outcome.failed) == (True, 0)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-interop.lock"])
def test_the_pins_hold_hashes_and_no_address(name: str):
    lock = (ROOT / name).read_text()
    assert "--hash=sha256:" in lock
    assert "://" not in lock


def test_importing_a_room_or_starting_a_command_loads_no_heavy_library():
    heavy = ["great_expectations", "mlflow", "dagster", "pyspark", "xgboost", "sklearn", "pysail"]
    light = [*(room for room in ROOMS if room not in {"pipelines", "dashboards"}), "cli.main"]
    code = f"import sys, {', '.join(light)}; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_no_path_of_a_machine_and_no_registry_host_stands_in_the_project():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    forbidden = re.compile(r"/(?:work|root|home)/\w|pypi\.org|pythonhosted|repo1?\.maven")
    found = {
        name
        for name in tracked
        if (ROOT / name).is_file()
        and name != "tests/unit/house/test_house.py"
        and forbidden.search((ROOT / name).read_text(encoding="utf-8", errors="replace"))
    }
    assert not found


def test_decisions_are_numbered_in_one_row_and_their_titles_say_the_number():
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [int(path.name[:4]) for path in decisions]
    titles = [path.read_text(encoding="utf-8").split(".", 1)[0] for path in decisions]
    assert numbers == list(range(1, len(numbers) + 1))
    assert titles == [f"# {number}" for number in numbers]

"""A writer on each engine and a table's place, for the conformance of the one writer."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from shutil import which

import pyarrow as pa
import pytest

from foundation.settings import Settings
from lakehouse.boundary import Recorder
from lakehouse.engine import Engine, open_engine
from lakehouse.reading import read_arrow
from lakehouse.refs import TableRef
from lakehouse.writer import Writer
from tests.conftest import require

VERBS: dict[str, dict[str, list[str]]] = {"append": {}, "replace": {}, "merge": {"keys": ["key"]}}
"""Verbs that take rows, and what they take beside."""


@pytest.fixture(scope="module", params=["sail", pytest.param("spark", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    settings = Settings.at(tmp_path_factory.mktemp("engine"))
    if request.param == "spark":
        require(which("java"), "Java")
        return open_engine(replace(settings, engine="spark"))
    return open_engine(settings)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def writer(engine: Engine, recorder: Recorder) -> Writer:
    return Writer(engine, lambda _name: nullcontext(), recorder)


@pytest.fixture
def ref(tmp_path: Path) -> TableRef:
    return TableRef(tmp_path / "lake", "acme", "silver", "things")


def things(*pairs: tuple[int | None, str | None]) -> pa.Table:
    keys, names = [key for key, _ in pairs], [name for _, name in pairs]
    return pa.table({"key": pa.array(keys, pa.int64()), "name": pa.array(names, pa.string())})


def found(ref: TableRef) -> list[tuple[int, str]]:
    return sorted((row["key"], row["name"]) for row in read_arrow(ref).to_pylist())

"""The book executed: every chapter ends well, in time, shows what it says, and writes nothing."""

import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli import demo_data
from foundation.settings import Settings
from lakehouse.lake import Lake
from models.refresh import refresh
from notebooks.book import Chapter, chapters, execute, index_of, page_of
from tenancy.bootstrap import staff_actor
from tenancy.tenants import list_tenants

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
SCALE = 0.3
"""The smallest demonstration whose offers can be learned: 100 of each kind, and of none."""
COMPANIES = ("andina-movil", "caribe-conecta")
MOST_SECONDS = 120
"""Of processor time, which other work on the machine does not lengthen."""
SHOWN = {
    "1": [
        "Cómo se reparte: Cargo mensual (COP)",
        "Clientes por tipo de contrato",
        "Casos y llamadas por mes",
        "«se va en 30 días» según tipo de contrato",
    ],
    "2": ["Cómo se reparte: visitas en el mes", "Curva ROC", "Calibración", "Qué mueve más"],
    "3": ["quejas y reclamos en 30 días", "AUC", "La diferencia", "Calibración"],
    "4": ["Curva ROC", "Precisión y cobertura", "Calibración", "La diferencia", "aprendizaje"],
    "5": ["Solapamiento", "Efecto medio", "Ganancia media", "Curvas de Qini", "Qué se decidió"],
    "6": ["escala de riesgo", "Lo que se sabía al decidir", "Las razones, entonces y ahora"],
}
"""Number of a chapter → what the words of its pictures say."""


@dataclass(frozen=True)
class Executed:
    """A chapter with its outputs, and the processor time that they took."""

    chapter: Chapter
    notebook: Any
    seconds: float

    def outputs(self, kind: str) -> list[Any]:
        """Return the outputs of a MIME type."""
        found = [one for cell in self.notebook.cells for one in cell.get("outputs", [])]
        return [one for one in found if kind in one.get("data", {})]


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return an installation with two companies of the demonstration, small."""
    settings = Settings.at(tmp_path_factory.mktemp("book") / "data")
    made = demo_data.set_up(settings, SCALE, lambda step: None)
    with Lake.open(settings) as lake:
        staff = staff_actor(lake.store)
        for generated in (one for one in made if one.id in COMPANIES):
            tenant, _ = demo_data.prepare(lake, generated)
            for delivery in generated.deliveries:
                demo_data.deliver(lake, tenant, staff, delivery)
            refresh(lake, tenant)
    return settings


def state_of(settings: Settings) -> dict[str, int]:
    """Return the version of every table, and how many files the models take."""
    with Lake.open(settings) as lake:
        tenants = list_tenants(lake.store, staff_actor(lake.store))
        refs = [ref for tenant in tenants for ref in lake.refs(tenant)]
        versions = {str(ref): lake.history(ref, 1)[0].version for ref in refs}
    models = sum(1 for file in settings.mlflow_artifacts_dir.rglob("*") if file.is_file())
    return versions | {"models": models}


def seconds_of_children() -> float:
    """Return the processor time of the processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.fixture(scope="module", params=chapters(), ids=lambda one: one.path.stem)
def executed(request: pytest.FixtureRequest, demonstration: Settings) -> Executed:
    before, started = state_of(demonstration), seconds_of_children()
    notebook = execute(request.param.path, demonstration.data_dir)
    seconds = seconds_of_children() - started
    assert state_of(demonstration) == before, "a notebook wrote to the lake that it reads"
    return Executed(request.param, notebook, seconds)


def test_a_chapter_shows_the_pictures_that_it_speaks_of(executed: Executed):
    told = [one["metadata"]["image/png"]["alt"] for one in executed.outputs("image/png")]
    missing = [w for w in SHOWN[executed.chapter.title[0]] if not any(w in t for t in told)]
    assert not missing, told
    assert all(
        one["data"]["image/png"].startswith("iVBOR") for one in executed.outputs("image/png")
    )


def test_a_chapter_shows_tables_with_rows(executed: Executed):
    tables = [one["data"]["text/html"] for one in executed.outputs("text/html")]
    assert len(tables) >= 2
    assert sum("<td>" in table for table in tables) >= 2


def test_a_chapter_takes_less_than_two_minutes(executed: Executed):
    assert 1 < executed.seconds < MOST_SECONDS


def test_a_chapter_says_nothing_on_standard_error(executed: Executed):
    outputs = [one for cell in executed.notebook.cells for one in cell.get("outputs", [])]
    said = [one["text"] for one in outputs if one.get("name") == "stderr"]
    assert not said


def test_its_page_names_its_pictures_and_leads_on(executed: Executed, tmp_path: Path):
    page = page_of(executed.chapter, executed.notebook)
    pictures = executed.outputs("image/png")
    assert page.count("<img") == len(pictures)
    assert all(one["metadata"]["image/png"]["alt"].split(".")[0][:40] in page for one in pictures)
    assert 'href="index.html"' in page
    assert "http://" not in page.split("</style>")[-1].split("<main>")[0]
    assert executed.chapter.page in index_of()

"""A decision can be computed again from what its row keeps, or it is said why not."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc
import pytest

from features.shapes import FeatureFrame, TrainingSet
from foundation.errors import NotFound
from foundation.settings import Settings
from lakehouse.commits import Commit
from lakehouse.lake import Lake
from models.artifact import MODEL_FILE, Entry
from models.champion import Provenance
from models.example import synthetic_records
from models.judged import out_of_fold_table
from models.learn import learn
from models.registry import Registry
from models.replay import Replayed, replay
from models.risk import resolve
from models.score import Scorer
from models.score_table import score_rows
from tenancy.erasures import begin_erasure, finish_erasure, note_scores
from tests.blank_store import new_mlflow_store
from tests.ingestion_lake import ACTOR_OFFICER, TENANT, installation

Make = Callable[..., TrainingSet]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake.open(installation(tmp_path_factory.mktemp("replay"))) as lake:
        new_mlflow_store(lake.settings)
        yield lake


def registered(settings: Settings, name: str, made: TrainingSet) -> Scorer:
    """Register a version of a model and return its scorer."""
    learned = learn(made)
    rows = learned.rows
    bands = ()
    if made.model.task == "binary":
        bands = resolve(made.model.classes, learned.positives / len(rows), 30)
    registry = Registry(settings)
    entry = Entry(
        tenant_id=TENANT.id,
        model=name,
        pipeline=learned.pipeline,
        features=made.features,
        provenance=Provenance("1.0.0", {"customer": 3}, "0.1.0+x", "2026-01-01T00:00:00"),
        parameters={},
        metrics={},
        example=synthetic_records(rows.records, dict(rows.kinds)),
        out_of_fold=out_of_fold_table(rows, made.entity_ids, learned.judged, made.model),
        bands=bands,
    )
    registry.set_alias(registry.log(entry), "champion")
    return Scorer(registry.get(TENANT.id, name))


def scored(lake: Lake, name: str, made: TrainingSet) -> list[str]:
    """Score the training's own records as a batch does, and return the scores' ids."""
    model = replace(made.model, name=name)
    frame = FeatureFrame(
        model=model,
        records=made.records,
        entity_ids=made.entity_ids,
        person_tokens=made.groups,
        as_of=made.as_of,
        monthly_values=(None,) * len(made.records),
        features=made.features,
        table_versions={"customer": 3},
    )
    scores = registered(lake.settings, name, made).score(made.records)
    rows = score_rows(f"run-{name}", TENANT, frame, scores, datetime.now(UTC))
    lake.writer.append(lake.ref(TENANT, "gold", "score"), rows, Commit(f"run-{name}"))
    return rows["score_id"].to_pylist()


@pytest.fixture(scope="module")
def churn(lake: Lake, make: Make) -> list[str]:
    return scored(lake, "churn", make(300))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "text"), [("multiclass", False), ("number", False), ("binary", True)]
)
def test_every_kind_of_model_says_again_what_it_said(lake: Lake, make: Make, task: str, text: bool):
    made = make(200, task, text=text)
    family = "text_linear" if text else "linear"
    made = replace(made, model=replace(made.model, estimators=(family,)))
    for score_id in scored(lake, f"m-{task}-{text}".lower(), made)[:3]:
        found = replay(lake, TENANT, score_id)
        assert (found.verdict, found.differences) == ("same", ())


def test_it_is_the_same_and_says_so_in_both_languages(lake: Lake, churn: list[str]):
    seventeenth = churn[0]  # its complaints are unknown
    for score_id in [seventeenth, *churn[1 :: len(churn) // 7]]:
        found = replay(lake, TENANT, score_id)
        assert found.verdict == "same"
        assert found.now["probability"] == pytest.approx(found.then["probability"], abs=1e-12)
    assert "es la misma" in found.say("es")
    assert "it is the same" in found.say("en")
    assert found.now["reasons"][0]["text_en"] in found.say("en")


@pytest.mark.slow
def test_a_later_champion_does_not_change_what_was_decided(lake: Lake, make: Make):
    ids = scored(lake, "later", make(200))
    registered(lake.settings, "later", make(200, seed=9))
    assert replay(lake, TENANT, ids[0]).verdict == "same"


def test_a_stored_decision_that_was_tampered_with_is_told(lake: Lake, churn: list[str]):
    ref = lake.ref(TENANT, "gold", "score")
    row = lake.arrow(ref, where=pc.field("score_id") == churn[0])
    changed = row.set_column(
        row.column_names.index("probability"), "probability", pc.add(row["probability"], 1e-9)
    )
    forged = changed.set_column(0, "score_id", [["forged"]])
    lake.writer.append(ref, forged, Commit("forged"))
    found = replay(lake, TENANT, "forged")
    assert (found.verdict, found.differences) == ("different", ("probability",))
    assert "probability" in found.say("es")


@pytest.mark.slow
def test_a_changed_model_is_not_opened_and_a_lost_one_is_told(lake: Lake, make: Make):
    ids = scored(lake, "lost", make(200))
    champion = Registry(lake.settings).get(TENANT.id, "lost")
    (file,) = lake.settings.mlflow_artifacts_dir.rglob(f"{champion.run_id}/**/{MODEL_FILE}")
    file.write_bytes(file.read_bytes() + b"x")
    assert replay(lake, TENANT, ids[0]).verdict == "model_changed"
    Path(file).unlink()
    assert replay(lake, TENANT, ids[0]).verdict == "model_gone"


def test_an_erased_score_is_answered_by_the_receipt(lake: Lake):
    erasure = begin_erasure(
        lake.store, ACTOR_OFFICER, TENANT, "person", request="PQR-9", person_mark="m"
    )
    note_scores(lake.store, erasure, {lake.keys.of(TENANT).mark("score", "gone")})
    finish_erasure(lake.store, ACTOR_OFFICER, erasure)
    found = replay(lake, TENANT, "gone")
    assert found.verdict == "erased"
    assert "PQR-9" in found.say("es")


def test_what_was_never_scored_is_not_found(lake: Lake, churn: list[str]):
    with pytest.raises(NotFound):
        replay(lake, TENANT, "nothing")


def test_a_package_of_another_version_since_is_told():
    versions = {"model": "m", "version": "1", "contract": "1.0.0", "code": "old"}
    then = Replayed("s", "same", {}, {}, versions=versions | {"packages": "acme-models 1.4.2"})
    assert "entonces acme-models 1.4.2; ahora —" in then.say("es")
    none = Replayed("s", "same", {}, {}, versions=versions | {"packages": "—"})
    assert "acme" not in none.say("en")
    assert "then" not in none.say("en")

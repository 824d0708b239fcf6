"""A company's incidents are answered out of the lake: intent, urgency, replies with source."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from cli.main import build_app
from cli.session import Session
from features.text_set import labelled_texts, open_texts
from foundation.errors import NotAllowed, NotEnoughData, NotFound
from foundation.texts import LANGUAGES, Language
from ingestion.gold.refine import refine
from lakehouse.lake import Lake
from models.answering import ANSWERS, Answering, answering
from models.answers import answer_one, answer_open
from models.intent_training import FEWEST_PERSONS, train_missing_texts, train_texts
from models.refresh import models_lease
from models.registry import Registered, Registry
from models.text_model import TextModel
from pipelines.answer_assets import answers_key
from pipelines.definitions import build, job_name
from pipelines.home import open_instance
from pipelines.partitions import register
from tenancy.actor import Actor
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tests.company_of_texts import (
    OPEN,
    closed_incidents,
    company,
    customers,
    open_incidents,
    replies,
)
from tests.silver_rows import ACME, TELECOM, Rows, day, write_silver

pytestmark = pytest.mark.slow
Row = dict[str, object]
STAFF = Actor("staff:test", "staff", None, frozenset({"manager"}))
BETA = Tenant("beta", "Beta S. A. S.", "telecom")


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lake, Answering]]:
    """Return a lake in which everything was learned and answered; tests read it."""
    with company(tmp_path_factory.mktemp("answers")) as lake:
        create_tenant(lake.store, STAFF, BETA)
        yield lake, answering(lake, ACME, TELECOM)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with company(tmp_path) as lake:
        yield lake


def rows_of(lake: Lake, table: str, run_id: str) -> list[Row]:
    rows = lake.arrow(lake.ref(ACME, "gold", table)).to_pylist()
    return [row for row in rows if row["run_id"] == run_id]


def rewrite(lake: Lake, commit: str, **tables: Rows) -> None:
    for name, rows in tables.items():
        write_silver(lake, ACME, name, rows, commit)
    refine(lake, ACME, TELECOM)


def test_what_waits_is_told_intent_urgency_and_replies(answered: tuple[Lake, Answering]):
    lake, done = answered
    assert not done.left_out
    assert [one.alias for one in done.trained] == ["champion", "champion"]
    assert all(one.metrics["accuracy"].low > 0.9 for one in done.trained)
    rows = {str(row["incident_id"]): row for row in rows_of(lake, "answer", done.run.run_id)}
    assert rows.keys() == OPEN.keys()
    found = {name: (row["intent"], row["urgency"]) for name, row in rows.items()}
    assert found == {
        "O-1": ("cancel", "low"),
        "O-2": ("bill", "medium"),
        "O-3": ("fault", "urgent"),
        "O-4": (None, None),
        "O-5": (None, None),
    }
    assert (done.run.incidents, done.run.known, done.run.with_reply) == (5, 3, 3)
    assert all(0 < float(str(row["intent_probability"])) <= 1 for row in rows.values())
    assert {row["intent_version"] for row in rows.values()} == {"1"}


def test_each_suggestion_names_its_source(answered: tuple[Lake, Answering]):
    lake, done = answered
    rows = rows_of(lake, "suggestion", done.run.run_id)
    first = {str(row["asked_incident_id"]): row for row in rows if row["rank"] == 1}
    known = {row["response_id"]: row for row in replies()}
    expected = {"O-1": "baja", "O-2": "cobro", "O-3": "módem"}
    assert first.keys() == expected.keys()
    for name, word in expected.items():
        source = known[first[name]["response_id"]]
        assert word in str(source["text"])
        assert first[name]["incident_id"] == source.get("incident_id")
        assert first[name]["score"] == pytest.approx(
            float(str(first[name]["similarity"])) * float(str(first[name]["helpfulness"]))
        )


def test_nothing_new_changes_nothing(answered: tuple[Lake, Answering]):
    lake, done = answered
    again = answering(lake, ACME, TELECOM)
    assert (again.trained, again.run.already, again.run.run_id) == ([], True, done.run.run_id)
    assert len(rows_of(lake, "answer", done.run.run_id)) == len(OPEN)


def test_the_judged_are_persons_that_the_twin_had_not_seen_and_a_challenger_meets_them_again(
    answered: tuple[Lake, Answering],
):
    lake, done = answered
    registry = Registry(lake.settings)
    champion = registry.get(ACME.id, "intent")
    judged = registry.out_of_fold(ACME.id, champion.run_id)
    assert set(judged.column_names) == {"row", "person", "code", "right"}
    assert not {"c00", "I-000"} & {cell for c in judged.columns[:2] for cell in c.to_pylist()}
    again = train_texts(lake, ACME, "intent", TELECOM)
    assert again.metrics == done.trained[0].metrics
    registry.set_alias(Registered(champion.name, again.version, again.run_id), "champion")
    command = ["rollback", "acme", "intent"]
    assert CliRunner().invoke(build_app("es"), command, obj=Session(lake.settings)).exit_code == 0
    assert registry.get(ACME.id, "intent").version == champion.version


def test_the_registered_model_serves_what_it_says_here(answered: tuple[Lake, Answering]):
    import mlflow.pyfunc
    import numpy as np
    import pandas as pd

    from models.tracking import client_of

    lake, _ = answered
    champion = Registry(lake.settings).get(ACME.id, "urgency")
    found = client_of(lake.settings).get_model_version(champion.name, champion.version)
    served = mlflow.pyfunc.load_model(str(found.source))
    example = pd.DataFrame([{"incident_text": said} for _, said in OPEN.values() if said])
    here = champion.pipeline.predict_proba(example.to_dict("records"))
    assert np.allclose(served.predict(example), here)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_tells_it_in_both_languages(
    language: Language, answered: tuple[Lake, Answering]
):
    lake, _ = answered
    said = {"es": ("Motivo: bill", "Urgencia: media"), "en": ("Intent: bill", "Urgency: medium")}
    source = {"es": "respuesta R-I-", "en": "reply R-I-"}
    session = Session(lake.settings)
    done = CliRunner().invoke(build_app(language), ["replies", "acme", "O-2"], obj=session)
    assert done.exit_code == 0, done.output
    assert all(words in done.output for words in (*said[language], source[language]))
    unsure = CliRunner().invoke(build_app(language), ["replies", "acme", "O-4"], obj=session)
    assert {"es": "no sé", "en": "I don't know"}[language] in unsure.output


def test_another_company_knows_nothing_of_it(answered: tuple[Lake, Answering]):
    lake, _ = answered
    with pytest.raises(NotEnoughData):
        answer_one(lake, BETA, "O-1", TELECOM)
    assert Registry(lake.settings).find(BETA.id, "intent") is None
    with pytest.raises(NotFound):
        answer_one(lake, ACME, "of-nobody", TELECOM)


def test_an_incident_that_ended_is_not_answered_with_its_own_reply(
    answered: tuple[Lake, Answering],
):
    lake, _ = answered
    told = answer_one(lake, ACME, "I-001", TELECOM)
    assert told.intent is not None
    assert told.intent.name == "bill"
    assert told.suggestions[0].source.incident_id != "I-001"


def first_reply(lake: Lake, incident: str) -> str:
    return answer_one(lake, ACME, incident, TELECOM).suggestions[0].source.response_id


def test_what_was_used_and_solved_moves_the_ranking(lake: Lake):
    """Two replies to the same words: feedback alone tells which comes first."""
    cases = [
        {"incident_id": f"F-{n}", "person_token": f"c{n:02d}", "opened_at": day(n), "solved": True,
         "closed_at": day(n + 1), "text": "no funciona el módem"}
        for n in range(12)
    ]  # fmt: skip
    asked = {"incident_id": "F-x", "opened_at": day(90), "text": "mi módem no funciona"}

    def told(n: int, text: str, *, solved: bool) -> Row:
        return {"response_id": f"R-{n}", "incident_id": f"F-{n}", "kind": "reply", "text": text,
                "replied_at": day(n), "used": True, "solved": solved}  # fmt: skip

    good, bad = "Reinícielo, por favor.", "Espere a un técnico."
    first = [told(n, (good, bad)[n % 2], solved=n % 2 == 0) for n in range(12)]
    rewrite(lake, "one", incidents=[*cases, asked], responses=first)
    assert answer_one(lake, ACME, "F-x", TELECOM).suggestions[0].source.text == good
    second = [told(n, (good, bad)[n % 2], solved=n % 2 == 1) for n in range(12)]
    rewrite(lake, "two", responses=second)
    assert answer_one(lake, ACME, "F-x", TELECOM).suggestions[0].source.text == bad
    passed_over = [row | {"used": row["text"] == good} for row in second]
    rewrite(lake, "three", responses=passed_over)
    assert answer_one(lake, ACME, "F-x", TELECOM).suggestions[0].source.text == good


def test_only_articles_and_replies_whose_worth_is_known_are_suggested(lake: Lake):
    waits = {"incident_id": "W-1", "opened_at": day(80), "text": "no funciona el internet"}
    told = {"response_id": "R-W", "incident_id": "W-1", "kind": "reply", "replied_at": day(81),
            "text": "Recibimos su caso."}  # fmt: skip
    asked = waits | {"incident_id": "W-2"}
    article = replies()[0]
    rewrite(lake, "one", incidents=[waits, asked], responses=[article, told])
    assert first_reply(lake, "W-2") == "A-1"
    assert len(answer_one(lake, ACME, "W-2", TELECOM).suggestions) == 1
    rewrite(lake, "two", responses=[article, told | {"used": True, "solved": True}])
    assert "R-W" in {
        one.source.response_id for one in answer_one(lake, ACME, "W-2", TELECOM).suggestions
    }


def test_who_refuses_is_learned_from_by_nothing_and_who_objects_is_told_nothing(lake: Lake):
    everybody = labelled_texts(lake, ACME, TELECOM, "intent", 1000)
    before = first_reply(lake, "O-2")
    refusing = next(str(row["person_token"]) for row in closed_incidents()
                    if before == f"R-{row['incident_id']}")  # fmt: skip
    rewrite(lake, "said", customers=customers({refusing: False}, frozenset({"c01"})))
    left = labelled_texts(lake, ACME, TELECOM, "intent", 1000)
    assert refusing in everybody.persons
    assert set(everybody.persons) - set(left.persons) == {refusing}
    assert left.left_out == 1
    assert set(open_texts(lake, ACME, TELECOM).incident_ids) == OPEN.keys() - {"O-2"}
    with pytest.raises(NotAllowed) as told:
        answer_one(lake, ACME, "O-2", TELECOM)
    assert "objects" in told.value.say("en")
    rewrite(lake, "again", customers=customers({refusing: False}))
    assert first_reply(lake, "O-2") != before, "the refuser's reply is no source any more"


def test_below_the_floor_it_abstains_and_says_what_it_takes(lake: Lake):
    few = closed_incidents()[:40]
    rewrite(lake, "few", incidents=[*few, *open_incidents()])
    lake.drop(lake.ref(ACME, "gold", "response"))
    done = answering(lake, ACME, TELECOM)
    assert done.run is None
    assert done.left_out.keys() == {"intent", "urgency", ANSWERS}
    for language in LANGUAGES:
        words = done.left_out["intent"].say(language)
        assert "50" in words
        assert "40" in words
    rare = [row | {"intent": "once"} if n < FEWEST_PERSONS - 1 else row
            for n, row in enumerate(closed_incidents()[:58])]  # fmt: skip
    rewrite(lake, "rare", incidents=rare)
    with pytest.raises(NotEnoughData) as told:
        train_texts(lake, ACME, "intent", TELECOM)
    assert "49" in told.value.say("en"), "an intent of nine persons does not count"


def test_without_models_the_replies_are_suggested_all_the_same(lake: Lake):
    run = answer_open(lake, ACME, TELECOM)
    assert (run.known, run.with_reply, run.missing) == (0, 3, ("intent", "urgency"))
    rows = rows_of(lake, "answer", run.run_id)
    assert {row["intent_probability"] for row in rows} == {None}


def test_where_nothing_is_ever_closed_the_newest_wait_though_one_is_dated_in_the_future(lake: Lake):
    never = [row | {"closed_at": None, "solved": None} for row in closed_incidents()]
    rewrite(lake, "never", incidents=[*never, *open_incidents()])
    waiting = set(open_texts(lake, ACME, TELECOM).incident_ids)
    assert OPEN.keys() < waiting
    never[0] |= {"opened_at": day(365 * 70)}
    rewrite(lake, "wrong", incidents=[*never, *open_incidents()])
    assert set(open_texts(lake, ACME, TELECOM).incident_ids) == waiting | {"I-000"}


def test_answering_in_dagster_waits_until_an_erasure_is_over(lake: Lake):
    rewrite(lake, "few", incidents=[*closed_incidents()[:40], *open_incidents()])  # learns nothing
    job = build(lake.settings).resolve_job_def(job_name("telecom"))
    answers = lake.ref(ACME, "gold", "answer")
    with open_instance(lake.settings) as instance, ThreadPoolExecutor(1) as pool:
        register(instance, [ACME])
        with models_lease(lake, ACME):
            done = pool.submit(
                job.execute_in_process, instance=instance, partition_key=ACME.id,
                asset_selection=[answers_key("telecom")],
            )  # fmt: skip
            with pytest.raises(TimeoutError):
                done.exception(20)
            assert not lake.exists(answers)
        assert done.result(120).success
    assert lake.exists(answers)


def test_a_column_that_the_words_do_not_tell_makes_no_model_and_is_not_tried_again(lake: Lake):
    chance = Random(7)
    noise = [
        row | {"priority": chance.choice(["low", "medium", "high"])} for row in closed_incidents()
    ]
    rewrite(lake, "noise", incidents=noise)
    with pytest.raises(NotEnoughData) as told:
        train_missing_texts(lake, ACME, "urgency", TELECOM)
    assert "priority" in told.value.say("en")
    assert Registry(lake.settings).find(ACME.id, "urgency") is None
    quality = lake.ref(ACME, "gold", "model_quality")
    version = lake.version(quality)
    with pytest.raises(NotEnoughData):
        train_missing_texts(lake, ACME, "urgency", TELECOM)
    assert lake.version(quality) == version


def test_what_fewer_than_ten_persons_write_is_in_no_stored_model(lake: Lake):
    secret = [row | {"text": f"{row['text']} zafiro"} if n < 3 else row
              for n, row in enumerate(closed_incidents())]  # fmt: skip
    rewrite(lake, "secret", incidents=secret)
    train_texts(lake, ACME, "intent", TELECOM)
    model: object = Registry(lake.settings).get(ACME.id, "intent").pipeline
    assert isinstance(model, TextModel)
    kept = [*model.classifier_.words_.terms_, *model.classifier_.characters_.terms_]
    assert "factura" in kept
    assert not [term for term in kept if "zaf" in term]

"""Each part of an answer stands alone: what one meets keeps no other from speaking."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data_contracts.contract import Contract
from foundation.clock import utc_now
from foundation.errors import NotEnoughData
from lakehouse.lake import Lake
from models.live import LiveModels
from operations.incidents import answer
from operations.incidents.answer import answers, spoken
from operations.incidents.asking import Asking, KeptScore, Part, Question
from operations.incidents.intake import Intake
from tests.ingestion_lake import TENANT, installation


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    opened = Lake.open(installation(tmp_path))
    yield opened
    opened.close()


def question(number: int, **values: str) -> Question:
    return Question(f"I{number}", Intake(None, None, utc_now(), dict(values)))


def fine(asking: Asking) -> list[Part]:
    for one in asking.questions:
        asking.keep(one, KeptScore(f"s{one.incident_id}", "fine", {}))
    return [{"said": one.said, "words": {"es": "bien", "en": "fine"}} for one in asking.questions]


def missing(_: Asking) -> list[Part]:
    raise NotEnoughData("incidents.no_words")


def broken(_: Asking) -> list[Part]:
    raise ZeroDivisionError("1000000001 cannot be divided")


def each_its_own(asking: Asking) -> list[Part]:
    return [NotEnoughData("incidents.nobody_named"), *({"n": 1} for _ in asking.questions[1:])]


def told(lake: Lake, *questions: Question) -> list[answer.Answer]:
    contract: Contract = lake.contract_of(TENANT)
    parts = {"fine": fine, "missing": missing, "broken": broken, "each": each_its_own}
    return answers(lake, LiveModels(lake), TENANT, contract, questions, parts=parts)


def test_what_breaks_is_told_under_a_reference_and_what_is_whole_is_said(
    lake: Lake, caplog: pytest.LogCaptureFixture
):
    first, second = told(lake, question(1, subject="Hola", text="no hay señal"), question(2))
    assert first.told["fine"]["said"] == "Hola\nno hay señal"
    assert first.told["missing"] is None and first.told["broken"] is None
    assert {one["part"]: one["key"] for one in first.told["absent"]} == {
        "missing": "incidents.no_words",
        "broken": "incidents.part_failed",
        "each": "incidents.nobody_named",
    }
    assert second.told["each"] == {"n": 1}
    assert [one.score_id for one in first.scores] == ["sI1"]
    said = spoken(first.told, "es")
    assert said["fine"]["words"] == "bien"
    message = next(one["message"] for one in said["absent"] if one["part"] == "broken")
    (record,) = caplog.records
    facts = record.__dict__["facts"]
    assert facts["part"] == "broken" and facts["reference"] in message
    assert "1000000001" not in " ".join(facts["failure"][:1])


def test_nothing_asked_is_nothing_answered(lake: Lake):
    assert told(lake) == []

"""A card says what a version is for, how good it is and for whom, and where its limits are."""

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from foundation.texts import LANGUAGES, Language
from models.card import Card
from models.card_text import to_markdown
from models.champion import Champion, Provenance
from models.risk import RiskBand, resolve
from models.slices import slice_figures
from tests.silver_rows import TELECOM

SIZE = 1_000


def judged() -> pa.Table:
    """Return rows of two groups of one size; the second is told apart by nothing."""
    drawn = np.random.default_rng(0)
    truth = drawn.normal(-0.5, 2.0, SIZE)
    code = (drawn.random(SIZE) < 1 / (1 + np.exp(-truth))).astype(float)
    first = np.arange(SIZE) % 2 == 0
    told = np.where(first, truth, -0.5)
    names = [["gender=female"] if one else ["gender=male"] for one in first]
    rare = [[*own, "gender=other"] if i < 50 else own for i, own in enumerate(names)]
    persons = [f"p{i}" for i in range(SIZE)]
    return pa.table(
        {"person": persons, "code": code, "margins": [[m] for m in told], "slices": rare}
    )


@pytest.fixture
def card() -> Card:
    champion = Champion(
        name="abcall.acme.churn",
        version="7",
        pipeline=None,  # type: ignore[arg-type]  # a card never asks it
        features=(),
        provenance=Provenance("1.1.0", {"customer": 3}, "0.1.0+ab", "2026-11-01T10:20:30+00:00"),
        bands=(RiskBand("high", 2.5, 0.5),),
        estimator="linear+boosted",
        metrics={"auc": 0.8123, "auc_low": 0.79, "auc_high": 0.83, "calibration_slope": 1.01},
    )
    return Card(
        tenant_name="Acme *SA*",
        contract=TELECOM,
        model=TELECOM.model("churn"),
        champion=champion,
        parameters={"split": "time", "rows": "7043", "positives": "1869", "persons_left_out": "3"},
        metrics=champion.metrics,
        left_out={"city": "too_many_values", "exit_score": "suspect_tells_alone"},
        slices=slice_figures(judged(), 0.5),
        threshold=0.5,
        champions=("5", "7"),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_complete_in_both_languages_and_a_tenant_s_signs_stay_signs(
    card: Card, language: Language
):
    told = to_markdown(card, language)
    assert card.model.title[language] in told.splitlines()[0]
    assert "Acme \\*SA\\*" in told and "5, 7" in told
    assert "card." not in told and "{" not in told
    assert told.startswith("# ")
    assert len(re.findall(r"^## ", told, re.MULTILINE)) == 5


def test_figures_are_written_as_the_reader_writes_them(card: Card):
    assert "| 0,812 | 0,790 – 0,830 |" in to_markdown(card, "es")
    assert "| 0.812 | 0.790 – 0.830 |" in to_markdown(card, "en")
    assert "7.043 filas, 1.869" in to_markdown(card, "es")


def test_groups_have_their_own_figures_and_a_difference_is_said(card: Card):
    female, male = card.slices
    assert (female.name, male.name) == ("gender=female", "gender=male")
    assert female.auc > 0.8 and male.auc == pytest.approx(0.5)
    assert male.flagged_rate == 0 and female.true_positive_rate > 0.5
    assert "halla al" in to_markdown(card, "es")
    assert len(card.slices) == 2, "a group of 50 rows says nothing"


def test_a_group_of_few_persons_has_no_figures_however_many_their_cases():
    table = judged()
    few = [f"p{i % 4}" if names[0] == "gender=male" else f"p{i}"
           for i, names in enumerate(table["slices"].to_pylist())]  # fmt: skip
    table = table.set_column(0, "person", pa.array(few))
    assert [one.name for one in slice_figures(table, 0.5)] == ["gender=female"]


def test_without_groups_or_classes_nothing_is_invented(card: Card):
    assert "100, y 20" in to_markdown(replace(card, slices=()), "es")
    assert "señala" not in to_markdown(replace(card, slices=(), threshold=None), "es")


@pytest.mark.parametrize("language", LANGUAGES)
def test_classes_by_cost_are_told_with_what_their_actions_cost(card: Card, language: Language):
    risk = TELECOM.model("incident_risk")
    bands = resolve(risk.classes, 0.1, risk.label.horizon_days)
    told = to_markdown(
        replace(card, model=risk, champion=replace(card.champion, bands=bands)), language
    )
    line = {
        "es": "| crítico | 40,0 % | 0,07 | 60,0 % |",
        "en": "| critical | 40.0 % | 0.07 | 60.0 % |",
    }
    assert line[language] in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_well_it_is_told_when_stands_beside_the_curve_of_everyone(
    card: Card, language: Language
):
    judged = {"integrated_brier": 0.11, "usual_integrated_brier": 0.13, "concordance": 0.71}
    told = to_markdown(replace(card, timing=judged), language)
    assert "Kaplan–Meier" in told
    assert {"es": "0,710", "en": "0.710"}[language] in told
    assert "Kaplan" not in to_markdown(card, language)


def test_what_was_left_out_says_why(card: Card):
    told = to_markdown(card, "en")
    assert "`exit_score`: it gives the outcome away" in told
    assert "`city`: it has too many different values" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_packages_that_it_learned_with_stand_on_it(card: Card, language: Language):
    provenance = replace(card.champion.provenance, packages={"acme-models": "1.4.2"})
    with_one = replace(card, champion=replace(card.champion, provenance=provenance))
    assert "acme-models 1.4.2" in to_markdown(with_one, language)
    assert "acme-models" not in to_markdown(card, language)

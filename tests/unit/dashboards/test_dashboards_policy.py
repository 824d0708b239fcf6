"""Small groups, formats and sentences: pure, tested at their boundaries."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import figures
from dashboards.monthly import month_bars, whole_months
from dashboards.queries import RISKY, ClassCount, Month, Risk
from dashboards.small_groups import SMALLEST, may_show, shown_groups, shown_halves
from dashboards.words import Words
from data_contracts.contract import Label, LabelKind
from data_contracts.loader import load_contracts

ES, EN = Words("es"), Words("en")


@pytest.mark.parametrize(("persons", "shown"), [(0, True), (1, False), (4, False), (5, True)])
def test_a_figure_needs_five_persons_or_none(persons: int, shown: bool):
    assert may_show(persons) is shown


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 12), min_size=1))
def test_what_is_hidden_cannot_be_had_by_subtraction(persons: dict[str, int]):
    shown = shown_groups(persons)
    hidden = {name for name in persons if name not in shown}
    assert not any(0 < persons[name] < SMALLEST for name in shown)
    others = [name for name in persons if persons[name] and name not in hidden]
    assert len(hidden) != 1 or not others


@given(st.lists(st.integers(0, 12), min_size=4, max_size=4))
def test_nor_from_the_sum_of_the_risky_ones(counts: list[int]):
    persons = dict(zip(("critical", "high", "medium", "low"), counts, strict=True))
    risky = persons["critical"] + persons["high"]
    shown = shown_halves(persons, RISKY, risky)
    assert not any(0 < persons[name] < SMALLEST for name in shown)
    sum_is_shown = may_show(risky)
    for told_together in (
        [("critical", "high"), ("medium", "low")] if sum_is_shown else [tuple(persons)]
    ):
        hidden = [name for name in told_together if name not in shown]
        assert len(hidden) != 1 or not any(persons[n] for n in told_together if n in shown)


def test_colombian_spanish_and_english_write_the_same_amounts_their_own_way():
    assert ES.number(Decimal("1234.56"), 2) == "1.234,56"
    assert ES.money(Decimal("45900.4")) == "COP 45.900"
    assert EN.money(Decimal("45900.4")) == "COP 45,900"
    assert ES.share(0.124, 1) == "12,4 %"
    assert ES.short_money(Decimal(12_345_678)) == "COP 12,3 millones"


def test_a_moment_is_told_in_the_tenants_time_zone():
    night = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
    assert ES.day(night) == "23 nov 2026"
    assert ES.moment(night) == "23 nov 2026, 21:30"
    assert EN.day(night) == "23 Nov 2026"


@pytest.mark.parametrize(
    ("probability", "sentence"),
    [
        (0.004, "menos de 1 de cada 100"),
        (0.03, "unos 3 de cada 100"),
        (0.25, "unos 2 de cada 10"),
        (0.81, "unos 8 de cada 10"),
        (0.97, "casi todos"),
    ],
)
def test_a_probability_is_told_as_people_count(probability: float, sentence: str):
    assert figures.odds(probability, ES) == sentence


def risk(critical: int, persons: int | None = None, money: Decimal | None = Decimal(1000)) -> Risk:
    classes = (ClassCount("critical", critical, critical), ClassCount("high", 0, 0),
               ClassCount("medium", 0, 0), ClassCount("low", 60, 60))  # fmt: skip
    everyone = critical + 60 if persons is None else persons
    return Risk(classes, 48.0, 12.7, money, 100.0, everyone, critical)


def test_the_overview_tells_the_interval_in_words():
    told = figures.customers_figure(risk(50), 30, ES)
    assert (told.value, told.detail) == (
        "50",
        "Se irían entre 41 y 55 clientes de un total de 110 en 30 días",
    )


@pytest.mark.parametrize(
    ("vertical", "told"),
    [("telecom", "Se escalarían"), ("public_services", "Se responderían tarde")],
)
def test_cases_at_risk_are_told_by_what_their_contract_predicts(vertical: str, told: str):
    label = load_contracts()[vertical].model("incident_risk").label
    figure = figures.incidents_figure(risk(50), label, ES)
    assert figure.detail == f"{told} entre 41 y 55 casos de 110"


@pytest.mark.parametrize("words", [ES, EN])
@pytest.mark.parametrize("outcome", [*figures.OUTCOMES, "satisfaction"])
def test_every_outcome_has_its_sentences(words: Words, outcome: str):
    kind: LabelKind = "late" if outcome == "late" else "column"
    ending = figures.outcome_of(Label("incidents", (kind,), outcome, None, 30))
    assert "9 " in words.say(f"case_{ending}", odds="9 de 10")
    assert "7" in words.say(f"of_cases_{ending}", detail="7", all=9)


def test_when_is_told_as_people_count():
    told = {"days": [30, 90], "probabilities": [0.11, 0.62], "median_days": 61.4}
    assert figures.by_days(told, ES) == [
        ("En 30 días", "unos 1 de cada 10"),
        ("En 90 días", "unos 6 de cada 10"),
    ]
    assert "al cabo de unos 61 días" in figures.half_gone(told, "customers", ES)
    assert figures.half_gone({**told, "median_days": 0.2}, "cases", EN).endswith("closed in 1 day")


def test_a_half_that_lies_beyond_what_is_known_is_not_made_up():
    told = {"days": [30, 90], "probabilities": [0.1, 0.2], "median_days": None}
    assert figures.half_gone(told, "customers", EN).endswith("still there after 90 days.")


def test_without_dated_outcomes_no_number_of_days_is_promised():
    assert figures.customers_figure(risk(50), None, ES).detail.endswith("de 110")


def test_a_figure_over_four_persons_is_not_told_and_over_five_it_is():
    assert figures.customers_figure(risk(4), 30, ES).value == "Menos de 5"
    assert figures.customers_figure(risk(5), 30, ES).value == "5"
    assert "menos de 5" in figures.headline(risk(4), None, 0, ES)


def test_the_headline_falls_back_from_customers_to_cases_to_rows_to_calm():
    assert figures.headline(risk(50), risk(9), 3, ES).startswith("Hoy hay 50 clientes")
    assert figures.headline(risk(0), risk(9), 3, ES).startswith("Hoy hay 9 casos")
    assert figures.headline(None, risk(0), 3, ES) == (
        "Hoy no hay clientes ni casos en riesgo alto. Quedan 3 filas rechazadas por corregir."
    )
    assert figures.headline(risk(0), None, 0, EN) == (
        "Today no customer and no case is at high risk."
    )


def test_what_nobody_has_scored_is_not_told_to_be_without_risk():
    for rejected in (0, 3):
        for words in (ES, EN):
            told = figures.headline(None, None, rejected, words)
            assert words.say("headline_unscored") in told
            assert words.say("headline_calm") not in told


def test_unknown_value_is_said_instead_of_zero_money():
    assert figures.money_figure(risk(50, money=None), ES).value == "—"


def test_a_cut_month_is_left_out_and_few_persons_are_not_drawn():
    def month(number: int, day: int, events: int) -> Month:
        return Month(datetime(2026, number, 1), events, events, datetime(2026, number, day))

    cut = [month(9, 30, 12), month(10, 31, 4), month(11, 23, 9)]
    assert [one.month.month for one in whole_months(cut)] == [9, 10]
    assert [row["count"] for row in month_bars(cut, ES)] == [12, None]
    assert [one.month.month for one in whole_months(cut[:2])] == [9, 10]
    assert len(whole_months(cut[2:])) == 1

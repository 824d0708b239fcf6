"""Classes of risk by cost: the one holds whose action costs least, all counted."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.contract import Action, Contract, RiskClass
from data_contracts.loader import load_contracts
from data_contracts.predictions import RISK_CLASSES
from models.cross import out_of_fold
from models.evaluate import auc_with_interval
from models.risk import cost_lines, resolve, risk_class, say_bands
from models.rows import Rows
from tests.unit.models.conftest import TEXT, declaration, training

ACTIONS = [("0", "0"), ("0.01", "0.2"), ("0.03", "0.4"), ("0.07", "0.6")]
CLASSES = tuple(
    RiskClass(name, action=Action(Decimal(cost), Decimal(share)))
    for name, (cost, share) in zip(RISK_CLASSES, ACTIONS, strict=True)
)
"""0.01, 0.03 and 0.07 months; half a month is lost where nothing helps (15 days)."""


def cost(one: RiskClass, probability: float, loss: float) -> float:
    """Return what a class's action and what it does not avert cost together."""
    assert one.action
    left = 1 - float(one.action.averted_share)
    return float(one.action.cost_months) + left * probability * loss


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0.0, "low"),
        (0.0999, "low"),
        (0.1, "medium"),
        (0.2, "high"),
        (0.4, "critical"),
        (1.0, "critical"),
    ],
)
def test_each_class_begins_where_its_action_draws_level(probability: float, expected: str):
    assert cost_lines(CLASSES, 15) == [0.0, 0.1, 0.2, 0.4]
    assert risk_class(probability, resolve(CLASSES, 0.02, 15)) == expected


@given(st.floats(0, 1), st.integers(1, 90), st.floats(0.001, 0.999))
def test_no_other_class_would_cost_less(probability: float, days: int, base_rate: float):
    held = risk_class(probability, resolve(CLASSES, base_rate, days))
    costs = {one.name: cost(one, probability, days / 30) for one in CLASSES}
    assert held is not None
    assert costs[held] <= min(costs.values()) + 1e-9


def test_an_action_dearer_than_what_it_saves_is_never_called_for():
    """A day's loss is a thirtieth of a month: 0.01 months avert 0.0067 of them at most."""
    assert [band.name for band in resolve(CLASSES, 0.02, 1)] == ["low"]


@pytest.mark.parametrize("contract", load_contracts().values(), ids=load_contracts())
def test_every_class_of_an_incident_may_come_about(contract: Contract):
    model = contract.model("incident_risk")
    bands = resolve(model.classes, 0.1, model.label.horizon_days)
    assert [band.name for band in bands] == list(RISK_CLASSES)


def test_lines_by_cost_are_told_below_the_usual_too():
    said = say_bands(resolve(CLASSES, 0.25, 15), 0.25, "es")
    assert said.startswith(
        "Lo usual es 25,0 %; medio desde 10,0 % (0,4 veces lo usual), alto desde"
    )


COMPLAINTS = {
    "es": (
        ["voy a demandarlos ante la superintendencia", "exijo hablar con su jefe, es un abuso"],
        ["quisiera saber la fecha de mi factura", "por favor cambien mi dirección de correo"],
        [
            "llevo {n} días esperando",
            "llamé {n} veces a la línea",
            "mi contrato vence en {n}",
        ],
    ),
    "en": (
        ["I will sue you before the regulator", "I demand to speak to your boss, this is abuse"],
        ["I would like to know when my bill is due", "please change my postal address"],
        [
            "I have waited for {n} days",
            "I called the line {n} times",
            "my contract ends in {n}",
        ],
    ),
}


@pytest.mark.slow
def test_risk_is_told_from_texts_in_either_language():
    """One model of both: a threat escalates in four of five, a question in one of ten."""
    drawn = np.random.default_rng(3)
    records, escalated, spoken = [], [], []
    for _ in range(600):
        language = str(drawn.choice(list(COMPLAINTS)))
        threats, questions, rest = COMPLAINTS[language]
        threatens = bool(drawn.random() < 0.35)
        said = str(drawn.choice(threats if threatens else questions))
        more = str(drawn.choice(rest)).format(n=drawn.integers(2, 60))
        records.append({"text": f"{more}. {said}."})
        escalated.append(drawn.random() < (0.8 if threatens else 0.1))
        spoken.append(language)
    y = np.array(escalated, dtype=np.int8)
    made = training(records, y, (TEXT,), declaration(estimators=("text_linear",)))
    rows = Rows.of(made)
    margins = out_of_fold(rows, made.model.estimators, "auc").margins[:, 0]
    for language in COMPLAINTS:
        own = np.array(spoken) == language
        assert auc_with_interval(y[own], margins[own]).low > 0.7, language

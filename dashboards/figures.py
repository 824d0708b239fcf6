"""Sentences and figures: pure functions from what the queries found to what a person reads."""

from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, sqrt

from dashboards.gold import Row
from dashboards.queries import RISK_CLASSES, RISKY, Risk, Run
from dashboards.small_groups import SMALLEST, may_show, shown_halves
from dashboards.words import Words
from data_contracts.contract import Label, Model

NORMAL_95 = 1.959964
OUTCOMES, OTHER = ("escalated", "disputed", "late", "churned"), "other"
"""Outcomes of which the texts speak by name; of any other they say that it happens."""

SHAPES = {"critical": "◆", "high": "▲", "medium": "●", "low": "○"}
"""Each class of risk has its own shape, so that colour is never the only sign."""


@dataclass(frozen=True)
class Figure:
    """A figure on a card: its name, value, comparison or interval in words, and what it means."""

    title: str
    value: str
    detail: str
    explanation: str


def interval(expected: float, variance: float) -> tuple[int, int]:
    """Return where a Poisson-binomial count lies with 95 % confidence (normal approximation).

    >>> interval(48.0, 12.7)
    (41, 55)
    >>> interval(0.5, 0.4)
    (0, 2)
    """
    half = NORMAL_95 * sqrt(variance)
    return max(0, floor(expected - half + 1e-9)), ceil(expected + half - 1e-9)


def between(words: Words, key: str, low: int, high: int) -> str:
    """Return «entre 41 y 55 clientes»; one figure where both ends are equal."""
    if low == high:
        return words.count(f"{key}_about", low)
    return words.say(f"{key}_between", low=words.number(low), high=words.number(high))


def hidden(words: Words) -> str:
    """Return what stands in the place of a figure over too few persons."""
    return words.say("fewer_than", count=words.number(SMALLEST))


def odds(probability: float, words: Words) -> str:
    """Return a probability as people count: «8 de cada 10», «3 de cada 100»."""
    if probability < 0.01:
        return words.say("odds_least")
    if probability < 0.095:
        return words.say("odds_hundred", count=words.number(round(probability * 100)))
    if probability >= 0.95:
        return words.say("odds_most")
    return words.say("odds_ten", count=words.number(max(1, min(9, round(probability * 10)))))


def by_days(told: Row, words: Words) -> list[tuple[str, str]]:
    """Return, for each number of days, to how many of those alike it has come by then."""
    pairs = zip(told["days"], told["probabilities"], strict=True)
    return [(words.count("in_days", days), odds(chance, words)) for days, chance in pairs]


def half_gone(told: Row, key: str, words: Words) -> str:
    """Return after how many days half of those alike have come to it, where that is known."""
    median = told["median_days"]
    if median is None:
        return words.say(f"half_{key}_later", days=words.number(told["days"][-1]))
    return words.count(f"half_{key}", max(1, round(median)))


def outcome_of(label: Label) -> str:
    """Return the ending of the sentences that speak of a label's outcome."""
    return label.outcome if label.outcome in OUTCOMES else OTHER


def class_name(risk_class: str | None, words: Words) -> str:
    """Return a class of risk by shape and word: «▲ Alto»."""
    if risk_class not in SHAPES:
        return words.say("class_none")
    return f"{SHAPES[risk_class]} {words.say(f'class_{risk_class}')}"


def headline(customers: Risk | None, incidents: Risk | None, rejected: int, words: Words) -> str:
    """Return the one sentence that says what matters today."""
    if customers is not None and customers.risky:
        people = counted(words, "headline_customers", customers.risky, customers.risky_persons)
        if customers.money is not None and may_show(customers.persons):
            low, high = money_between(customers)
            stake = words.say(
                "headline_money", low=words.short_money(low), high=words.short_money(high)
            )
            return f"{people} {stake}"
        return people
    if incidents is not None and incidents.risky:
        return counted(words, "headline_incidents", incidents.risky, incidents.risky_persons)
    scored = customers is not None or incidents is not None
    risks = words.say("headline_calm" if scored else "headline_unscored")
    return f"{risks} {words.count('headline_rejected', rejected)}" if rejected else risks


def counted(words: Words, key: str, entities: int, persons: int) -> str:
    """Return a sentence with a count, or with «menos de 5» where it is over too few persons."""
    if not may_show(persons):
        return words.say(f"{key}_few", count=words.number(SMALLEST))
    return words.count(key, entities)


def money_between(risk: Risk) -> tuple[Decimal, Decimal]:
    """Return where the money that will be lost lies with 95 % confidence, in two figures."""
    half = NORMAL_95 * sqrt(risk.money_variance)
    middle = float(risk.money or 0)
    return _rounded(max(0.0, middle - half)), _rounded(middle + half)


def customers_figure(risk: Risk, days: int | None, words: Words) -> Figure:
    """Return customers at risk, and how many are expected to leave."""
    if may_show(risk.persons):
        detail = between(words, "leavers", *interval(risk.expected, risk.variance))
        when = words.say("within_days", days=words.number(days)) if days else ""
        detail = words.say("of_customers", detail=detail, all=words.number(risk.entities)) + when
    else:
        detail = words.say("too_few_to_say")
    return Figure(
        words.say("customers_at_risk"),
        words.number(risk.risky) if may_show(risk.risky_persons) else hidden(words),
        detail,
        words.say("customers_at_risk_help"),
    )


def money_figure(risk: Risk, words: Words) -> Figure:
    """Return the money at risk: Σ churn probability × customer's value over the horizon."""
    title, explanation = words.say("money_at_risk"), words.say("money_at_risk_help")
    if risk.money is None:
        return Figure(title, "—", words.say("no_value_known"), explanation)
    if not may_show(risk.persons):
        return Figure(title, hidden(words), words.say("too_few_to_say"), explanation)
    low, high = (words.short_money(end) for end in money_between(risk))
    detail = words.say("money_between", low=low, high=high)
    return Figure(title, words.short_money(risk.money), detail, explanation)


def incidents_figure(risk: Risk, label: Label, words: Words) -> Figure:
    """Return incidents to which what the model predicts is likely to happen."""
    if may_show(risk.persons):
        detail = between(words, "escalating", *interval(risk.expected, risk.variance))
        key = f"of_cases_{outcome_of(label)}"
        detail = words.say(key, detail=detail, all=words.number(risk.entities))
    else:
        detail = words.say("too_few_to_say")
    return Figure(
        words.say("incidents_at_risk"),
        words.number(risk.risky) if may_show(risk.risky_persons) else hidden(words),
        detail,
        words.say("incidents_at_risk_help"),
    )


def rejected_figure(rows: int, uploads: int, words: Words) -> Figure:
    """Return rejected rows that wait to be corrected."""
    return Figure(
        words.say("rejected_rows"),
        words.number(rows),
        words.count("rejected_in", uploads) if rows else words.say("rejected_none"),
        words.say("rejected_rows_help"),
    )


def class_bars(risk: Risk, words: Words) -> list[Row]:
    """Return a row a class for the chart: name, count (None where hidden), words on the bar."""
    persons = {one.risk_class: one.persons for one in risk.classes}
    shown = shown_halves(persons, RISKY, risk.risky_persons)
    counts = {one.risk_class: one.entities for one in risk.classes}
    return [
        {
            "risk_class": name,
            "label": class_name(name, words),
            "count": counts[name] if name in shown else None,
            "words": words.number(counts[name]) if name in shown else hidden_in(words),
        }
        for name in RISK_CLASSES
    ]


def hidden_in(words: Words) -> str:
    """Return what stands on a bar that is not drawn."""
    return words.say("not_shown")


def quality_sentence(figures: dict[str, Row], model: Model, words: Words) -> str | None:
    """Return the model's quality in plain words; None where it has not been judged.

    AUC is the chance that of a pair, one with the outcome and one without, the model ranks the
    former higher (Hanley and McNeil, 1982).
    """
    auc = figures.get("auc")
    if auc is None:
        return None
    told = figures.get("accuracy", auc) if model.task == "multiclass" else auc
    right, low, high = (round(100 * told[name]) for name in ("value", "low", "high"))
    return words.say(
        _quality_key(model),
        right=right,
        low=low,
        high=high,
        rows=words.number(auc["rows"]),
        day=words.day(auc["trained_at"]),
    )


def _quality_key(model: Model) -> str:
    """Return the key of the sentence that says how well an outcome is foreseen."""
    if model.task == "multiclass":
        return f"quality_{model.entity}_classes"
    known = model.entity == "incident" or model.label.outcome == "churned"
    return f"quality_{model.entity}_{outcome_of(model.label) if known else OTHER}"


def quality_verdict(auc: float, words: Words) -> str:
    """Return what such an AUC is good for (Hosmer, Lemeshow, Sturdivant, 2013, 5.2.4)."""
    steps = ((0.9, "excellent"), (0.8, "good"), (0.7, "fair"), (0.6, "weak"))
    found = next((name for start, name in steps if auc >= start), "poor")
    return words.say(f"verdict_{found}")


def freshness(run: Run | None, uploaded_at: str | None, words: Words) -> str:
    """Return how fresh the page is: the data's moment, the scoring and the last upload."""
    parts = []
    if run is not None:
        parts.append(
            words.say(
                "fresh_scores",
                scored=words.moment(run.scored_at),
                version=run.model_version,
                data=words.day(run.as_of_at),
            )
        )
    if uploaded_at is not None:
        parts.append(words.say("fresh_upload", at=uploaded_at))
    return " ".join(parts) or words.say("fresh_never")


def _rounded(value: float) -> Decimal:
    """Return an amount with two figures that count: an interval knows no more."""
    if value < 1:
        return Decimal(0)
    scale = 10 ** max(0, len(str(int(value))) - 2)
    return Decimal(round(value / scale) * scale)

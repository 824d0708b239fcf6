"""What a vertical's own models say, beside leaving and incidents at risk: sentences and tables."""

from dataclasses import dataclass

from dashboards import figures, queries
from dashboards.gold import Gold, Row
from dashboards.queries import Run
from dashboards.small_groups import may_show, shown_groups
from dashboards.words import Words
from data_contracts.contract import Contract, Model

KNOWN = ("churn", "incident_risk")
"""Models of every vertical, which the pages speak of by name."""


@dataclass(frozen=True)
class Outlook:
    """One model's newest run as a reader sees it.

    Attributes
    ----------
    sentence
        What is to be expected of all who were scored.
    groups
        Of an outcome of several classes: each class in words, and how many are likeliest in it.
    """

    model: Model
    run: Run
    sentence: str
    groups: tuple[tuple[str, str], ...] = ()


def outlooks(gold: Gold, contract: Contract, words: Words) -> list[Outlook]:
    """Return what the vertical's own models say, those only that have scored."""
    own = [model for model in contract.models if model.name not in KNOWN]
    runs = [(model, queries.latest_run(gold, model.name)) for model in own]
    return [_outlook(gold, contract, model, run, words) for model, run in runs if run is not None]


def _outlook(gold: Gold, contract: Contract, model: Model, run: Run, words: Words) -> Outlook:
    if model.task == "multiclass":
        groups = _groups(gold, contract, model, run, words)
        said = words.say("outlook_classes", all=words.number(run.scored))
        return Outlook(model, run, said, groups)
    if model.task == "number":
        return Outlook(model, run, _mean(gold, run, words))
    risk = queries.risk_of(gold, run)
    if not may_show(risk.persons):
        return Outlook(model, run, words.say("too_few_to_say"))
    low, high = figures.interval(risk.expected, risk.variance)
    ends = {"low": words.number(low), "high": words.number(high)}
    said = words.say("outlook_yes", **ends, all=words.number(risk.entities))
    return Outlook(model, run, said)


def _groups(
    gold: Gold, contract: Contract, model: Model, run: Run, words: Words
) -> tuple[tuple[str, str], ...]:
    found = likeliest(gold, run)
    column = contract.table(model.label.table).column(str(model.label.column))
    shown = shown_groups({row["class"]: row["persons"] for row in found})
    return tuple(
        (
            column.word_for(row["class"], words.language),
            words.number(row["entities"]) if row["class"] in shown else figures.hidden(words),
        )
        for row in found
    )


def _mean(gold: Gold, run: Run, words: Words) -> str:
    (found,) = gold.rows(
        """
        select avg(predicted_value) as mean, count(*) as entities,
               count(distinct coalesce(person_token, incident_id)) as persons
        from score where run_id = $run
        """,
        {"score": ("run_id", "predicted_value", "person_token", "incident_id")},
        {"run": run.id},
    )
    if not may_show(found["persons"]):
        return words.say("too_few_to_say")
    mean = words.number(found["mean"], 1)
    return words.say("outlook_mean", mean=mean, all=words.number(found["entities"]))


def likeliest(gold: Gold, run: Run) -> list[Row]:
    """Return for each class how many entities, of how many persons, are likeliest in it."""
    return gold.rows(
        """
        select class, count(*) as entities, count(distinct person) as persons from (
            select arg_max(one.key, one.value) as class, any_value(person) as person from (
                select score_id, coalesce(person_token, incident_id) as person,
                       unnest(map_entries(class_probabilities)) as one
                from score where run_id = $run)
            group by score_id)
        group by class order by entities desc, class
        """,
        {"score": ("score_id", "run_id", "person_token", "incident_id", "class_probabilities")},
        {"run": run.id},
    )

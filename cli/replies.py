"""``abcall replies``: what an incident is about, how urgent it is, and what to reply."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import say, show, working
from cli.session import Desk, Helper, helper, session_of
from data_contracts.contract import Contract
from foundation.texts import Language, text
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from models.answering import Answering
    from models.answers import Answered
    from models.intent_training import TextsTrained
    from models.intents import Answer
    from models.replies import Suggestion


def register(app: typer.Typer, language: Language) -> None:
    """Add the command to ``app``."""
    tell, own = helper(language), Helper(language, "answers")

    @app.command("replies", help=own("replies"))
    def replies(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
        incident: Annotated[str, typer.Argument(metavar="INCIDENT", help=own("incident"))],
        train: Annotated[bool, typer.Option("--train", help=own("train"))] = False,
    ) -> None:
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            contract = desk.contract(tenant)
            done, answered = answer(desk, tenant, contract, incident, language, train=train)
            tell_training(done, language)
            tell_answer(contract, answered, language)


def answer(
    desk: Desk,
    tenant: Tenant,
    contract: Contract,
    incident: str,
    language: Language,
    *,
    train: bool,
) -> "tuple[Answering, Answered]":
    """Bring gold and answers up to date, and return what is told of one incident."""
    from features.online_store import build_online
    from ingestion.extractors.words.table import read_texts
    from ingestion.gold.refine import refine
    from models.answering import answering
    from models.answers import answer_one
    from models.refresh import models_lease

    refine(desk.lake, tenant)
    with working(2) as begin, models_lease(desk.lake, tenant):
        begin(text("answers.step_train", language))
        read_texts(desk.lake, tenant, contract)
        done = answering(desk.lake, tenant, contract, retrain=train)
        for one in done.trained:
            desk.note("model.trained", tenant, one.model, version=one.version)
        begin(text("answers.step_answer", language))
        answered = answer_one(desk.lake, tenant, incident, contract)
    build_online(desk.lake, tenant, contract)
    desk.note("incident.answered", tenant, incident)
    return done, answered


def tell_training(done: "Answering", language: Language) -> None:
    """Print what was learned now, and which model is missing and why."""
    for one in done.trained:
        say(_trained(one, language))
        if one.signals:
            say(text("answers.with_signals", language, signals=", ".join(one.signals)))
    for reason in done.left_out.values():
        say(reason.say(language))


def _trained(one: "TextsTrained", language: Language) -> str:
    from models.card_forms import share

    accuracy = one.metrics["accuracy"]
    return text(
        "answers.trained",
        language,
        what=text(f"answers.{one.model}", language),
        rows=one.rows,
        accuracy=share(accuracy.value, language),
        low=share(accuracy.low, language),
        high=share(accuracy.high, language),
        answered=share(one.metrics["answered"].value, language),
        version=one.version,
        alias=one.alias,
    )


def tell_answer(contract: Contract, answered: "Answered", language: Language) -> None:
    """Print intent, urgency and replies."""
    say(_said("intent", answered.intent, contract, language))
    say(_said("urgency", answered.urgency, contract, language))
    if not answered.suggestions:
        say(text("answers.no_reply", language))
        return
    rows = [_row(rank, one, language) for rank, one in enumerate(answered.suggestions, 1)]
    title = text("answers.title", language, incident=answered.incident_id)
    show(title, text("answers.headers", language).split("|"), rows)


def _said(model: str, told: "Answer | None", contract: Contract, language: Language) -> str:
    from features.text_set import TEXT_MODELS
    from models.answer_words import say_answer

    column = contract.table("incidents").column(TEXT_MODELS[model])
    if told is None:
        return say_answer(model, None, (), None, language)
    likeliest = [(column.word_for(name, language), p) for name, p in told.likeliest]
    name = None if told.name is None else column.word_for(told.name, language)
    return say_answer(model, name, likeliest, told.confidence, language)


def _row(rank: int, one: "Suggestion", language: Language) -> tuple[str, ...]:
    from models.answer_words import say_source, share

    reply = one.source
    source = say_source(reply.kind, reply.response_id, reply.incident_id, reply.title, language)
    return (
        str(rank), source, f"{share(one.similarity)} %", f"{share(one.helpfulness)} %", reply.text,
    )  # fmt: skip

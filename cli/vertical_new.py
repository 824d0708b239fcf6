"""``abcall vertical new``: a vertical's contract and golden rows, drafted from sample files."""

from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from cli.console import say, show
from cli.questions import Questions
from cli.session import helper, session_of
from data_contracts.contract import Contract, Table
from data_contracts.loader import load_contract
from data_contracts.place import Place
from foundation.errors import InvalidRequest
from foundation.settings import Settings
from foundation.texts import Language, text
from ingestion.drafting.answers import Answers, read_words, written_as
from ingestion.drafting.document import document_of
from ingestion.drafting.draft import Draft, answered, draft, find
from ingestion.drafting.files import write_vertical
from ingestion.drafting.label import known_outcome, likely_label, positive_of, task_of
from ingestion.drafting.notes import notes_of
from ingestion.drafting.samples import read_samples
from tenancy.tenant import VERTICAL

NOTHING = "-"
"""The answer of who predicts nothing beside what every vertical predicts."""


@dataclass(frozen=True)
class Given:
    """What the flags say."""

    name: str
    title_es: str | None
    title_en: str | None
    label: str | None
    positive: str | None
    horizon_days: int | None
    after: tuple[str, ...]
    known: tuple[str, ...]
    words: Path | None


def register(group: typer.Typer, language: Language) -> None:
    """Add the command to the group ``vertical``."""
    tell = helper(language, "verticals")

    @group.command("new", help=tell("new"))
    def new(
        context: typer.Context,
        name: Annotated[str, typer.Argument(metavar="NAME", help=tell("name"))],
        more: Annotated[
            list[Path] | None, typer.Argument(metavar="FILES", help=tell("more"))
        ] = None,
        samples: Annotated[
            list[Path] | None, typer.Option("--from", exists=True, help=tell("from"))
        ] = None,
        title_es: Annotated[str | None, typer.Option(help=tell("title_es"))] = None,
        title_en: Annotated[str | None, typer.Option(help=tell("title_en"))] = None,
        label: Annotated[str | None, typer.Option(help=tell("label"))] = None,
        positive: Annotated[str | None, typer.Option(help=tell("positive"))] = None,
        horizon_days: Annotated[int | None, typer.Option(min=1, help=tell("horizon"))] = None,
        after: Annotated[list[str] | None, typer.Option(help=tell("after"))] = None,
        known: Annotated[list[str] | None, typer.Option(help=tell("known"))] = None,
        words: Annotated[
            Path | None, typer.Option(exists=True, dir_okay=False, help=tell("words"))
        ] = None,
    ) -> None:
        files = [*(samples or ()), *(more or ())]
        late, early = tuple(after or ()), tuple(known or ())
        given = Given(name, title_es, title_en, label, positive, horizon_days, late, early, words)
        make(session_of(context).settings, files, given, language)


def make(settings: Settings, files: list[Path], given: Given, language: Language) -> None:
    """Draft, ask, write, and say what was made."""
    started = perf_counter()
    if not VERTICAL.fullmatch(given.name):
        raise InvalidRequest("verticals.bad_name", name=given.name)
    if not files:
        raise InvalidRequest("verticals.no_files", name=given.name)
    samples = read_samples(files, settings.upload_limit_bytes)
    questions = Questions(language)
    first = draft(samples, _about_columns(given))
    made = answered(first, answers_of(first, given, questions))
    written = write_vertical(document_of(made), settings.contract_dirs)
    contract = load_contract(written[0], settings.contract_dirs)
    _tell(made, contract, language)
    for path in written:
        say(str(path))
    say(text("verticals.live", language))
    if settings.contract_dirs:
        say(text("verticals.live_folder", language, folder=str(written[0].parent)))
    seconds = f"{perf_counter() - started:.0f}"
    say(text("verticals.made", language, name=given.name, asked=questions.asked, seconds=seconds))


def _about_columns(given: Given) -> Answers:
    """Return what the flags say of columns, before anything is asked."""
    said = read_words(given.words) if given.words is not None else {}
    late, early = frozenset(given.after), frozenset(given.known)
    return Answers(given.name, {"es": "", "en": ""}, after=late, known=early, said=said)


def answers_of(first: Draft, given: Given, questions: Questions) -> Answers:
    """Return what the flags say, and what a person is asked for."""
    title = {
        "es": questions.answer("title_es", "--title-es", given.title_es),
        "en": questions.answer("title_en", "--title-en", given.title_en),
    }
    label = _label(first, given, questions)
    days = given.horizon_days
    if days is None and first.dated:
        days = _days(questions.answer("horizon", "--horizon-days", None, "30"))
    positive = given.positive
    if label is not None and positive is None:
        positive = _positive(first, label, questions)
    questions.require_all()
    words = Place(Path(given.name), "title").words(title)
    return replace(first.answers, title=words, label=label, positive=positive, horizon_days=days)


def _days(said: str) -> int | None:
    """Return a number of days; None where nobody could be asked, which is told with the rest."""
    if said and not (said.isdecimal() and int(said)):
        raise InvalidRequest("verticals.bad_horizon", days=said)
    return int(said) if said else None


def _label(first: Draft, given: Given, questions: Questions) -> str | None:
    """Return the header of the outcome: the one given, one that is known, or the one answered."""
    columns = [one for table in first.tables for one in table.columns]
    known = known_outcome(columns)
    if given.label is None and known is not None:
        return known
    likely = likely_label(columns)
    headers = [one.header for one in columns]
    listed = ", ".join(headers)
    said = questions.answer("label", "--label", given.label, likely or NOTHING, headers=listed)
    return None if said in ("", NOTHING) else written_as(said, headers)


def _positive(first: Draft, label: str, questions: Questions) -> str | None:
    """Return which of two values means yes, where the values do not say it."""
    _, column = find(first.tables, label)
    if task_of(column.seen) != "binary" or positive_of(label, column.seen) is not None:
        return None
    values = " | ".join(column.seen.values)
    return questions.answer("positive", "--positive", None, values=values, header=label) or None


def _tell(made: Draft, contract: Contract, language: Language) -> None:
    """Show which file is which table, and every column with what it was taken for."""
    for table in made.tables:
        declared = contract.table(table.name)
        key = text(f"verticals.key_{'row' if table.key is None else 'natural'}", language)
        files = ", ".join(table.files)
        title = text("verticals.table", language, table=table.name, files=files, key=key)
        headers = text("verticals.column_headers", language).split("|")
        rows = [_row(declared, one.header, one.name) for one in table.columns]
        show(title, headers, rows)
    for model in contract.models:
        say(f"{model.name}: {model.title[language]}")
    for note in notes_of(made):
        say(note.say(language))


def _row(table: Table, header: str, name: str) -> tuple[str, ...]:
    column = table.column(name)
    limits = [str(one) for one in (column.minimum, column.maximum) if one is not None]
    checks = " … ".join(limits) or (f"≤ {column.max_length}" if column.max_length else "")
    return header, name, column.type, column.role, column.classification, checks

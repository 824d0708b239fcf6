"""``abcall vertical …``: which verticals there are and what their contracts say."""

from pathlib import Path
from typing import Annotated

import typer

from cli import vertical_new
from cli.console import say, show, working
from cli.session import Session, contract_of, helper, session_of
from data_contracts.contract import Column, Contract, Table
from data_contracts.loader import load_contract, load_contracts
from data_contracts.odcs import SUFFIX, resolve
from foundation.settings import Settings
from foundation.texts import Language, text
from tenancy.publishing import require_next

NOT_SOUND = 1
"""Exit code where a vertical fails a check."""


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    tell = helper(language)
    group = typer.Typer(help=tell("vertical"), no_args_is_help=True)
    app.add_typer(group, name="vertical")
    vertical_new.register(group, language)

    @group.command("list", help=tell("vertical_list"))
    def list_all(context: typer.Context) -> None:
        contracts = load_contracts(session_of(context).settings.contract_dirs)
        headers = text("cli.vertical_headers", language).split("|")
        rows = [
            (
                contract.vertical,
                contract.version,
                ", ".join(t.name for t in contract.tables),
                ", ".join(m.title[language] for m in contract.models),
            )
            for contract in contracts.values()
        ]
        show(text("cli.verticals", language), headers, rows)

    @group.command("show", help=tell("vertical_show"))
    def show_one(
        context: typer.Context,
        vertical: Annotated[str, typer.Argument(metavar="VERTICAL")],
        table: Annotated[str | None, typer.Argument(metavar="TABLE")] = None,
    ) -> None:
        contract = contract_of(session_of(context).settings, vertical)
        for declared in contract.tables:
            if table in (None, declared.name):
                _show_table(declared, language)

    @group.command("check", help=tell("vertical_check"))
    def check(
        context: typer.Context,
        named: Annotated[str, typer.Argument(metavar="NAME|FILE", help=tell("vertical_named"))],
        samples: Annotated[
            list[Path] | None,
            typer.Option("--from", exists=True, help=text("conformance.help_samples", language)),
        ] = None,
    ) -> None:
        session = session_of(context)
        if named.endswith(SUFFIX) or Path(named).is_file():
            read_file(session, Path(named))
            return
        contract = contract_of(session.settings, named)
        if not try_vertical(session.settings, contract, samples or [], language):
            raise typer.Exit(NOT_SOUND)


def read_file(session: Session, file: Path) -> None:
    """Read a contract's file, and say whether it may follow the version that holds."""
    contract = load_contract(file, session.settings.contract_dirs)
    if session.settings.data_dir.exists():
        with session.desk() as desk:
            require_next(desk.lake.store, resolve(file, session.settings.contract_dirs))
    columns = sum(len(t.columns) for t in contract.tables)
    tables, models = len(contract.tables), len(contract.models)
    counts = {"tables": tables, "columns": columns, "models": models}
    say(text("cli.vertical_sound", session.language, vertical=contract.vertical, **counts))


def try_vertical(
    settings: Settings, contract: Contract, samples: list[Path], language: Language
) -> bool:
    """Run every check, print what was found, and return whether nothing is broken."""
    from cli.conformance.suite import CHECKS, conformance

    with working(len(CHECKS), language) as begin:

        def tell(aspect: str) -> None:
            said = text(f"conformance.aspect_{aspect}", language)
            begin(text("conformance.step", language, aspect=said))

        found = conformance(settings, contract, samples, tell)
    rows = [
        (
            text(f"conformance.aspect_{one.aspect}", language),
            text(f"conformance.state_{one.state}", language),
            one.say(language),
        )
        for one in found
    ]
    named = {"vertical": contract.vertical, "version": contract.version}
    headers = text("conformance.headers", language).split("|")
    show(text("conformance.title", language, **named), headers, rows)
    failed = {one.aspect for one in found if one.state == "broken"}
    verdict = "failed" if failed else "passed"
    say(text(f"conformance.{verdict}", language, vertical=contract.vertical, count=len(failed)))
    return not failed


def _show_table(table: Table, language: Language) -> None:
    headers = text("cli.column_headers", language).split("|")
    rows = [_column_row(column, language) for column in table.columns]
    show(f"{table.name}: {table.description[language]}", headers, rows)


def _column_row(column: Column, language: Language) -> tuple[str, ...]:
    needed = text("cli.required", language) if column.required or column.key else ""
    return (
        column.name,
        column.type,
        column.classification,
        needed,
        column.description[language],
    )

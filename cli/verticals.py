"""``abcall vertical …``: which verticals there are and what their contracts say."""

from pathlib import Path
from typing import Annotated

import typer

from cli import vertical_new
from cli.console import say, show
from cli.session import contract_of, helper, session_of
from data_contracts.contract import Column, Table
from data_contracts.loader import load_contract, load_contracts
from data_contracts.odcs import resolve
from foundation.texts import Language, text
from tenancy.publishing import require_next


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
        file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)],
    ) -> None:
        session = session_of(context)
        contract = load_contract(file, session.settings.contract_dirs)
        if session.settings.data_dir.exists():
            with session.desk() as desk:
                require_next(desk.lake.store, resolve(file, session.settings.contract_dirs))
        columns = sum(len(t.columns) for t in contract.tables)
        tables, models = len(contract.tables), len(contract.models)
        counts = {"tables": tables, "columns": columns, "models": models}
        say(text("cli.vertical_sound", language, vertical=contract.vertical, **counts))


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

"""``abcall columns …``: what files have beside the contract, and the tenant's own columns."""

from typing import Annotated

import typer

from cli.console import say, show
from cli.session import session_of
from data_contracts.extension import OwnColumn
from foundation.texts import Language, text
from ingestion.evolution.correction import Correction, correct
from ingestion.evolution.own_columns import Accepted, accept, propose, reject, withdraw
from ingestion.evolution.rescued import Rescued, rescued_columns

TenantId = Annotated[str, typer.Argument(metavar="TENANT")]
TableName = Annotated[str, typer.Argument(metavar="TABLE")]
Header = Annotated[str, typer.Argument(metavar="HEADER")]


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(help=_help("group", language), no_args_is_help=True)
    app.add_typer(group, name="columns")
    _register_looking(group, language)
    _register_deciding(group, language)


def _register_looking(group: typer.Typer, language: Language) -> None:
    @group.command("list", help=_help("list", language))
    def list_all(context: typer.Context, tenant_id: TenantId) -> None:
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            found = rescued_columns(desk.lake.store, tenant)
        if not found:
            say(text("own_columns.none", language))
            return
        headers = text("own_columns.headers", language).split("|")
        show(tenant_id, headers, [_row(one, language) for one in found])

    @group.command("propose", help=_help("propose", language))
    def guess(
        context: typer.Context, tenant_id: TenantId, table: TableName, header: Header
    ) -> None:
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            proposal = propose(desk.lake, desk.staff, tenant, table, header)
        _show_column(proposal.column, language)
        say(text("own_columns.then_accept", language, tenant=tenant_id, table=table, header=header))


def _register_deciding(group: typer.Typer, language: Language) -> None:
    @group.command("accept", help=_help("accept", language))
    def take(
        context: typer.Context,
        tenant_id: TenantId,
        table: TableName,
        header: Header,
        name: Annotated[str | None, typer.Option(help=_help("name", language))] = None,
        type_: Annotated[str | None, typer.Option("--type", help=_help("type", language))] = None,
        role: Annotated[str | None, typer.Option(help=_help("role", language))] = None,
        classification: Annotated[
            str | None, typer.Option("--class", help=_help("class", language))
        ] = None,
        label: Annotated[str | None, typer.Option(help=_help("label", language))] = None,
        unit: Annotated[str | None, typer.Option(help=_help("unit", language))] = None,
        minimum: Annotated[
            str | None, typer.Option("--min", help=_help("minimum", language))
        ] = None,
        maximum: Annotated[
            str | None, typer.Option("--max", help=_help("maximum", language))
        ] = None,
    ) -> None:
        given = Correction(name, type_, role, classification, label, unit, minimum, maximum)
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            guessed = propose(desk.lake, desk.staff, tenant, table, header).column
            accepted = accept(desk.lake, desk.staff, tenant, correct(guessed, given))
        _show_column(accepted.column, language)
        say(_told("accepted", accepted, language))

    @group.command("reject", help=_help("reject", language))
    def leave(
        context: typer.Context, tenant_id: TenantId, table: TableName, header: Header
    ) -> None:
        with session_of(context).desk() as desk:
            reject(desk.lake, desk.staff, desk.tenant(tenant_id), table, header)
        say(text("own_columns.rejected", language, header=header))

    @group.command("withdraw", help=_help("withdraw", language))
    def take_back(
        context: typer.Context,
        tenant_id: TenantId,
        table: TableName,
        column: Annotated[str, typer.Argument(metavar="COLUMN")],
    ) -> None:
        with session_of(context).desk() as desk:
            done = withdraw(desk.lake, desk.staff, desk.tenant(tenant_id), table, column)
        say(_told("withdrawn", done, language))


def _help(name: str, language: Language) -> str:
    return text(f"own_columns.help_{name}", language)


def _row(one: Rescued, language: Language) -> tuple[str, ...]:
    return (
        one.table,
        one.header,
        ", ".join(one.spellings[1:]),
        str(one.files),
        str(one.rows),
        f"{one.filled_share:.0%}",
        f"{one.first_seen_at:%Y-%m-%d}",
        f"{one.last_seen_at:%Y-%m-%d}",
        text(f"own_columns.state_{one.state or 'open'}", language),
    )


def _show_column(column: OwnColumn, language: Language) -> None:
    headers = text("own_columns.column_headers", language).split("|")
    limits = " … ".join(limit if limit is not None else "-" for limit in _limits(column))
    row = (
        column.name,
        column.type,
        column.role,
        column.classification,
        column.label[language],
        column.unit or "-",
        limits,
    )
    show(f"{column.table}: {column.headers[0]}", headers, [row])


def _limits(column: OwnColumn) -> tuple[str | None, str | None]:
    return column.minimum, column.maximum


def _told(what: str, done: Accepted, language: Language) -> str:
    made = done.rebuilt
    return text(
        f"own_columns.{what}",
        language,
        column=done.column.name,
        version=done.version,
        uploads=0 if made is None else made.uploads,
        left=0 if made is None else made.left,
        entered=0 if made is None else made.entered,
    )

"""``abcall sql …``: a tenant's gold tables for every program that speaks SQL."""

from typing import Annotated

import typer

from cli.console import say
from cli.session import helper, session_of
from foundation.texts import Language, text

TenantId = Annotated[str, typer.Argument(metavar="TENANT")]


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    tell = helper(language, "sql")
    group = typer.Typer(help=tell("group"), no_args_is_help=True)
    app.add_typer(group, name="sql")

    @group.command("open", help=tell("open"))
    def open_for_reading(context: typer.Context, tenant_id: TenantId) -> None:
        from lakehouse.sql_copy import open_copy

        with session_of(context).desk() as desk:
            access = open_copy(desk.lake, desk.tenant(tenant_id), desk.staff)
        values = (access.host, access.port, access.database, access.user, access.password)
        labels = text("sql.access_labels", language).split("|")
        for label, value in zip(labels, values, strict=True):
            say(f"{label}: {value}")  # no table: its columns would break a password in two
        say(text("sql.opened", language, tenant=tenant_id))

    @group.command("renew", help=tell("renew"))
    def renew_now(context: typer.Context, tenant_id: TenantId) -> None:
        from lakehouse.sql_copy import renew

        with session_of(context).desk() as desk:
            done = renew(desk.lake, desk.tenant(tenant_id), whole=True)
        if done is None:
            say(text("sql.none", language, tenant=tenant_id))
            return
        rows = sum(done.rows.values())
        say(text("sql.renewed", language, tables=len(done.rows), rows=rows))

    @group.command("close", help=tell("close"))
    def close(context: typer.Context, tenant_id: TenantId) -> None:
        from lakehouse.sql_copy import close_copy

        with session_of(context).desk() as desk:
            gone = close_copy(desk.lake, desk.tenant(tenant_id), desk.staff)
        say(text("sql.closed" if gone else "sql.none", language, tenant=tenant_id))

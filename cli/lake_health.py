"""``abcall lake check`` and ``rebuild``: whether a tenant's data is whole, and made so again."""

from typing import Annotated

import typer

from cli.console import say, show, working
from cli.session import Helper, session_of
from foundation.errors import InvalidRequest, OperatorError
from foundation.texts import Language, text
from lakehouse.refs import LAYERS, Layer


def table_named(told: str) -> tuple[Layer, str]:
    """Return layer and name of ``silver.customers``; the layer may be left out where it is silver.

    Raises
    ------
    InvalidRequest
        There is no such layer.
    """
    layer, _, name = told.rpartition(".")
    known = next((one for one in LAYERS if one == (layer or "silver")), None)
    if known is None:
        raise InvalidRequest("cli.no_layer", layer=layer, known=", ".join(LAYERS))
    return known, name


def register(group: typer.Typer, language: Language, tell: Helper) -> None:
    """Add the commands to the group ``lake``."""
    tenant_argument = typer.Argument(metavar="TENANT", help=tell("tenant_id"))

    @group.command("check", help=tell("lake_check"))
    def check(context: typer.Context, tenant_id: Annotated[str, tenant_argument]) -> None:
        from ingestion.checking import check_tenant

        with session_of(context).desk() as desk, working(1) as begin:
            tenant = desk.tenant(tenant_id)
            begin(text("checking.step_check", language, tenant=tenant.id))
            done = check_tenant(desk.lake, tenant)
            desk.note("lake.checked", tenant, tenant.id, findings=len(done.findings))
        figures = {"tables": done.tables, "uploads": done.uploads}
        if not done.findings:
            say(text("checking.sound", language, **figures))
            return
        headers = text("checking.headers", language).split("|")
        rows = [(one.table, one.file, one.say(language)) for one in done.findings]
        show(tenant_id, headers, rows)
        raise OperatorError("checking.found", findings=len(done.findings), tenant=tenant_id)

    @group.command("rebuild", help=tell("lake_rebuild"))
    def rebuild(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        table: Annotated[str, typer.Argument(metavar="TABLE", help=tell("lake_table"))],
    ) -> None:
        from ingestion.mending import mend_table
        from models.refresh import refresh

        layer, name = table_named(table)
        with session_of(context).desk() as desk, working(2) as begin:
            tenant = desk.tenant(tenant_id)
            begin(text("checking.step_rebuild", language, table=table))
            done = mend_table(desk.lake, tenant, desk.staff, desk.lake.ref(tenant, layer, name))
            begin(text("cli.step_refresh", language, tenant=tenant.id))
            refresh(desk.lake, tenant)
        say(text("checking.rebuilt", language, table=table, uploads=done.uploads))
        if done.changed:
            say(text("checking.rebuilt_changed", language, files=", ".join(done.changed)))

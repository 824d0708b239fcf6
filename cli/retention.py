"""``abcall retention …``: what has reached the end of its period, and letting it go."""

from typing import Annotated

import typer

from cli.console import say, show
from cli.session import helper, session_of
from foundation.texts import Language, text


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    tell = helper(language)
    group = typer.Typer(help=tell("retention"), no_args_is_help=True)
    app.add_typer(group, name="retention")
    tenant_argument = typer.Argument(metavar="TENANT", help=tell("tenant_id"))

    @group.command("plan", help=tell("retention_plan"))
    def plan(context: typer.Context, tenant_id: Annotated[str, tenant_argument]) -> None:
        from ingestion.retention import plan_retention

        with session_of(context).desk() as desk:
            found = plan_retention(desk.lake, desk.tenant(tenant_id))
        rows = [
            (
                due.place,
                "—" if due.cut_at is None else f"{due.cut_at:%Y-%m-%d}",
                str(due.count),
                str(due.kept),
            )
            for due in found
        ]
        if not rows:
            say(text("law.nothing_due", language))
            return
        show(tenant_id, text("cli.retention_headers", language).split("|"), rows)

    @group.command("run", help=tell("retention_run"))
    def run(context: typer.Context, tenant_id: Annotated[str, tenant_argument]) -> None:
        from features.online_store import build_online
        from ingestion.retention import run_retention

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            receipt = run_retention(desk.lake, tenant, desk.staff)
            build_online(desk.lake, tenant, desk.contract(tenant))
        say(text("law.nothing_due", language) if receipt is None else receipt.say(language))

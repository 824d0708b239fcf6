"""``abcall audit …``: verify the audit log, show a company's part of it, anchor where it stands."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import say, show
from cli.session import Helper, helper, require_installation, session_of
from foundation.texts import Language, text
from lakehouse.lake import Lake
from tenancy.anchors import Anchor
from tenancy.audit import entries, verify_chain

TAMPERED = 1


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    tell = helper(language)
    group = typer.Typer(help=tell("audit"), no_args_is_help=True)
    app.add_typer(group, name="audit")
    _register_verify(group, language, tell)
    _register_show(group, language, tell)
    _register_anchor(group, tell)


def _register_verify(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("verify", help=tell("audit_verify"))
    def verify(
        context: typer.Context,
        anchor: Annotated[str | None, typer.Option(help=tell("audit_against"))] = None,
    ) -> None:
        settings = session_of(context).settings
        require_installation(settings)
        with Lake.open(settings) as lake:
            report = verify_chain(lake.store)
            held = anchor is None or lake.keys.holds(Anchor.read(anchor))
        key = "cli.audit_intact" if report.intact else "cli.audit_broken"
        say(text(key, language, entries=report.entries, at=report.broken_at))
        if anchor is not None:
            say(text("cli.anchor_holds" if held else "cli.anchor_lost", language))
        if not (report.intact and held):
            raise typer.Exit(TAMPERED)


def _register_show(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("show", help=tell("audit_show"))
    def show_all(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
        limit: Annotated[int, typer.Option(min=1, max=10_000, help=tell("audit_limit"))] = 50,
        before: Annotated[int | None, typer.Option(help=tell("audit_before"))] = None,
    ) -> None:
        with session_of(context).desk() as desk:
            found = entries(desk.lake.store, desk.tenant(tenant_id), limit, before)
        rows = [
            (
                str(entry.number),
                f"{entry.at:%Y-%m-%d %H:%M:%S}",
                entry.actor_id,
                entry.action,
                entry.subject,
                ", ".join(f"{name}={value}" for name, value in entry.details.items()),
            )
            for entry in found
        ]
        show(tenant_id, text("cli.audit_headers", language).split("|"), rows)


def _register_anchor(group: typer.Typer, tell: Helper) -> None:
    @group.command("anchor", help=tell("audit_anchor"))
    def anchor(
        context: typer.Context,
        to: Annotated[Path | None, typer.Option(help=tell("audit_to"))] = None,
    ) -> None:
        with session_of(context).desk() as desk:
            made = desk.lake.keys.anchor()
        if to is not None:
            with to.open("a", encoding="ascii") as file:
                file.write(f"{made}\n")
        typer.echo(str(made))  # one line, to be copied: never wrapped

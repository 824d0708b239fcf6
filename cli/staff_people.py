"""``abcall staff …``: ABCall's own people, who see every company, Dagster and MLflow."""

import secrets
from typing import Annotated

import typer

from cli.console import say, show
from cli.session import helper, session_of
from foundation.texts import Language, text
from tenancy.staff import list_staff, reset_staff_password, set_staff_disabled
from tenancy.users import create_staff

EMAIL = typer.Argument(metavar="EMAIL")


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    tell = helper(language)
    group = typer.Typer(help=tell("staff"), no_args_is_help=True)
    app.add_typer(group, name="staff")
    _register_making(group, language)

    @group.command("list", help=tell("staff_list"))
    def list_all(context: typer.Context) -> None:
        with session_of(context).desk() as desk:
            found = list_staff(desk.lake.store, desk.staff)
        state = text("cli.staff_out", language)
        rows = [
            (u.email, u.name, ", ".join(sorted(u.roles)), state if u.disabled else "")
            for u in found
        ]
        show(text("cli.staff", language), text("cli.staff_headers", language).split("|"), rows)

    @group.command("disable", help=tell("staff_disable"))
    def disable(context: typer.Context, email: Annotated[str, EMAIL]) -> None:
        with session_of(context).desk() as desk:
            set_staff_disabled(desk.lake.store, desk.staff, email, disabled=True)
        say(text("cli.staff_disabled", language, email=email))

    @group.command("enable", help=tell("staff_enable"))
    def enable(context: typer.Context, email: Annotated[str, EMAIL]) -> None:
        with session_of(context).desk() as desk:
            set_staff_disabled(desk.lake.store, desk.staff, email, disabled=False)
        say(text("cli.staff_enabled", language, email=email))


def _register_making(group: typer.Typer, language: Language) -> None:
    tell = helper(language)

    @group.command("add", help=tell("staff_add"))
    def add(
        context: typer.Context,
        email: Annotated[str, EMAIL],
        name: Annotated[str, typer.Option(help=tell("user_name"))],
        role: Annotated[list[str], typer.Option(help=tell("user_role"))],
    ) -> None:
        password = secrets.token_urlsafe(12)
        with session_of(context).desk() as desk:
            create_staff(
                desk.lake.store, desk.staff, email=email, name=name, password=password, roles=role
            )
        say(text("cli.user_made", language, email=email, password=password))

    @group.command("password", help=tell("staff_password"))
    def password(context: typer.Context, email: Annotated[str, EMAIL]) -> None:
        new = secrets.token_urlsafe(12)
        with session_of(context).desk() as desk:
            reset_staff_password(desk.lake.store, desk.staff, email, new)
        say(text("cli.staff_password_set", language, email=email, password=new))

"""``abcall user …`` and ``abcall key …``: who may sign in to a tenant, and with which keys."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated

import typer

from cli.console import say, show
from cli.session import Helper, helper, session_of
from foundation.clock import utc_now
from foundation.texts import Language, text
from tenancy.api_keys import OVERLAP, ApiKey, issue_key, list_keys, revoke_key, rotate_key
from tenancy.users import create_user, list_users


def register(app: typer.Typer, language: Language) -> None:
    """Add both groups to ``app``."""
    tell = helper(language)
    users = typer.Typer(help=tell("user"), no_args_is_help=True)
    keys = typer.Typer(help=tell("key"), no_args_is_help=True)
    app.add_typer(users, name="user")
    app.add_typer(keys, name="key")
    _register_users(users, language, tell)
    _register_keys(keys, language, tell)


def _register_users(group: typer.Typer, language: Language, tell: Helper) -> None:
    tenant_argument = typer.Argument(metavar="TENANT", help=tell("tenant_id"))

    @group.command("add", help=tell("user_add"))
    def add(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        email: Annotated[str, typer.Argument(metavar="EMAIL")],
        name: Annotated[str, typer.Option(help=tell("user_name"))],
        role: Annotated[list[str], typer.Option(help=tell("user_role"))],
    ) -> None:
        password = secrets.token_urlsafe(12)
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            create_user(
                desk.lake.store,
                desk.staff,
                tenant,
                email=email,
                name=name,
                password=password,
                roles=role,
            )
        say(text("cli.user_made", language, email=email, password=password))

    @group.command("list", help=tell("user_list"))
    def list_all(context: typer.Context, tenant_id: Annotated[str, tenant_argument]) -> None:
        with session_of(context).desk() as desk:
            found = list_users(desk.lake.store, desk.staff, desk.tenant(tenant_id))
        headers = text("cli.user_headers", language).split("|")
        show(tenant_id, headers, [(u.email, u.name, ", ".join(sorted(u.roles))) for u in found])


def _register_keys(group: typer.Typer, language: Language, tell: Helper) -> None:
    tenant_argument = typer.Argument(metavar="TENANT", help=tell("tenant_id"))

    @group.command("issue", help=tell("key_issue"))
    def issue(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        scope: Annotated[list[str], typer.Option(help=tell("key_scope"))],
        name: Annotated[str, typer.Option(help=tell("key_name"))] = "",
        days: Annotated[int | None, typer.Option(help=tell("key_days"), min=1, max=3650)] = None,
    ) -> None:
        expires_at = None if days is None else utc_now() + timedelta(days=days)
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            issued = issue_key(
                desk.lake.store, desk.staff, tenant, scope, name=name, expires_at=expires_at
            )
        say(text("cli.key_made", language, secret=issued.secret))

    @group.command("list", help=tell("key_list"))
    def list_all(context: typer.Context, tenant_id: Annotated[str, tenant_argument]) -> None:
        with session_of(context).desk() as desk:
            found = list_keys(desk.lake.store, desk.staff, desk.tenant(tenant_id))
        headers = text("cli.key_headers", language).split("|")
        now = utc_now()
        rows = [
            (k.id, k.name, ", ".join(sorted(k.scopes)), _state(k, now, language)) for k in found
        ]
        show(tenant_id, headers, rows)

    @group.command("rotate", help=tell("key_rotate"))
    def rotate(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        key_id: Annotated[str, typer.Argument(metavar="KEY_ID")],
        overlap_hours: Annotated[float, typer.Option(help=tell("key_overlap"))] = (
            OVERLAP.total_seconds() / 3600
        ),
    ) -> None:
        overlap = timedelta(hours=overlap_hours)
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            made = rotate_key(desk.lake.store, desk.staff, tenant, key_id, overlap=overlap)
        ends = f"{made.key.previous_ends_at:%Y-%m-%d %H:%M} UTC"
        say(text("cli.key_rotated", language, secret=made.secret, ends=ends))

    @group.command("revoke", help=tell("key_revoke"))
    def revoke(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        key_id: Annotated[str, typer.Argument(metavar="KEY_ID")],
    ) -> None:
        with session_of(context).desk() as desk:
            revoke_key(desk.lake.store, desk.staff, desk.tenant(tenant_id), key_id)
        say(text("cli.key_ended", language, key=key_id))


def _state(key: ApiKey, now: datetime, language: Language) -> str:
    """Say what a list must not keep to itself: ended, ending, or an old secret that still holds."""
    if key.revoked_at is not None:
        return text("cli.key_revoked", language)
    if key.expires_at is not None and key.expires_at <= now:
        return text("cli.key_expired", language)
    said = []
    if key.expires_at is not None:
        word = "cli.key_ends_soon" if key.ends_soon(now) else "cli.key_ends"
        said.append(text(word, language, ends=f"{key.expires_at:%Y-%m-%d}"))
    if key.previous_ends_at is not None and key.previous_ends_at > now:
        ends = f"{key.previous_ends_at:%Y-%m-%d %H:%M} UTC"
        said.append(text("cli.key_two_secrets", language, ends=ends))
    return "; ".join(said)

"""``abcall webhook …``: where a company's own systems are told what happens, and the deliveries."""

from datetime import timedelta
from typing import Annotated

import typer

from cli.console import say, show
from cli.session import Helper, helper, session_of
from foundation.texts import Language, text
from tenancy.webhook_deliveries import Delivery, list_deliveries, resend
from tenancy.webhooks import OVERLAP, Webhook, end_webhook, list_webhooks, rotate_webhook

TENANT = typer.Argument(metavar="TENANT")
WEBHOOK = typer.Argument(metavar="WEBHOOK")


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    tell = helper(language, "webhook_commands")
    group = typer.Typer(help=tell("group"), no_args_is_help=True)
    app.add_typer(group, name="webhook")
    _register_subscriptions(group, language, tell)
    _register_secrets(group, language, tell)
    _register_deliveries(group, language, tell)


def _said(name: str, language: Language, **values: object) -> str:
    return text(f"webhook_commands.{name}", language, **values)


def _register_subscriptions(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("add", help=tell("add"))
    def add(
        context: typer.Context,
        tenant_id: Annotated[str, TENANT],
        url: Annotated[str, typer.Argument(metavar="URL")],
        event: Annotated[list[str], typer.Option(help=tell("event"))],
    ) -> None:
        from operations.webhooks.subscriptions import subscribe

        with session_of(context).desk() as desk:
            made = subscribe(desk.lake, desk.staff, desk.tenant(tenant_id), url, event)
        say(_said("added", language, id=made.webhook.id, secret=made.secret))

    @group.command("list", help=tell("list"))
    def list_all(context: typer.Context, tenant_id: Annotated[str, TENANT]) -> None:
        with session_of(context).desk() as desk:
            found = list_webhooks(desk.lake.store, desk.staff, desk.tenant(tenant_id))
        headers = _said("headers", language).split("|")
        rows = [(one.id, one.url, ", ".join(one.events), _state(one, language)) for one in found]
        show(tenant_id, headers, rows)

    @group.command("remove", help=tell("remove"))
    def remove(
        context: typer.Context,
        tenant_id: Annotated[str, TENANT],
        webhook_id: Annotated[str, WEBHOOK],
    ) -> None:
        with session_of(context).desk() as desk:
            end_webhook(desk.lake.store, desk.staff, desk.tenant(tenant_id), webhook_id)
        say(_said("removed", language, id=webhook_id))


def _register_secrets(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("rotate", help=tell("rotate"))
    def rotate(
        context: typer.Context,
        tenant_id: Annotated[str, TENANT],
        webhook_id: Annotated[str, WEBHOOK],
        overlap_hours: Annotated[float, typer.Option(help=tell("overlap"))] = (
            OVERLAP.total_seconds() / 3600
        ),
    ) -> None:
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            keys, overlap = desk.lake.keys.of(tenant), timedelta(hours=overlap_hours)
            made = rotate_webhook(
                desk.lake.store, keys, desk.staff, tenant, webhook_id, overlap=overlap
            )
        ends = f"{made.webhook.previous_ends_at:%Y-%m-%d %H:%M} UTC"
        say(_said("rotated", language, secret=made.secret, ends=ends))

    @group.command("test", help=tell("test"))
    def test(
        context: typer.Context,
        tenant_id: Annotated[str, TENANT],
        webhook_id: Annotated[str, WEBHOOK],
    ) -> None:
        from operations.webhooks.subscriptions import try_webhook

        with session_of(context).desk() as desk:
            attempt = try_webhook(desk.lake, desk.staff, desk.tenant(tenant_id), webhook_id)
        fault = attempt.fault and _said(f"fault_{attempt.fault}", language, status=attempt.status)
        say(fault or _said("received", language, status=attempt.status))


def _register_deliveries(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("deliveries", help=tell("deliveries"))
    def deliveries(
        context: typer.Context,
        tenant_id: Annotated[str, TENANT],
        webhook_id: Annotated[str, WEBHOOK],
    ) -> None:
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            found = list_deliveries(desk.lake.store, desk.staff, tenant, webhook_id)
        headers = _said("delivery_headers", language).split("|")
        show(webhook_id, headers, [_row(one, language) for one in found])

    @group.command("resend", help=tell("resend"))
    def again(
        context: typer.Context,
        tenant_id: Annotated[str, TENANT],
        delivery_id: Annotated[str, typer.Argument(metavar="DELIVERY")],
    ) -> None:
        with session_of(context).desk() as desk:
            resend(desk.lake.store, desk.staff, desk.tenant(tenant_id), delivery_id)
        say(_said("resent", language, id=delivery_id))

    @group.command("deliver", help=tell("deliver"))
    def deliver(context: typer.Context) -> None:
        from operations.webhooks.delivery import deliver_due

        with session_of(context).desk() as desk:
            made = deliver_due(desk.lake)
        say(_said("delivered", language, attempts=made))


def _state(one: Webhook, language: Language) -> str:
    return _said(f"ended_{one.ended_why}", language) if one.ended_why else ""


def _row(one: Delivery, language: Language) -> tuple[str, ...]:
    fault = _said(f"fault_{one.fault}", language, status=one.status) if one.fault else ""
    state = _said(f"state_{one.state}", language)
    return one.id, one.message_id, one.type, state, str(one.attempts), fault

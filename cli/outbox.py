"""``abcall outbox …``: what waits for the lake, and bringing it there."""

from typing import Annotated

import typer

from cli.console import say, show
from cli.session import Desk, helper, session_of
from foundation.texts import Language, text, written_number
from tenancy.tenant import Tenant
from tenancy.tenants import list_tenants


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    tell = helper(language, "outbox")
    group = typer.Typer(help=tell("group"), no_args_is_help=True)
    app.add_typer(group, name="outbox")
    tenant_argument = typer.Argument(metavar="[TENANT]", help=tell("tenant"))

    @group.command("status", help=tell("status"))
    def status(
        context: typer.Context, tenant_id: Annotated[str | None, tenant_argument] = None
    ) -> None:
        with session_of(context).desk() as desk:
            rows = [_row(desk, one, language) for one in _tenants(desk, tenant_id)]
        headers = text("outbox.headers", language).split("|")
        show(text("outbox.title", language), headers, rows)

    @group.command("drain", help=tell("drain"))
    def drain_now(
        context: typer.Context, tenant_id: Annotated[str | None, tenant_argument] = None
    ) -> None:
        from operations.outbox.drain import drain

        with session_of(context).desk() as desk:
            for tenant in _tenants(desk, tenant_id):
                receipts = drain(desk.lake, tenant, desk.staff)
                told = "\n".join(receipt.say(language) for receipt in receipts)
                say(told or text("outbox.nothing", language, tenant=tenant.id))


def _tenants(desk: Desk, tenant_id: str | None) -> list[Tenant]:
    if tenant_id is not None:
        return [desk.tenant(tenant_id)]
    return list_tenants(desk.lake.store, desk.staff)


def _row(desk: Desk, tenant: Tenant, language: Language) -> tuple[str, ...]:
    """Return what waits of a tenant, since when, and why the door refused some of it."""
    from operations.outbox.drain import pending
    from tenancy.outbox import open_batches

    store = desk.lake.store
    found = pending(store, tenant)
    refused = (batch.refused for batch in open_batches(store, tenant) if batch.refused)
    why = next((text(key, language, **_said(details, language)) for key, details in refused), "—")
    since = "—" if found.oldest_at is None else f"{found.oldest_at:%Y-%m-%d %H:%M} UTC"
    return tenant.id, written_number(found.count, language), since, why


def _said(details: object, language: Language) -> dict[str, object]:
    """Return a sentence's details in one language."""
    assert isinstance(details, dict)
    return {
        name: value[language] if isinstance(value, dict) else value
        for name, value in details.items()
    }

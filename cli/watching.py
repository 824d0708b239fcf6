"""``abcall watch``: whether a tenant's models still see what they learned, and still hold true."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import say, show
from cli.learning import models_of
from cli.session import Desk, helper, session_of
from data_contracts.contract import Contract
from foundation.errors import NotFound
from foundation.texts import Language, text, written_number
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from models.watch import Watched


def register(app: typer.Typer, language: Language) -> None:
    """Add the command to ``app``."""
    tell = helper(language)

    @app.command("watch", help=tell("watch"))
    def watch(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
        model: Annotated[str | None, typer.Argument(metavar="MODEL", help=tell("model"))] = None,
    ) -> None:
        with session_of(context).desk() as desk:
            watch_all(desk, desk.tenant(tenant_id), model, language)


def watch_all(desk: Desk, tenant: Tenant, wanted: str | None, language: Language) -> None:
    """Compare each model's newest scores with its first ones, and print what changed.

    Raises
    ------
    NotFound
        No model has a champion.
    """
    from models.watch import watch

    contract = desk.contract(tenant)
    found: list[Watched] = []
    missing: list[NotFound] = []
    for name in models_of(desk, tenant, wanted):
        try:
            found.append(watch(desk.lake, tenant, name, contract))
            desk.note("model.watched", tenant, name, watch=found[-1].watch_id)
        except NotFound as error:
            missing.append(error)
    if not found:
        raise missing[0]
    _show(tenant, contract, found, language)
    for reason in missing:
        say(reason.say(language))


def _show(tenant: Tenant, contract: Contract, found: "list[Watched]", language: Language) -> None:
    from models.slices import say_slice

    rows = [
        (
            one.model,
            alarm.say(language),
            say_slice(contract, alarm.slice, language),
            text(f"watch.window_{alarm.window}", language),
            text(f"watch.statistic_{alarm.statistic}", language),
            written_number(alarm.value, language, 3),
            written_number(alarm.alarm_level, language, 3),
        )
        for one in found
        for alarm in one.alarms
    ]
    if rows:
        headers = text("watch.headers", language).split("|")
        show(text("watch.title", language, tenant=tenant.name), headers, rows)
    for one in found:
        say(_verdict(tenant, one, language))


def _verdict(tenant: Tenant, one: "Watched", language: Language) -> str:
    words: dict[str, object] = {"model": one.model, "tenant": tenant.id}
    if not one.findings:
        return text("watch.too_early", language, **words)
    if not one.alarms:
        return text("watch.calm", language, compared=len(one.findings), **words)
    return text("watch.asks" if one.asks_for_training else "watch.known_cause", language, **words)

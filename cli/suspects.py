"""``abcall suspects …``: features that a model may know too much by, and what a person says."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import say, show, working
from cli.session import Desk, session_of
from foundation.texts import Language, text
from tenancy.feature_answers import Verdict
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from models.leaks import Suspect

TenantId = Annotated[str, typer.Argument(metavar="TENANT")]
ModelName = Annotated[str, typer.Argument(metavar="MODEL")]
FeatureName = Annotated[str, typer.Argument(metavar="FEATURE")]


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(help=text("suspects.help_group", language), no_args_is_help=True)
    app.add_typer(group, name="suspects")

    @group.command("check", help=text("suspects.help_check", language))
    def check(context: typer.Context, tenant_id: TenantId, model: ModelName) -> None:
        with session_of(context).desk() as desk:
            show_suspects(desk, desk.tenant(tenant_id), model, language)

    @group.command("keep", help=text("suspects.help_keep", language))
    def keep(
        context: typer.Context, tenant_id: TenantId, model: ModelName, feature: FeatureName
    ) -> None:
        with session_of(context).desk() as desk:
            settle(desk, desk.tenant(tenant_id), model, feature, "keep", language)

    @group.command("leave-out", help=text("suspects.help_leave_out", language))
    def leave_out(
        context: typer.Context, tenant_id: TenantId, model: ModelName, feature: FeatureName
    ) -> None:
        with session_of(context).desk() as desk:
            settle(desk, desk.tenant(tenant_id), model, feature, "leave_out", language)


def show_suspects(desk: Desk, tenant: Tenant, model: str, language: Language) -> None:
    """Look at what a model would learn from now, and print what is odd about it."""
    from features.training_set import training_set
    from ingestion.gold.refine import refine
    from models.guard import guarded

    refine(desk.lake, tenant)
    contract = desk.contract(tenant)
    with working(1) as begin:
        begin(text("suspects.looking", language, model=model))
        found = guarded(
            desk.lake, tenant, contract, training_set(desk.lake, tenant, contract, model)
        )
    if not found.suspects:
        say(text("suspects.none", language, model=model))
        return
    headers = text("suspects.headers", language).split("|")
    rows = [
        (
            one.feature,
            one.say(one.feature, language),
            text(f"suspects.answer_{found.answers.get(one.feature, 'open')}", language),
        )
        for one in found.suspects
    ]
    show(text("suspects.title", language, model=model, tenant=tenant.name), headers, rows)
    tell_doubts(tenant, model, found.open, language)


def settle(
    desk: Desk, tenant: Tenant, model: str, feature: str, verdict: Verdict, language: Language
) -> None:
    """Keep what the person says of a feature."""
    from models.guard import clear

    contract = desk.contract(tenant)
    clear(desk.lake, desk.staff, tenant, contract, model, feature=feature, verdict=verdict)
    names = {"tenant": tenant.id, "model": model, "feature": feature}
    say(text(f"suspects.settled_{verdict}", language, **names))


def tell_doubts(
    tenant: Tenant, model: str, doubts: "Sequence[Suspect]", language: Language
) -> None:
    """Ask about features that were left out, each with the two commands that answer."""
    for one in doubts:
        say(one.say(one.feature, language))
        names = {"tenant": tenant.id, "model": model, "feature": one.feature}
        say(text("suspects.ask", language, **names))

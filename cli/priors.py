"""``abcall prior …``: what a vertical knows, from tenants that agree or from generated data."""

from dataclasses import replace
from typing import Annotated

import typer

from cli.console import say, show
from cli.session import Session, contract_of, helper, session_of
from foundation.errors import NotFound
from foundation.texts import Language, text
from tenancy.tenants import list_tenants, update_tenant


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    tell = helper(language)
    group = typer.Typer(help=tell("prior"), no_args_is_help=True)
    app.add_typer(group, name="prior")
    vertical_argument = typer.Argument(metavar="VERTICAL", help=tell("tenant_vertical"))

    @group.command("train", help=tell("prior_train"))
    def train(
        context: typer.Context,
        vertical: Annotated[str, vertical_argument],
        generated: Annotated[bool, typer.Option(help=tell("prior_generated"))] = False,
        scale: Annotated[float, typer.Option(min=0.5, max=10, help=tell("prior_scale"))] = 1.0,
    ) -> None:
        session = session_of(context)
        contract_of(session.settings, vertical)
        if generated:
            _train_generated(session, vertical, scale, language)
        else:
            _train_from_tenants(session, vertical, language)

    @group.command("consent", help=tell("prior_consent"))
    def consent(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
        agrees: Annotated[bool, typer.Option("--yes/--no", help=tell("prior_agrees"))],
    ) -> None:
        from models.prior_store import Home, forget_parts

        with session_of(context).desk() as desk:
            changed = replace(desk.tenant(tenant_id), prior_consent=agrees)
            update_tenant(desk.lake.store, desk.staff, changed)
            if not agrees:
                forget_parts(desk.lake.settings, Home.of(changed))
            desk.note("prior.agreed" if agrees else "prior.withdrawn", changed, tenant_id)
        said = "agreed" if agrees else "withdrawn"
        say(text(f"cli.prior_{said}", language, tenant=tenant_id))

    @group.command("list", help=tell("prior_list"))
    def list_all(context: typer.Context, vertical: Annotated[str, vertical_argument]) -> None:
        from models.prior_store import Home, find_parts

        session = session_of(context)
        contract = contract_of(session.settings, vertical)
        with session.desk() as desk:
            mine = [t for t in list_tenants(desk.lake.store, desk.staff) if t.vertical == vertical]
            homes = [(t.id, Home.of(t)) for t in mine if t.prior_consent]
            homes.append((text("cli.prior_made_up", language), Home.generated(vertical)))
            rows = [
                (who, model.name, str(sum(p.rows for p in parts)), str(len(parts)))
                for who, home in homes
                for model in contract.models
                if (parts := find_parts(desk.lake.settings, home, contract, model.name))
            ]
        show(vertical, text("cli.prior_headers", language).split("|"), rows)


def _train_from_tenants(session: Session, vertical: str, language: Language) -> None:
    """Learn a part from each tenant that agrees, and say of how many a prior can be made."""
    from models.prior import FEWEST_TENANTS
    from models.prior_train import train_parts

    with session.desk() as desk:
        made = list(train_parts(desk.lake, desk.staff, vertical))
        for one in made:
            if one.part is not None:
                desk.note("prior.learned", one.tenant, one.model, rows=one.part.rows)
    for one in made:
        if one.reason is not None:
            say(f"{one.tenant.id}: {one.reason.say(language)}")
    tenants = {one.tenant.id for one in made if one.part is not None}
    say(text("cli.prior_trained", language, vertical=vertical, tenants=len(tenants)))
    if len(tenants) <= FEWEST_TENANTS:
        say(text("cli.prior_too_few", language, needed=FEWEST_TENANTS))


def _train_generated(session: Session, vertical: str, scale: float, language: Language) -> None:
    """Learn a part from each generated company of the vertical."""
    from cli.prior_generated import generated_parts
    from models.prior_store import Home, keep_parts

    contract = contract_of(session.settings, vertical)
    found = generated_parts(vertical, scale, session.settings.contract_dirs)
    if not found:
        raise NotFound("cli.prior_not_generated", vertical=vertical)
    with session.desk() as desk:
        for model, parts in found.items():
            keep_parts(desk.lake.settings, Home.generated(vertical), contract, model, parts)
            desk.note("prior.generated", None, f"{vertical}.{model}", parts=len(parts))
    for model, parts in found.items():
        told = {"parts": len(parts), "rows": sum(part.rows for part in parts)}
        say(text("cli.prior_generated", language, model=model, **told))

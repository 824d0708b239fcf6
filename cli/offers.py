"""``abcall offers``: whom to offer what, whom to leave alone, and what is expected of it."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import say, show, working
from cli.session import Desk, helper, session_of
from data_contracts.contract import Contract
from foundation.errors import InvalidRequest
from foundation.texts import Language, text
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from models.offer_run import OfferRun
    from models.offer_train import OffersTrained
    from models.offers import Budget

VERDICTS = ("hold_out", "over_budget", "harm", "loss")


def register(app: typer.Typer, language: Language) -> None:
    """Add the command to ``app``."""
    tell = helper(language)

    @app.command("offers", help=tell("offers"))
    def offers(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
        budget: Annotated[float | None, typer.Option(help=tell("offers_budget"))] = None,
        calls: Annotated[int | None, typer.Option(help=tell("offers_calls"))] = None,
        train: Annotated[bool, typer.Option("--train", help=tell("offers_train"))] = False,
    ) -> None:
        limit = budget_of(budget, calls)
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            contract = desk.contract(tenant)
            made, run = decide(desk, tenant, contract, limit, language, train=train)
            if made is not None:
                show_effects(tenant, contract, made, language)
            show_decisions(tenant, contract, run, language)


def budget_of(money: float | None, calls: int | None) -> "Budget":
    """Return the one limit that was given, or none.

    Raises
    ------
    InvalidRequest
        Both were given, or one that is not above zero.
    """
    from models.offers import Budget

    if money is not None and calls is not None:
        raise InvalidRequest("cli.offers_one_budget")
    if any(limit is not None and not limit > 0 for limit in (money, calls)):
        raise InvalidRequest("cli.offers_bad_budget")
    return Budget(money, calls)


def decide(
    desk: Desk,
    tenant: Tenant,
    contract: Contract,
    limit: "Budget",
    language: Language,
    *,
    train: bool,
) -> "tuple[OffersTrained | None, OfferRun]":
    """Bring gold up to date, learn where there is no model yet, and decide on everyone."""
    from features.online_store import build_online
    from ingestion.gold.refine import refine
    from models.offer_run import decide_offers, offer_champion
    from models.offer_train import train_offers
    from models.refresh import models_lease

    refine(desk.lake, tenant)
    made = None
    with working(2) as begin, models_lease(desk.lake, tenant):
        begin(text("cli.step_offers_train", language))
        if train or offer_champion(desk.lake, tenant, contract) is None:
            made = train_offers(desk.lake, tenant, contract)
            desk.note("model.trained", tenant, "offers", version=made.version)
        begin(text("cli.step_offers_decide", language))
        run = decide_offers(desk.lake, tenant, limit, contract)
    build_online(desk.lake, tenant, contract)
    desk.note("offers.decided", tenant, "offers", run=run.run_id)
    return made, run


def show_effects(
    tenant: Tenant, contract: Contract, made: "OffersTrained", language: Language
) -> None:
    """Print what was learned, how sure it is, and whether the groups can be compared."""
    from models.offer_train import FEWEST_OF_AN_ARM

    rows = [
        (name, f"{found.value:.4f}", f"{found.low:.4f} – {found.high:.4f}")
        for name, found in made.metrics.items()
    ]
    titled = {"tenant": tenant.name, "version": made.version, "alias": made.alias}
    headers = text("cli.offers_effects_headers", language).split("|")
    show(text("cli.offers_effects_title", language, **titled), headers, rows)
    groups = [
        (
            one.arm,
            str(one.rows),
            f"{one.effective:.0f}",
            f"{one.smallest:.3f}",
            f"{one.clipped:.1%}",
        )
        for one in made.overlap
    ]
    headers = text("cli.offers_overlap_headers", language).split("|")
    show(text("cli.offers_overlap_title", language), headers, groups)
    for name, found in made.too_few.items():
        words = {"offer": _label(contract, name, language), "needed": FEWEST_OF_AN_ARM}
        say(text("cli.offers_too_few", language, found=found, **words))


def show_decisions(tenant: Tenant, contract: Contract, run: "OfferRun", language: Language) -> None:
    """Print how many customers get what, and what is expected of it."""
    from models.offer_words import said

    rows = [
        (text("cli.offers_verdict_offer", language, offer=_label(contract, name, language)), count)
        for name, count in sorted(run.offers.items())
    ]
    rows += [
        (text(f"cli.offers_verdict_{name}", language), run.verdicts[name])
        for name in VERDICTS
        if name in run.verdicts
    ]
    headers = text("cli.offers_decided_headers", language).split("|")
    title = text("cli.offers_decided_title", language, tenant=tenant.name)
    show(title, headers, [(words, str(count)) for words, count in rows])
    gain, cost = (said(float(v), run.currency, language) for v in (run.gain, run.cost))
    say(text("cli.offers_sum", language, gain=gain, cost=cost, run=run.run_id))
    if run.without_value:
        say(text("cli.offers_without_value", language, count=run.without_value))
    if run.already:
        say(text("cli.offers_already", language))


def _label(contract: Contract, name: str, language: Language) -> str:
    return next(spec.label[language] for spec in contract.offers if spec.name == name)

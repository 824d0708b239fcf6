"""``abcall train``, ``score`` and ``replay``: a tenant's models and what they say."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import say, show, working, write_out
from cli.session import Desk, helper, session_of
from cli.suspects import tell_doubts
from foundation.errors import InvalidRequest, NotEnoughData, NotFound, UserError
from foundation.texts import Language, text
from models.risk import say_bands
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from models.train import Trained

SEEDS = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?")
NOT_THE_SAME = 1
"""Exit code where a decision cannot be shown to be what it was."""

SHOWN = (
    *("auc", "average_precision", "brier", "calibration_slope"),
    *("accuracy", "macro_f1", "mean_absolute_error", "r2"),
)
"""Figures in their order, where a model's task has them."""


def register(app: typer.Typer, language: Language) -> None:
    """Add the commands to ``app``."""
    tell = helper(language)
    tenant_argument = typer.Argument(metavar="TENANT", help=tell("tenant_id"))
    model_argument = typer.Argument(metavar="MODEL", help=tell("model"))

    @app.command("train", help=tell("train"))
    def train(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        model: Annotated[str | None, model_argument] = None,
        seeds: Annotated[str, typer.Option(help=tell("seeds"))] = "0",
    ) -> None:
        chosen = seeds_of(seeds)
        with session_of(context).desk() as desk:
            train_all(desk, desk.tenant(tenant_id), model, chosen, language)

    @app.command("score", help=tell("score"))
    def score(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        model: Annotated[str | None, model_argument] = None,
    ) -> None:
        with session_of(context).desk() as desk:
            score_all(desk, desk.tenant(tenant_id), model, language)

    @app.command("rollback", help=tell("rollback"))
    def rollback(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        model: Annotated[str, typer.Argument(metavar="MODEL", help=tell("model"))],
    ) -> None:
        from features.text_set import TEXT_MODELS
        from models.rollback import roll_back

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            (name,) = [model] if model in TEXT_MODELS else models_of(desk, tenant, model)
            earlier = roll_back(desk.lake, tenant, name)
            desk.note("model.rolled_back", tenant, name, version=earlier.version)
        say(text("cli.rolled_back", language, model=name, version=earlier.version))

    @app.command("card", help=tell("card"))
    def card(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        model: Annotated[str, typer.Argument(metavar="MODEL", help=tell("model"))],
    ) -> None:
        from models.card import card_for
        from models.card_text import to_markdown

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            (name,) = models_of(desk, tenant, model)
            told = to_markdown(card_for(desk.lake, tenant, name), language)
        write_out(told)

    @app.command("replay", help=tell("replay"))
    def replay(
        context: typer.Context,
        score_id: Annotated[str, typer.Argument(metavar="SCORE_ID", help=tell("score_id"))],
        tenant_id: Annotated[str, typer.Option("--tenant", help=tell("tenant_id"))],
    ) -> None:
        from models.replay import replay as again

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            found = again(desk.lake, tenant, score_id)
            desk.note("score.replayed", tenant, score_id, verdict=found.verdict)
        say(found.say(language))
        if found.verdict not in ("same", "erased"):
            raise typer.Exit(NOT_THE_SAME)


def seeds_of(given: str) -> tuple[int, ...]:
    """Return the seeds that ``"3"`` or ``"0-4"`` stands for."""
    found = SEEDS.fullmatch(given)
    if found is None:
        raise InvalidRequest("cli.bad_seeds", given=given)
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise InvalidRequest("cli.bad_seeds", given=given)
    return tuple(range(first, last + 1))


def models_of(desk: Desk, tenant: Tenant, wanted: str | None) -> list[str]:
    """Return the names of the tenant's models, or the wanted one alone."""
    known = [model.name for model in desk.contract(tenant).models]
    if wanted is None:
        return known
    if wanted not in known:
        raise InvalidRequest("cli.no_model", model=wanted, known=", ".join(known))
    return [wanted]


def train_all(
    desk: Desk, tenant: Tenant, wanted: str | None, seeds: tuple[int, ...], language: Language
) -> None:
    """Train, and print each model's quality; without data for any of them, say what is missing."""
    from ingestion.gold.refine import refine
    from models.train import train

    refine(desk.lake, tenant)
    names = models_of(desk, tenant, wanted)
    made: list[Trained] = []
    missing: list[NotEnoughData] = []
    with working(len(names)) as begin:
        for name in names:
            begin(text("cli.step_train", language, model=name))
            try:
                made.append(train(desk.lake, tenant, name, seeds=seeds))
                desk.note("model.trained", tenant, name, version=made[-1].version)
            except NotEnoughData as error:
                missing.append(error)
    if made:
        _show_quality(tenant, made, seeds, language)
        for trained in made:
            tell_doubts(tenant, trained.model, trained.doubts, language)
    for reason in missing if made else missing[1:]:
        say(reason.say(language))
    if not made:
        raise missing[0]


def _show_quality(
    tenant: Tenant, made: "list[Trained]", seeds: tuple[int, ...], language: Language
) -> None:
    rows = [
        (
            trained.model,
            metric,
            f"{trained.metrics[metric].value:.4f}",
            f"{trained.metrics[metric].low:.4f} – {trained.metrics[metric].high:.4f}",
            str(trained.rows),
            str(trained.positives),
            f"{trained.version} ({trained.alias}, {trained.estimator})",
        )
        for trained in made
        for metric in SHOWN
        if metric in trained.metrics
    ]
    headers = text("cli.train_headers", language).split("|")
    show(text("cli.train_title", language, tenant=tenant.name), headers, rows)
    for trained in made:
        if trained.bands:
            base_rate = trained.positives / trained.rows
            say(f"{trained.model}: {say_bands(trained.bands, base_rate, language)}")
        if trained.against:
            say(text("cli.train_against", language, model=trained.model))
            for reason in trained.against:
                say(reason.say(language))
        if trained.left_out:
            count = {"model": trained.model, "persons": trained.left_out}
            say(text("cli.train_left_out", language, **count))
        if trained.rare_rows:
            say(text("cli.train_rare", language, model=trained.model, rows=trained.rare_rows))
        if trained.timing is not None:
            say(trained.timing.say(language))
        spread = trained.metrics.get("auc_mean_over_seeds")
        if spread is not None:
            figures = {"mean": spread.value, "low": spread.low, "high": spread.high}
            words = {name: f"{value:.4f}" for name, value in figures.items()}
            span = f"{seeds[0]}-{seeds[-1]}"
            say(text("cli.train_seeds", language, model=trained.model, seeds=span, **words))


def score_all(desk: Desk, tenant: Tenant, wanted: str | None, language: Language) -> None:
    """Score with the champions there are, and print how many rows were scored."""
    from features.online_store import build_online
    from ingestion.gold.refine import refine
    from models.batch import score_current

    refine(desk.lake, tenant)
    rows: list[tuple[str, ...]] = []
    missing: list[UserError] = []
    for name in models_of(desk, tenant, wanted):
        try:
            run = score_current(desk.lake, tenant, name)
        except (NotEnoughData, NotFound) as error:
            missing.append(error)
            continue
        desk.note("model.scored", tenant, name, run=run.run_id)
        rows.append((name, str(run.scored), str(0 if run.already else run.scored)))
    build_online(desk.lake, tenant, desk.contract(tenant))
    headers = text("cli.score_headers", language).split("|")
    show(text("cli.score_title", language, tenant=tenant.name), headers, rows)
    for reason in missing:
        say(reason.say(language))

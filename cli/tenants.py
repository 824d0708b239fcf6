"""``abcall init`` and ``abcall tenant …``: the installation and its tenants."""

from typing import Annotated

import typer

from cli.console import say, show
from cli.session import Helper, contract_of, helper, session_of
from foundation.clock import utc_now
from foundation.errors import InvalidRequest
from foundation.settings import Settings
from foundation.texts import LANGUAGES, Language, text
from tenancy.bootstrap import open_store
from tenancy.keys import Keyring
from tenancy.limits import NAMES, day_of, limits_of, plan_limits, set_limits, used_today
from tenancy.screen_texts import SCREEN_TEXTS, phrases_in, save_screen_text, screen_texts
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant, list_tenants


def initialise(settings: Settings) -> bool:
    """Make the store and, for a new installation, the master key; tell whether it was new."""
    store = open_store(settings)
    keyring = Keyring(settings, store)
    new = not keyring.has_master
    if new:
        keyring.create_master()
    store.close()
    return new


def register(app: typer.Typer, language: Language) -> None:
    """Add the commands to ``app``."""
    tell = helper(language)
    group = typer.Typer(help=tell("tenant"), no_args_is_help=True)
    app.add_typer(group, name="tenant")
    _register_init(app, language, tell)
    _register_new(group, language, tell)
    _register_list(group, language, tell)
    _register_limits(group, language, tell)
    _register_erase(group, language, tell)
    _register_texts(group, language)


def _register_init(app: typer.Typer, language: Language, tell: Helper) -> None:
    @app.command("init", help=tell("init"))
    def init(context: typer.Context) -> None:
        settings = session_of(context).settings
        key = "cli.initialised" if initialise(settings) else "cli.initialised_before"
        say(text(key, language, data=settings.data_dir, file=settings.master_key_file))


def _register_new(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("new", help=tell("tenant_new"))
    def new(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="ID", help=tell("tenant_id"))],
        name: Annotated[str, typer.Option(help=tell("tenant_name"))],
        vertical: Annotated[str, typer.Option(help=tell("tenant_vertical"))],
        currency: Annotated[str, typer.Option(help=tell("tenant_currency"))] = "COP",
        plan: Annotated[str, typer.Option(help=tell("tenant_plan"))] = "starter",
        speaks: Annotated[str, typer.Option(help=tell("tenant_language"))] = "es",
    ) -> None:
        session = session_of(context)
        contract_of(session.settings, vertical)
        tenant = Tenant(
            id=tenant_id,
            name=name,
            vertical=vertical,
            plan=plan,
            language=_language(speaks) or "es",
            currency=currency,
        )
        with session.desk() as desk:
            create_tenant(desk.lake.store, desk.staff, tenant)
        say(text("cli.tenant_made", language, tenant=tenant_id, vertical=vertical))


def _register_list(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("list", help=tell("tenant_list"))
    def list_all(context: typer.Context) -> None:
        with session_of(context).desk() as desk:
            tenants = list_tenants(desk.lake.store, desk.staff)
        headers = text("cli.tenant_headers", language).split("|")
        rows = [(t.id, t.name, t.vertical, t.plan, t.language, t.currency) for t in tenants]
        show(text("cli.tenants", language), headers, rows)


def _register_limits(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("limits", help=tell("tenant_limits"))
    def limits(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="ID", help=tell("tenant_id"))],
        change: Annotated[list[str] | None, typer.Option("--set", help=tell("limit_set"))] = None,
        plan: Annotated[bool, typer.Option("--plan", help=tell("limit_plan"))] = False,
    ) -> None:
        own = dict.fromkeys(NAMES) if plan else {}
        own |= dict(map(_limit, change or ()))
        session = session_of(context)
        by_plan = dict(session.settings.limits)
        with session.desk() as desk:
            tenant, store = desk.tenant(tenant_id), desk.lake.store
            if own:
                set_limits(store, desk.staff, tenant, own)
            held, of_plan = limits_of(store, tenant, by_plan), plan_limits(tenant.plan, by_plan)
            used = used_today(store, tenant, day_of(tenant, utc_now())[0])
        headers = text("cli.limit_headers", language).split("|")
        rows = [(name, str(getattr(held, name)), str(getattr(of_plan, name))) for name in NAMES]
        show(f"{tenant_id} · {tenant.plan}", headers, rows)
        say(text("cli.limit_used", language, records=used))


def _limit(option: str) -> tuple[str, int]:
    name, _, value = option.partition("=")
    if not value.isdecimal():
        raise InvalidRequest("limits.bad_limit", name=name, known=", ".join(NAMES))
    return name, int(value)


def _register_erase(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("erase", help=tell("tenant_erase"))
    def erase(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="ID", help=tell("tenant_id"))],
        confirm: Annotated[str, typer.Option(help=tell("confirm_name"))],
        request: Annotated[str, typer.Option(help=tell("request"))],
    ) -> None:
        from models.tenant_end import erase_tenant
        from pipelines.run import forget_tenant
        from tenancy.tenant_end import tenant_to_end

        with session_of(context).desk() as desk:
            tenant = tenant_to_end(desk.lake.store, desk.staff, tenant_id)
            receipt = erase_tenant(
                desk.lake,
                desk.staff,
                tenant,
                confirm=confirm,
                request=request,
                also={"dagster": lambda: forget_tenant(desk.lake.settings, tenant)},
            )
        say(receipt.say(language))


def _register_texts(group: typer.Typer, language: Language) -> None:
    tell = helper(language, "customers")

    @group.command("texts", help=tell("tenant_texts"))
    def texts(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT")],
        greeting: Annotated[str | None, typer.Option(help=tell("greeting"))] = None,
        closing: Annotated[str | None, typer.Option(help=tell("closing"))] = None,
        phrase: Annotated[list[str] | None, typer.Option(help=tell("phrase"))] = None,
        speaks: Annotated[str | None, typer.Option(help=tell("speaks"))] = None,
    ) -> None:
        phrases = None if not phrase else "\n".join(phrases_in("\n".join(phrase)))
        given = {"greeting": greeting, "closing": closing, "phrases": phrases}
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            spoken = _language(speaks) or tenant.language
            for name in SCREEN_TEXTS:
                words = given[name]
                if words is not None:
                    save_screen_text(
                        desk.lake.store, desk.staff, tenant,
                        name=name, language=spoken, words=words,
                    )  # fmt: skip
            found = screen_texts(desk.lake.store, tenant)
        headers = text("customers.text_headers", language).split("|")
        rows = [
            (text(f"customers.name_{name}", language), told, words)
            for (name, told), words in found.items()
        ]
        show(text("customers.texts_title", language, tenant=tenant.name), headers, rows)


def _language(given: str | None) -> Language | None:
    """Return a language that was asked for; None where none was.

    Raises
    ------
    InvalidRequest
        There is no such language.
    """
    found = next((language for language in LANGUAGES if language == given), None)
    if given is not None and found is None:
        raise InvalidRequest("cli.no_language", language=given)
    return found

"""``abcall contract …``: versions of contracts: planned, published, told, and brought to data."""

from typing import Annotated

import typer
import yaml

from cli.console import say, show, write_out
from cli.session import Desk, contract_of, session_of
from data_contracts.changelog import answer_of, changelog, say_step
from data_contracts.loader import load_documents
from data_contracts.own import own_document
from data_contracts.place import Node
from foundation.texts import Language, text
from ingestion.evolution.plan import Plan, own_of, plan_version
from ingestion.evolution.publish import publish
from ingestion.evolution.rebuild import Rebuilt
from ingestion.evolution.redrive import redrive
from tenancy.contract_versions import published_versions
from tenancy.tenant import Tenant

TenantId = Annotated[str, typer.Argument(metavar="TENANT")]
Vertical = Annotated[str, typer.Argument(metavar="VERTICAL")]


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(help=_help("group", language), no_args_is_help=True)
    app.add_typer(group, name="contract")
    _register_tenants(group, language)
    _register_versions(group, language)
    _register_past(group, language)


def _register_tenants(group: typer.Typer, language: Language) -> None:
    @group.command("show", help=_help("show", language))
    def show_one(context: typer.Context, tenant_id: TenantId) -> None:
        with session_of(context).desk() as desk:
            whole = _document(desk, desk.tenant(tenant_id))
        _write_out(whole)

    @group.command("export", help=_help("export", language))
    def export(context: typer.Context, tenant_id: TenantId) -> None:
        from ingestion.stored_contract import stored_document

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            held = {ref.name for ref in desk.lake.refs(tenant) if ref.layer == "silver"}
            root = f"{desk.lake.settings.tables_root}/{tenant.id}"
            whole = stored_document(_document(desk, tenant), desk.contract(tenant), held, root)
        _write_out(whole)

    @group.command("redrive", help=_help("redrive", language))
    def bring(
        context: typer.Context,
        tenant_id: TenantId,
        table: Annotated[str | None, typer.Argument(metavar="TABLE")] = None,
    ) -> None:
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            desk.note("uploads.redriven", tenant, table or tenant.id)
            done = redrive(desk.lake, tenant, None if table is None else [table])
        for one in done:
            say(_redriven(tenant.id, one, language))
        if not done:
            say(text("contract_plans.nothing_redriven", language, tenant=tenant.id))


def _document(desk: Desk, tenant: Tenant) -> Node:
    """Return a tenant's contract as the standard writes it, its own columns among the others."""
    document = load_documents(desk.lake.settings.contract_dirs)[tenant.vertical]
    return own_document(document, *own_of(desk.lake, tenant))


def _write_out(document: Node) -> None:
    write_out(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100))


def _register_versions(group: typer.Typer, language: Language) -> None:
    @group.command("plan", help=_help("plan", language))
    def plan(context: typer.Context, vertical: Vertical) -> None:
        with session_of(context).desk() as desk:
            contract_of(desk.lake.settings, vertical)
            found = plan_version(desk.lake, vertical)
        _tell(found, language)

    @group.command("publish", help=_help("publish", language))
    def bring_out(
        context: typer.Context,
        vertical: Vertical,
        redrive_only: Annotated[
            bool, typer.Option("--redrive-only", help=_help("redrive_only", language))
        ] = False,
    ) -> None:
        with session_of(context).desk() as desk:
            contract_of(desk.lake.settings, vertical)
            done = publish(desk.lake, desk.staff, vertical)
            for tenant_id, made in done.rebuilt.items():
                for one in made:
                    say(_redriven(tenant_id, one, language))
                if not redrive_only:
                    _refresh(desk, tenant_id, language)
        counts = {"tenants": len(done.rebuilt), "uploads": done.uploads}
        details = {"vertical": vertical, "version": done.version, **counts}
        say(text("contract_plans.published", language, **details))


def _register_past(group: typer.Typer, language: Language) -> None:
    @group.command("history", help=_help("history", language))
    def history(context: typer.Context, vertical: Vertical) -> None:
        with session_of(context).desk() as desk:
            found = published_versions(desk.lake.store, vertical)
        headers = text("contract_plans.history_headers", language).split("|")
        rows = [
            (p.version, f"{p.published_at:%Y-%m-%d %H:%M}", p.actor_id, p.sha256[:12])
            for p in found
        ]
        show(text("contract_plans.history", language, vertical=vertical), headers, rows)

    @group.command("changelog", help=_help("changelog", language))
    def tell_changes(context: typer.Context, vertical: Vertical) -> None:
        with session_of(context).desk() as desk:
            found = published_versions(desk.lake.store, vertical)
        if not found:
            say(text("contract_plans.nobody_published", language, vertical=vertical))
            return
        command = f"abcall contract changelog {vertical}"
        write_out(changelog([one.document for one in found], command, language))


def _refresh(desk: Desk, tenant_id: str, language: Language) -> None:
    """Let gold, features and models follow; a model of another contract is retrained."""
    from models.refresh import refresh

    done = refresh(desk.lake, desk.tenant(tenant_id))
    for model in done.incompatible:
        details = {"model": model, "tenant": tenant_id}
        say(text("contract_plans.incompatible", language, **details))


def _tell(plan: Plan, language: Language) -> None:
    """Print what would change, what answers it, and whom it touches."""
    named = {"vertical": plan.vertical, "version": plan.version, "held": plan.held}
    say(text(f"contract_plans.plan{'' if plan.held else '_none'}", language, **named))
    if not plan.changes:
        say(text("contract_plans.plan_same", language))
        return
    rows = []
    for change in plan.changes:
        step = answer_of(change, plan.path)
        level = text(f"contract_changes.level_{change.level}", language)
        missing = change in plan.unanswered
        answer = text("contract_plans.plan_open", language) if missing else ""
        rows.append((level, change.say(language), say_step(step, language) if step else answer))
    show("", text("contract_plans.plan_headers", language).split("|"), rows)
    level = text(f"contract_changes.level_{plan.level}", language)
    say(text("contract_plans.plan_number", language, level=level, needed=plan.needed))
    if plan.touched:
        say(text("contract_plans.plan_touches", language))
    for touch in plan.touched:
        say(touch.say(language))


def _redriven(tenant_id: str, one: Rebuilt, language: Language) -> str:
    return text(
        "contract_plans.redriven",
        language,
        tenant=tenant_id,
        table=one.table,
        uploads=one.uploads,
        version=one.version,
        left=one.left,
        entered=one.entered,
    )


def _help(name: str, language: Language) -> str:
    return text(f"contract_plans.help_{name}", language)

"""``abcall lake …``: a tenant's tables in figures, their care, their history and the way back."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from cli import lake_health
from cli.console import say, show, working
from cli.session import Desk, Helper, helper, session_of
from foundation.errors import InvalidRequest, NotFound
from foundation.texts import Language, text
from lakehouse.refs import TableRef
from tenancy.tenant import Tenant

MIB = 1024 * 1024
TIMES = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"]


def register(app: typer.Typer, language: Language) -> None:
    """Add the commands to ``app``."""
    tell = helper(language)
    group = typer.Typer(help=tell("lake"), no_args_is_help=True)
    app.add_typer(group, name="lake")
    _register_stats(group, language, tell)
    _register_care(group, language, tell)
    _register_history(group, language, tell)
    _register_restore(group, language, tell)
    lake_health.register(group, language, tell)


def tables_of(desk: Desk, tenant: Tenant, named: str | None) -> list[TableRef]:
    """Return the table that a person named, or all that the tenant has."""
    return desk.lake.refs(tenant) if named is None else [table_of(desk, tenant, named)]


def table_of(desk: Desk, tenant: Tenant, named: str) -> TableRef:
    """Return the table that a person named; ``NotFound`` where the tenant has none so called."""
    wanted = lake_health.table_named(named)
    found = [ref for ref in desk.lake.refs(tenant) if (ref.layer, ref.name) == wanted]
    if not found:
        raise NotFound("lakehouse.no_table", table=named)
    return found[0]


def _register_stats(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("stats", help=tell("lake_stats"))
    def stats(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
    ) -> None:
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            found = [desk.lake.statistics(ref) for ref in desk.lake.refs(tenant)]
        rows = [
            (
                f"{one.ref.layer}.{one.ref.name}",
                str(one.rows),
                str(one.files),
                _size(one.size_bytes),
                _size(one.smallest_bytes),
                _size(one.largest_bytes),
                str(one.version),
                str(one.versions),
                f"{one.oldest_at:%Y-%m-%d %H:%M}",
                _size(one.stored_bytes),
            )
            for one in found
            if one is not None
        ]
        show(tenant_id, text("cli.lake_headers", language).split("|"), rows)


def _register_care(group: typer.Typer, language: Language, tell: Helper) -> None:
    tenant_argument = typer.Argument(metavar="TENANT", help=tell("tenant_id"))
    table_argument = typer.Argument(metavar="TABLE", help=tell("lake_table"))

    @group.command("compact", help=tell("lake_compact"))
    def compact(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        table: Annotated[str | None, table_argument] = None,
    ) -> None:
        from ingestion import upkeep

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)

            def care(ref: TableRef) -> tuple[str, ...]:
                done = upkeep.compact(desk.lake, tenant, desk.staff, ref)
                return str(done.before), str(done.after)

            rows = _told(tables_of(desk, tenant, table), care)
        show(tenant_id, text("cli.compact_headers", language).split("|"), rows)

    @group.command("vacuum", help=tell("lake_vacuum"))
    def vacuum(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        table: Annotated[str | None, table_argument] = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help=tell("lake_dry_run"))] = False,
    ) -> None:
        from ingestion import upkeep

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)

            def care(ref: TableRef) -> tuple[str, ...]:
                done = upkeep.vacuum(desk.lake, tenant, desk.staff, ref, dry_run=dry_run)
                return str(done.files), _size(done.size_bytes), str(done.log_files)

            rows = _told(tables_of(desk, tenant, table), care)
        key = "cli.vacuum_dry_headers" if dry_run else "cli.vacuum_headers"
        show(tenant_id, text(key, language).split("|"), rows)


def _told(
    refs: list[TableRef], care: Callable[[TableRef], tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """Care for one table after the other, with progress; return each one's name and figures."""
    rows = []
    with working(len(refs)) as begin:
        for ref in refs:
            name = f"{ref.layer}.{ref.name}"
            begin(name)
            rows.append((name, *care(ref)))
    return rows


def _register_history(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("history", help=tell("lake_history"))
    def history(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
        table: Annotated[str, typer.Argument(metavar="TABLE", help=tell("lake_table"))],
        limit: Annotated[int, typer.Option(min=1, help=tell("lake_limit"))] = 20,
    ) -> None:
        with session_of(context).desk() as desk:
            ref = table_of(desk, desk.tenant(tenant_id), table)
            found = desk.lake.history(ref, limit)
        rows = [
            (str(one.version), f"{one.at:%Y-%m-%d %H:%M:%S}", one.operation, one.commit)
            for one in found
        ]
        show(f"{ref.layer}.{ref.name}", text("cli.history_headers", language).split("|"), rows)


def _register_restore(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("restore", help=tell("lake_restore"))
    def restore(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
        table: Annotated[str, typer.Argument(metavar="TABLE", help=tell("lake_table"))],
        to: Annotated[datetime | None, typer.Option(formats=TIMES, help=tell("lake_to"))] = None,
        version: Annotated[int | None, typer.Option(min=0, help=tell("lake_version"))] = None,
    ) -> None:
        from ingestion.restoring import restore_table
        from models.refresh import refresh

        moment = version if to is None else to.replace(tzinfo=UTC)
        if moment is None or (to is not None and version is not None):
            raise InvalidRequest("cli.one_moment")
        with session_of(context).desk() as desk, working(2) as begin:
            tenant = desk.tenant(tenant_id)
            ref = table_of(desk, tenant, table)
            begin(text("cli.step_restore", language, table=table))
            undone = restore_table(desk.lake, tenant, desk.staff, ref, to=moment)
            begin(text("cli.step_refresh", language, tenant=tenant.id))
            refresh(desk.lake, tenant)
        say(
            text(
                "cli.restored",
                language,
                table=f"{ref.layer}.{ref.name}",
                to_version=undone.restored.to_version,
                version=undone.restored.version,
                uploads=undone.uploads,
            )
        )


def _size(size_bytes: int) -> str:
    return f"{size_bytes / MIB:.2f} MiB"

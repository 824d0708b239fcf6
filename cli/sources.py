"""``abcall source …``: databases and file servers from which the platform fetches by itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, get_args

import typer

from cli.console import say, show, working
from cli.session import Helper, helper, session_of
from cli.terms import one_of
from data_contracts.contract import UploadKind
from foundation.texts import Language, text
from tenancy.sources import Source, get_source, list_sources, pause_source, remove_source

TENANT = typer.Argument(metavar="TENANT")
NAME = typer.Argument(metavar="SOURCE")


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    tell = helper(language)
    group = typer.Typer(help=tell("source"), no_args_is_help=True)
    app.add_typer(group, name="source")
    _register_add(group, language, tell)
    _register_reading(group, language, tell)
    _register_pull(group, language, tell)
    _register_changes(group, language, tell)


@dataclass(frozen=True)
class _Files:
    """Where the secret lies: never on the command line, which everybody on a machine can read."""

    password: Path | None
    key: Path | None
    passphrase: Path | None

    def read(self) -> dict[str, str | None]:
        """Return what the files hold, the end of their last line left out."""
        named = {
            "password": self.password,
            "private_key": self.key,
            "passphrase": self.passphrase,
        }
        return {
            name: None if path is None else path.read_text(encoding="utf-8").rstrip("\r\n")
            for name, path in named.items()
        }


def _register_add(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("add", help=tell("source_add"))
    def add(
        context: typer.Context,
        tenant_id: Annotated[str, TENANT],
        name: Annotated[str, NAME],
        address: Annotated[str, typer.Argument(metavar="ADDRESS", help=tell("source_address"))],
        into: Annotated[str | None, typer.Option(help=tell("source_into"))] = None,
        table: Annotated[str | None, typer.Option(help=tell("source_table"))] = None,
        query: Annotated[str | None, typer.Option(help=tell("source_query"))] = None,
        pattern: Annotated[str | None, typer.Option(help=tell("source_pattern"))] = None,
        watermark: Annotated[str | None, typer.Option(help=tell("source_watermark"))] = None,
        overlap: Annotated[int, typer.Option(help=tell("source_overlap"))] = 0,
        upload_as: Annotated[str | None, typer.Option("--as", help=tell("upload_kind"))] = None,
        schedule: Annotated[str | None, typer.Option(help=tell("source_schedule"))] = None,
        host_key: Annotated[str | None, typer.Option(help=tell("source_host_key"))] = None,
        password_file: Annotated[Path | None, typer.Option(exists=True, dir_okay=False)] = None,
        key_file: Annotated[Path | None, typer.Option(exists=True, dir_okay=False)] = None,
        passphrase_file: Annotated[Path | None, typer.Option(exists=True, dir_okay=False)] = None,
    ) -> None:
        from ingestion.sources.registry import register_source
        from ingestion.sources.secret import Secret
        from ingestion.sources.takes import Takes

        kind = one_of(upload_as, get_args(UploadKind), None)
        takes = Takes(into, kind, table, query, pattern, watermark, overlap)
        files = _Files(password_file, key_file, passphrase_file)
        with session_of(context).desk() as desk:
            source = register_source(
                desk.lake,
                desk.tenant(tenant_id),
                desk.staff,
                name=name,
                url=address,
                secret=Secret(**files.read()),
                takes=takes,
                schedule=schedule,
                host_key=host_key,
            )
        say(text("cli.source_added", language, source=source.name, tenant=tenant_id))


def _register_reading(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("list", help=tell("source_list"))
    def list_all(context: typer.Context, tenant_id: Annotated[str, TENANT]) -> None:
        with session_of(context).desk() as desk:
            found = list_sources(desk.lake.store, desk.staff, desk.tenant(tenant_id))
        headers = text("cli.source_headers", language).split("|")
        rows = [
            (
                one.name,
                one.address,
                str(one.takes.get("into") or "—"),
                text("cli.source_paused", language) if one.paused else one.schedule or "—",
                one.watermark or "—",
                _outcome(one, language),
            )
            for one in found
        ]
        show(tenant_id, headers, rows)

    @group.command("show", help=tell("source_show"))
    def show_one(
        context: typer.Context, tenant_id: Annotated[str, TENANT], name: Annotated[str, NAME]
    ) -> None:
        with session_of(context).desk() as desk:
            one = get_source(desk.lake.store, desk.staff, desk.tenant(tenant_id), name)
        known = {
            "kind": one.kind,
            "address": one.address,
            "host_key": one.host_key,
            **one.takes,
            "schedule": one.schedule,
            "paused": one.paused,
            "pulled_at": one.pulled_at,
            "last_watermark": one.watermark,
            "outcome": _outcome(one, language),
        }
        rows = [(field, str(value)) for field, value in known.items() if value is not None]
        show(name, text("cli.source_fields", language).split("|"), rows)

    @group.command("test", help=tell("source_test"))
    def test(
        context: typer.Context, tenant_id: Annotated[str, TENANT], name: Annotated[str, NAME]
    ) -> None:
        from ingestion.sources.registry import try_source

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            desk.note("source.tested", tenant, name)
            trial = try_source(desk.lake, tenant, desk.staff, name)
        show(name, trial.names, trial.rows)


def _outcome(source: Source, language: Language) -> str:
    if not source.outcome:
        return "—"
    return text(source.outcome["key"], language, **source.outcome["details"])


def _register_pull(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("pull", help=tell("source_pull"))
    def pull_one(
        context: typer.Context,
        tenant_id: Annotated[str, TENANT],
        name: Annotated[str, NAME],
        receive_only: Annotated[bool, typer.Option("--receive-only", help=tell("receive_only"))] = (
            False
        ),
    ) -> None:
        from ingestion.sources.pull import pull

        with session_of(context).desk() as desk, working(1 if receive_only else 2) as begin:
            tenant = desk.tenant(tenant_id)
            begin(text("cli.step_pull", language, source=name))
            pulled = pull(desk.lake, tenant, desk.staff, name, again=True)
            if not receive_only and any(one.refreshes for one in pulled.delivered):
                from models.refresh import refresh

                begin(text("cli.step_refresh", language, tenant=tenant.id))
                refresh(desk.lake, tenant)
        say(pulled.say(language))


def _register_changes(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("pause", help=tell("source_pause"))
    def pause(
        context: typer.Context,
        tenant_id: Annotated[str, TENANT],
        name: Annotated[str, NAME],
        resume: Annotated[bool, typer.Option("--resume", help=tell("source_resume"))] = False,
    ) -> None:
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            pause_source(desk.lake.store, desk.staff, tenant, name, paused=not resume)
        key = "cli.source_is_resumed" if resume else "cli.source_is_paused"
        say(text(key, language, source=name))

    @group.command("remove", help=tell("source_remove"))
    def remove(
        context: typer.Context, tenant_id: Annotated[str, TENANT], name: Annotated[str, NAME]
    ) -> None:
        with session_of(context).desk() as desk:
            remove_source(desk.lake.store, desk.staff, desk.tenant(tenant_id), name)
        say(text("cli.source_removed", language, source=name))

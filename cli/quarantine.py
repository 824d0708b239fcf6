"""``abcall quarantine list``, ``show``, ``download``, ``history``: rejected rows as they stand."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli import corrections
from cli.console import say, show
from cli.session import Helper, session_of
from foundation.errors import InvalidRequest
from foundation.texts import Language, text
from tenancy.quarantine_acts import Act, list_acts

ROOM = "ledger"
SHOWN = 10
DAY = "%Y-%m-%d %H:%M"
LISTED = 50


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    tell = Helper(language, ROOM)
    group = typer.Typer(help=tell("quarantine"), no_args_is_help=True)
    app.add_typer(group, name="quarantine")
    for part in (_list, _show, _download, _history):
        part(group, language, tell)
    corrections.register(group, tell)


def _list(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("list", help=tell("list"))
    def list_all(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant"))],
        table: Annotated[str | None, typer.Option(help=tell("table"))] = None,
        upload: Annotated[str | None, typer.Option(help=tell("upload"))] = None,
    ) -> None:
        from ingestion.ledger.find import all_causes, selections

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            chosen = selections(desk.lake, tenant, table=table, upload_id=upload)
            found = all_causes(desk.lake, tenant, chosen)
            tables = {t.name: t for t in desk.lake.contract_of(tenant).tables}
        headers = text("ledger.list_headers", language).split("|")
        rows = [
            (
                counted.cause.id,
                counted.cause.table,
                counted.cause.say(tables[counted.cause.table], language),
                str(counted.rows),
                f"{counted.share:.0%}",
                f"{counted.first_at:{DAY}}",
                f"{counted.last_at:{DAY}}",
            )
            for _, counted in found
        ]
        show(tenant_id, headers, rows)
        say(text("ledger.list_next" if rows else "ledger.list_none", language))


def _show(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("show", help=tell("show"))
    def show_rows(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant"))],
        cause: Annotated[str, typer.Argument(metavar="CAUSE", help=tell("cause"))],
        limit: Annotated[int, typer.Option(min=1, help=tell("limit"))] = SHOWN,
    ) -> None:
        from ingestion.ledger.find import selections
        from ingestion.ledger.rows import ledger_page

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            (selection,) = selections(desk.lake, tenant, cause_id=cause)
            desk.note("quarantine.read", tenant, cause)
            found = ledger_page(desk.lake, tenant, desk.staff, selection, limit=limit)
            table = desk.lake.contract_of(tenant).table(selection.table)
        headers = text("ledger.show_headers", language).split("|")
        rows = [
            (
                str(row.ref),
                row.file_name,
                str(row.came_from.row_number),
                " ".join(row.sentences(table, language)),
                " · ".join(row.value(reason) or "—" for reason in row.reasons),
            )
            for row in found
        ]
        show(cause, headers, rows)
        say(selection.cause.advice(language) if selection.cause else "")


def _download(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("download", help=tell("download"))
    def download(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant"))],
        file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False)],
        table: Annotated[str | None, typer.Option(help=tell("table"))] = None,
        cause: Annotated[str | None, typer.Option(help=tell("cause"))] = None,
        upload: Annotated[str | None, typer.Option(help=tell("upload"))] = None,
    ) -> None:
        from ingestion.ledger.download import write_download
        from ingestion.ledger.find import selections

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            chosen = selections(desk.lake, tenant, table=table, cause_id=cause, upload_id=upload)
            if len(chosen) > 1:
                tables = ", ".join(selection.table for selection in chosen)
                raise InvalidRequest("ledger.one_table", tables=tables)
            if not chosen:
                raise InvalidRequest("ledger.nothing_open")
            desk.note("quarantine.downloaded", tenant, chosen[0].table)
            rows = write_download(desk.lake, tenant, chosen[0], file, language)
        say(text("ledger.downloaded", language, rows=rows, file=file.name))


def _history(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("history", help=tell("history"))
    def history(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant"))],
        act: Annotated[str | None, typer.Argument(metavar="ACT", help=tell("act"))] = None,
    ) -> None:
        from ingestion.ledger.history import rows_done

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            if act is None:
                _show_acts(tenant_id, list_acts(desk.lake.store, tenant, limit=LISTED), language)
                return
            desk.note("quarantine.read", tenant, act)
            done = rows_done(desk.lake, tenant, desk.staff, act)
        headers = text("ledger.done_headers", language).split("|")
        rows = [
            (
                str(row.came_from),
                text(f"ledger.row_{row.act}", language),
                row.reason or "; ".join(_change(row.changes)) or "—",
            )
            for row in done
        ]
        show(act, headers, rows)


def _change(changes: Mapping[str, tuple[str | None, str | None]]) -> list[str]:
    return [
        f"{name}: {before or '∅'} → {after or '∅'}" for name, (before, after) in changes.items()
    ]


def _show_acts(title: str, acts: Sequence[Act], language: Language) -> None:
    headers = text("ledger.act_headers", language).split("|")
    rows = [
        (
            act.id,
            f"{act.begun_at:{DAY}}",
            act.actor_id,
            text(f"ledger.act_{act.kind}", language),
            text(f"ledger.state_{act.state}", language),
            *(str(act.counts.get(name, 0)) for name in ("rows", "resolved", "replaced")),
            act.upload_id or "—",
        )
        for act in acts
    ]
    show(title, headers, rows)

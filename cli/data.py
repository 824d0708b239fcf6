"""``abcall mapping``, ``uploads`` and ``rejected``: a file's columns and the account of rows."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import say, show
from cli.session import helper, session_of
from foundation.texts import Language, text
from ingestion.mapping import Mapping
from tenancy.uploads import list_uploads

if TYPE_CHECKING:
    from ingestion.preview import Preview

EXAMPLES = 10


def register(app: typer.Typer, language: Language) -> None:
    """Add the commands to ``app``."""
    _register_mapping(app, language)
    _register_reading(app, language)


def _register_mapping(app: typer.Typer, language: Language) -> None:
    tell = helper(language)

    @app.command("mapping", help=tell("mapping"))
    def mapping(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
        table: Annotated[str, typer.Argument(metavar="TABLE", help=tell("table"))],
        file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)],
    ) -> None:
        from ingestion.preview import preview

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            desk.note("file.previewed", tenant, table)
            seen = preview(desk.lake, tenant, file, table)
        headers = text("cli.mapping_headers", language).split("|")
        show(file.name, headers, _columns(seen, language))
        say(_kinds(seen.proposal.mapping, language))


def _columns(seen: "Preview", language: Language) -> list[tuple[str, str, str, str]]:
    """Return where each column goes: as the tenant's kept mapping says, else as is proposed."""
    if seen.known:
        kept, why = seen.proposal.mapping.columns, text("dashboards.as_last_time", language)
        return [(source, kept.get(source, "—"), "—", why) for source in seen.raw.headers]
    return [
        (c.source, c.target or "—", f"{c.confidence:.0%}" if c.target else "—", c.say(language))
        for c in seen.proposal.choices
    ]


def _kinds(mapping: Mapping, language: Language) -> str:
    kinds = {"key": mapping.key, "label": mapping.label or "—", "upload": mapping.upload}
    return text("cli.mapping_kinds", language, **kinds)


def _register_reading(app: typer.Typer, language: Language) -> None:
    tell = helper(language)

    @app.command("uploads", help=tell("uploads"))
    def uploads(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
    ) -> None:
        with session_of(context).desk() as desk:
            found = list_uploads(desk.lake.store, desk.tenant(tenant_id))
        headers = text("cli.upload_headers", language).split("|")
        names = ("rows", "inserted", "updated", "unchanged", "superseded", "deleted", "quarantined")
        rows = [
            (
                u.id,
                f"{u.received_at:%Y-%m-%d %H:%M}",
                u.table,
                u.file_name,
                text(f"dashboards.upload_{u.shown_state}", language),
                *(str(u.counts.get(name, 0)) for name in names),
            )
            for u in found
        ]
        show(tenant_id, headers, rows)

    @app.command("rejected", help=tell("rejected"))
    def rejected(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
        upload_id: Annotated[str, typer.Argument(metavar="UPLOAD")],
        csv: Annotated[Path | None, typer.Option(help=tell("rejected_csv"))] = None,
    ) -> None:
        from ingestion.quarantine import download_csv, rejected_rows

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            desk.note("quarantine.read", tenant, upload_id)
            if csv is not None:
                csv.write_bytes(download_csv(desk.lake, tenant, upload_id, language))
            found = rejected_rows(desk.lake, tenant, upload_id, language)
        headers = text("cli.rejected_headers", language).split("|")
        rows = [(str(r.row_number), r.column or "", r.sentence) for r in found[:EXAMPLES]]
        show(upload_id, headers, rows)
        if len(found) > EXAMPLES:
            say(text("cli.rejected_more", language, more=len(found) - EXAMPLES))

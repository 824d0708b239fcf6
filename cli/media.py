"""``abcall media …``: what came with incidents: whole, of what class, at what cost, and read."""

import json
import sys
from typing import Annotated

import typer

from cli import media_costs, media_read, media_train
from cli.console import say, show
from cli.session import helper, session_of
from foundation.clock import utc_now
from foundation.errors import OperatorError
from foundation.texts import Language, text, written_number

MB = 1_000_000


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    tell = helper(language)
    group = typer.Typer(help=tell("media"), no_args_is_help=True)
    app.add_typer(group, name="media")
    tenant_argument = typer.Argument(metavar="TENANT", help=tell("tenant_id"))

    @group.command("verify", help=tell("media_verify"))
    def verify(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        all_of_them: Annotated[bool, typer.Option("--all", help=tell("media_all"))] = False,
    ) -> None:
        from ingestion.media import integrity
        from tenancy.file_arrivals import incidents_with

        objects, size_bytes = integrity.MOST_OBJECTS, integrity.MOST_BYTES
        if all_of_them:
            objects = size_bytes = sys.maxsize
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            found = integrity.verify(desk.lake, tenant, objects, size_bytes)
            desk.note("attachments.verified", tenant, tenant.id, objects=found.objects)
            states = (("missing", found.missing), ("corrupt", found.corrupt))
            rows = [
                (
                    one,
                    text(f"media.state_{state}", language),
                    ", ".join(incidents_with(desk.lake.store, tenant, one)),
                )
                for state, those in states
                for one in those
            ]
        if found.orphans:
            say(text("media.orphans", language, count=len(found.orphans)))
        if found.whole:
            size = round(found.size_bytes / MB)
            say(text("media.whole", language, objects=found.objects, size=size))
            return
        show(tenant_id, text("media.found_headers", language).split("|"), rows)
        raise OperatorError("media.found", missing=len(found.missing), corrupt=len(found.corrupt))

    @group.command("classes", help=tell("media_classes"))
    def classes(context: typer.Context, tenant_id: Annotated[str, tenant_argument]) -> None:
        from ingestion.media.ageing import Ageing, bytes_by_class
        from tenancy.incident_files import stored_contents

        with session_of(context).desk() as desk:
            contents = stored_contents(desk.lake.store, desk.tenant(tenant_id))
            found = bytes_by_class(contents, Ageing.of(desk.lake.settings), utc_now())
        rows = [
            (
                text(f"media.class_{name}", language),
                str(count),
                written_number(size / MB, language, 1),
            )
            for name, (count, size) in found.items()
        ]
        show(tenant_id, text("media.classes_headers", language).split("|"), rows)

    @group.command("lifecycle", help=tell("media_lifecycle"))
    def lifecycle(context: typer.Context) -> None:
        from ingestion.media.ageing import lifecycle as rules_of
        from tenancy.tenants import list_tenants

        with session_of(context).desk() as desk:
            rules = rules_of(desk.lake.settings, list_tenants(desk.lake.store, desk.staff))
        typer.echo(json.dumps(rules, indent=2))

    media_costs.register(group, language, tell)
    media_read.register(group, language, tell)
    media_train.register(group, language, tell)

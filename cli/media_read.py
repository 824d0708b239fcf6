"""``abcall media read``: what waits is read now, by all extractors."""

from typing import Annotated

import typer

from cli.console import say, show
from cli.session import Helper, session_of
from foundation.errors import OperatorError
from foundation.texts import Language, text


def register(group: typer.Typer, language: Language, tell: Helper) -> None:
    """Add the command to the group ``media``."""
    tenant_argument = typer.Argument(metavar="TENANT", help=tell("tenant_id"))

    @group.command("read", help=tell("media_read"))
    def read(context: typer.Context, tenant_id: Annotated[str, tenant_argument]) -> None:
        from ingestion.extractors.run import extract_new
        from operations.extractors import extractors
        from operations.transcripts.table import waits_for

        rows, unreadable = [], 0
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            for name, extractor_of in extractors().items():
                try:
                    extractor = extractor_of(desk.lake, tenant)
                    done = extract_new(desk.lake, tenant, extractor)
                except OperatorError as error:
                    if not waits_for(error):
                        raise
                    say(f"{name}: {error.say(language)}")
                    continue
                rows.append((name, *map(str, (done.read, done.unreadable, done.left))))
                unreadable += done.unreadable
        show(tenant_id, text("media.read_headers", language).split("|"), rows)
        if unreadable:
            say(text("media.read_unreadable", language))

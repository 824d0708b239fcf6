"""``abcall upload``: files, folders, zips and workbooks through the one door."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import say, working
from cli.session import Desk, Session, helper, session_of
from cli.terms import TermOptions, mapping_from
from foundation.errors import InvalidRequest
from foundation.texts import Language, text
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from ingestion.delivery import Delivered
    from ingestion.parts import Load
    from ingestion.progress import Told

NOT_ALL_TAKEN = 2


@dataclass(frozen=True)
class _Order:
    """What the person asks for: which files, into which table, on which terms."""

    table: str | None
    paths: tuple[Path, ...]
    terms: TermOptions
    confirm_ended: bool
    receive_only: bool


def register(app: typer.Typer, language: Language) -> None:
    """Add the command to ``app``."""
    tell = helper(language)

    @app.command("upload", help=tell("upload"))
    def upload(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
        things: Annotated[
            list[str], typer.Argument(metavar="[TABLE] FILE…", help=tell("upload_things"))
        ],
        column: Annotated[list[str] | None, typer.Option("--map", help=tell("map"))] = None,
        key: Annotated[str | None, typer.Option(help=tell("key_kind"))] = None,
        label: Annotated[str | None, typer.Option(help=tell("label_kind"))] = None,
        upload_as: Annotated[str | None, typer.Option("--as", help=tell("upload_kind"))] = None,
        confirm_ended: Annotated[
            bool, typer.Option("--confirm-ended", help=tell("confirm_ended"))
        ] = False,
        receive_only: Annotated[bool, typer.Option("--receive-only", help=tell("receive_only"))] = (
            False
        ),
    ) -> None:
        table, paths = table_and_files(things)
        terms = TermOptions(tuple(column or ()), key, label, upload_as)
        order = _Order(table, paths, terms, confirm_ended, receive_only)
        _upload(session_of(context), tenant_id, order)


def table_and_files(things: list[str]) -> tuple[str | None, tuple[Path, ...]]:
    """Tell a table's name, which may come first, from files and folders.

    Raises
    ------
    InvalidRequest
        A file is missing, or none is named.
    """
    named = not Path(things[0]).exists() and (len(things) > 1 or things[0].isidentifier())
    table = things[0] if named else None
    paths = tuple(Path(thing) for thing in (things[1:] if named else things))
    if not paths:
        raise InvalidRequest("cli.name_files", table=table)
    missing = next((path for path in paths if not path.exists()), None)
    if missing is not None:
        raise InvalidRequest("cli.no_file", file=str(missing))
    return table, paths


def _upload(session: Session, tenant_id: str, order: _Order) -> None:
    from ingestion.parts import open_load

    language = session.language
    with session.desk() as desk:
        tenant = desk.tenant(tenant_id)
        sent = [(path, path.resolve().name) for path in order.paths]
        with (
            open_load(desk.lake, tenant, sent, table=order.table) as load,
            working(len(load.parts) + (not order.receive_only), language) as begin,
        ):

            def tell(name: str) -> None:
                begin(text("cli.step_receive", language, file=name))

            delivered = _deliver(desk, tenant, load, order, tell, begin.follow)
            if not order.receive_only and delivered.refreshes:
                from models.refresh import refresh

                begin(text("cli.step_refresh", language, tenant=tenant.id))
                refresh(desk.lake, tenant)
    if delivered.only_error is not None:
        raise delivered.only_error
    say(delivered.say(language))
    if not delivered.complete:
        raise typer.Exit(NOT_ALL_TAKEN)


def _deliver(
    desk: Desk,
    tenant: Tenant,
    load: "Load",
    order: _Order,
    tell: Callable[[str], None],
    follow: "Told",
) -> "Delivered":
    """Receive every part under the person's terms."""
    from ingestion.deliver import Choices, deliver

    mappings = {
        one.part.file_name: mapping
        for one in load.parts
        if (mapping := mapping_from(desk.lake, tenant, one.table, one.part.path, order.terms))
    }
    choices = Choices(mappings, order.confirm_ended)
    return deliver(desk.lake, tenant, desk.staff, load, choices, begin=tell, progress=follow)

"""``abcall quarantine fix``, ``redrive``, ``dismiss`` and ``reopen``: what is done about rows."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import say, working
from cli.session import Desk, Helper, session_of
from foundation.errors import InvalidRequest
from foundation.texts import text
from tenancy.quarantine_acts import Act
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from ingestion.ledger.correction import Correction
    from ingestion.ledger.schema import RowRef
    from ingestion.ledger.selection import Selection

Choose = Callable[[Desk, Tenant], "list[Selection]"]
Step = Callable[[Desk, Tenant, "Selection"], list[Act]]
Strings = list[str] | None


def register(group: typer.Typer, tell: Helper) -> None:
    """Add the commands to the group."""
    for part in (_fix, _redrive, _dismiss, _reopen):
        part(group, tell)


def _fix(group: typer.Typer, tell: Helper) -> None:
    @group.command("fix", help=tell("fix"))
    def fix(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant"))],
        cause: Annotated[str | None, typer.Option(help=tell("cause"))] = None,
        value: Annotated[Strings, typer.Option(help=tell("value"))] = None,
        every: Annotated[Strings, typer.Option(help=tell("every"))] = None,
        cell: Annotated[Strings, typer.Option(help=tell("cell"))] = None,
        remember: Annotated[bool, typer.Option("--remember", help=tell("remember"))] = False,
        receive_only: Annotated[bool, typer.Option("--receive-only", help=tell("only"))] = False,
    ) -> None:
        from ingestion.ledger.find import selections

        correction = _correction(value or (), every or (), cell or (), remember=remember)
        rows = [str(ref) for ref in correction.cells]
        if not (cause or rows):
            raise InvalidRequest("ledger.name_rows")

        def choose(desk: Desk, tenant: Tenant) -> "list[Selection]":
            return selections(desk.lake, tenant, cause_id=cause, rows=rows)

        _do(context, tenant_id, choose, _resend(correction), refresh=not receive_only)


def _redrive(group: typer.Typer, tell: Helper) -> None:
    @group.command("redrive", help=tell("redrive"))
    def redrive(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant"))],
        table: Annotated[str | None, typer.Option(help=tell("table"))] = None,
        cause: Annotated[str | None, typer.Option(help=tell("cause"))] = None,
        upload: Annotated[str | None, typer.Option(help=tell("upload"))] = None,
        receive_only: Annotated[bool, typer.Option("--receive-only", help=tell("only"))] = False,
    ) -> None:
        from ingestion.ledger.find import selections

        def choose(desk: Desk, tenant: Tenant) -> "list[Selection]":
            return selections(desk.lake, tenant, table=table, cause_id=cause, upload_id=upload)

        _do(context, tenant_id, choose, _resend(None), refresh=not receive_only)


def _dismiss(group: typer.Typer, tell: Helper) -> None:
    @group.command("dismiss", help=tell("dismiss"))
    def dismiss_rows(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant"))],
        reason: Annotated[str, typer.Option(help=tell("reason"))],
        cause: Annotated[str | None, typer.Option(help=tell("cause"))] = None,
        upload: Annotated[str | None, typer.Option(help=tell("upload"))] = None,
        row: Annotated[Strings, typer.Option(help=tell("row"))] = None,
    ) -> None:
        from ingestion.ledger.dismiss import dismiss
        from ingestion.ledger.find import selections

        if not (cause or upload or row):
            raise InvalidRequest("ledger.name_rows")

        def choose(desk: Desk, tenant: Tenant) -> "list[Selection]":
            named = row or ()
            return selections(desk.lake, tenant, cause_id=cause, upload_id=upload, rows=named)

        def step(desk: Desk, tenant: Tenant, selection: "Selection") -> list[Act]:
            return [dismiss(desk.lake, tenant, desk.staff, selection, reason)]

        _do(context, tenant_id, choose, step)


def _reopen(group: typer.Typer, tell: Helper) -> None:
    @group.command("reopen", help=tell("reopen"))
    def reopen_rows(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant"))],
        upload: Annotated[str | None, typer.Option(help=tell("upload"))] = None,
        row: Annotated[Strings, typer.Option(help=tell("row"))] = None,
    ) -> None:
        from ingestion.ledger.dismiss import reopen
        from ingestion.ledger.find import selections

        if not (upload or row):
            raise InvalidRequest("ledger.name_rows")

        def choose(desk: Desk, tenant: Tenant) -> "list[Selection]":
            return selections(desk.lake, tenant, upload_id=upload, rows=row or ())

        def step(desk: Desk, tenant: Tenant, selection: "Selection") -> list[Act]:
            return [reopen(desk.lake, tenant, desk.staff, selection)]

        _do(context, tenant_id, choose, step)


def _do(
    context: typer.Context, tenant_id: str, choose: Choose, step: Step, *, refresh: bool = False
) -> None:
    """Do a step with each table's rows, and say what came of it."""
    session = session_of(context)
    with session.desk() as desk, working(2 if refresh else 1) as begin:
        tenant = desk.tenant(tenant_id)
        begin(text("ledger.step_rows", session.language))
        chosen = choose(desk, tenant)
        if not chosen:
            raise InvalidRequest("ledger.nothing_open")
        acts = [act for selection in chosen for act in step(desk, tenant, selection)]
        if refresh and any(act.counts.get("resolved") for act in acts):
            from models.refresh import refresh as refresh_tenant

            begin(text("cli.step_refresh", session.language, tenant=tenant.id))
            refresh_tenant(desk.lake, tenant)
    for act in acts:
        say(text(f"ledger.done_{act.kind}", session.language, act=act.id, **_figures(act)))


def _figures(act: Act) -> dict[str, int]:
    return {name: act.counts.get(name, 0) for name in ("rows", "resolved", "replaced")}


def _resend(correction: "Correction | None") -> Step:
    from ingestion.ledger.redrive import redrive

    def step(desk: Desk, tenant: Tenant, selection: "Selection") -> list[Act]:
        return redrive(desk.lake, tenant, desk.staff, selection, correction)

    return step


def _correction(
    values: Sequence[str], every: Sequence[str], cells: Sequence[str], *, remember: bool
) -> "Correction":
    """Return the correction that ``COLUMN:OLD=NEW``, ``COLUMN=NEW`` and ``ROW:COLUMN=NEW`` say."""
    from ingestion.ledger.correction import Correction
    from ingestion.ledger.schema import row_ref

    translated: dict[str, dict[str, str]] = {}
    for told in values:
        column, before, after = _parts(told)
        translated.setdefault(column, {})[before] = after
    changed: dict[RowRef, dict[str, str]] = {}
    for told in cells:
        row, column, value = _parts(told)
        ref = row_ref(row)
        if ref is None:
            raise InvalidRequest("ledger.no_reference", reference=row)
        changed.setdefault(ref, {})[column] = value
    pairs = (told.partition("=") for told in every)
    return Correction(
        values=translated,
        every={column: value for column, _, value in pairs},
        cells=changed,
        remember=remember,
    )


def _parts(told: str) -> tuple[str, str, str]:
    """Return the three parts of ``A:B=C``."""
    left, sign, right = told.partition("=")
    first, colon, second = left.partition(":")
    if not (sign and colon):
        raise InvalidRequest("ledger.bad_correction", option=told)
    return first, second, right

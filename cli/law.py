"""``abcall person …`` and ``abcall hold …``: what the law asks of whoever keeps persons' data."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import say, show
from cli.session import Desk, Helper, helper, session_of
from foundation.errors import InvalidRequest
from foundation.texts import Language, text
from tenancy.consents import Consent, save_consent
from tenancy.erasures import get_erasure, is_genuine, list_erasures
from tenancy.holds import lift_hold, list_holds, place_hold
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from ingestion.persons import Person

STDIN = "-"
"""An identification need not stand in the shell's history: it can be read from standard input."""


def register(app: typer.Typer, language: Language) -> None:
    """Add both groups to ``app``."""
    tell = helper(language)
    persons = typer.Typer(help=tell("person"), no_args_is_help=True)
    holds = typer.Typer(help=tell("hold"), no_args_is_help=True)
    app.add_typer(persons, name="person")
    app.add_typer(holds, name="hold")
    _register_erase(persons, language, tell)
    _register_consent(persons, language, tell)
    _register_receipts(persons, language, tell)
    _register_place(holds, language, tell)
    _register_holds(holds, language, tell)


def person_given(
    desk: Desk, tenant: Tenant, given: str | None, token: str | None, row: str | None
) -> "Person":
    """Return the person that a command names, in one of three ways."""
    from ingestion.persons import person_named, person_of_row, person_of_token

    if sum(way is not None for way in (given, token, row)) != 1:
        raise InvalidRequest("cli.one_person")
    if token is not None:
        return person_of_token(desk.lake, tenant, token)
    if row is not None:
        upload, _, number = row.rpartition(":")
        if not upload or not number.isdecimal():
            raise InvalidRequest("cli.bad_row", given=row)
        return person_of_row(desk.lake, tenant, upload, int(number))
    written = sys.stdin.readline().strip() if given == STDIN else str(given)
    return person_named(desk.lake, tenant, written)


def _register_erase(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("erase", help=tell("person_erase"))
    def erase(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
        request: Annotated[str, typer.Option(help=tell("request"))],
        identification: Annotated[
            str | None, typer.Argument(metavar="IDENTIFICATION", help=tell("identification"))
        ] = None,
        token: Annotated[str | None, typer.Option(help=tell("person_token"))] = None,
        row: Annotated[str | None, typer.Option(help=tell("person_row"))] = None,
    ) -> None:
        from models.erasure import erase_person

        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            person = person_given(desk, tenant, identification, token, row)
            receipt = erase_person(desk.lake, tenant, desk.staff, person, request=request)
        say(receipt.say(language))


def _register_consent(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("consent", help=tell("person_consent"))
    def consent(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
        identification: Annotated[
            str | None, typer.Argument(metavar="IDENTIFICATION", help=tell("identification"))
        ] = None,
        token: Annotated[str | None, typer.Option(help=tell("person_token"))] = None,
        row: Annotated[str | None, typer.Option(help=tell("person_row"))] = None,
        training: Annotated[
            bool | None, typer.Option("--training/--no-training", help=tell("consent_training"))
        ] = None,
        profiling: Annotated[
            bool | None, typer.Option("--profiling/--no-profiling", help=tell("consent_profiling"))
        ] = None,
    ) -> None:
        if training is None and profiling is None:
            raise InvalidRequest("cli.no_consent")
        said = Consent(training, profiling)
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            person = person_given(desk, tenant, identification, token, row)
            save_consent(desk.lake.store, desk.staff, tenant, person.mark, said)
        say(text("cli.consent_saved", language, mark=person.mark))


def _register_receipts(group: typer.Typer, language: Language, tell: Helper) -> None:
    tenant_argument = typer.Argument(metavar="TENANT", help=tell("tenant_id"))

    @group.command("receipts", help=tell("person_receipts"))
    def receipts(context: typer.Context, tenant_id: Annotated[str, tenant_argument]) -> None:
        with session_of(context).desk() as desk:
            found = list_erasures(desk.lake.store, desk.tenant(tenant_id))
        unfinished = text("law.unfinished", language)
        rows = [
            (
                e.id,
                e.kind,
                e.request,
                f"{e.started_at:%Y-%m-%d %H:%M}",
                f"{e.finished_at:%Y-%m-%d %H:%M}" if e.finished_at else unfinished,
            )
            for e in found
        ]
        show(tenant_id, text("cli.receipt_headers", language).split("|"), rows)

    @group.command("receipt", help=tell("person_receipt"))
    def receipt(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        erasure_id: Annotated[str, typer.Argument(metavar="RECEIPT")],
    ) -> None:
        with session_of(context).desk() as desk:
            erasure = get_erasure(desk.lake.store, desk.tenant(tenant_id), erasure_id)
            genuine = is_genuine(desk.lake.store, erasure)
        say(erasure.say(language))
        say(text("law.genuine" if genuine else "law.not_genuine", language))
        if not genuine:
            raise typer.Exit(1)


def _register_place(group: typer.Typer, language: Language, tell: Helper) -> None:
    @group.command("place", help=tell("hold_place"))
    def place(
        context: typer.Context,
        tenant_id: Annotated[str, typer.Argument(metavar="TENANT", help=tell("tenant_id"))],
        reason: Annotated[str, typer.Option(help=tell("hold_reason"))],
        table: Annotated[str | None, typer.Option(help=tell("hold_table"))] = None,
        person: Annotated[str | None, typer.Option(help=tell("identification"))] = None,
        until: Annotated[
            datetime | None, typer.Option(formats=["%Y-%m-%d"], help=tell("hold_until"))
        ] = None,
    ) -> None:
        with session_of(context).desk() as desk:
            tenant = desk.tenant(tenant_id)
            if table is not None and table not in {t.name for t in desk.contract(tenant).tables}:
                raise InvalidRequest("cli.no_table", table=table)
            mark = None
            if person is not None:
                mark = person_given(desk, tenant, person, None, None).mark
            hold = place_hold(
                desk.lake.store,
                desk.staff,
                tenant,
                reason=reason,
                table=table,
                person_mark=mark,
                until_at=None if until is None else until.replace(tzinfo=UTC),
            )
        say(text("cli.hold_placed", language, hold=hold.id, tenant=tenant_id))


def _register_holds(group: typer.Typer, language: Language, tell: Helper) -> None:
    tenant_argument = typer.Argument(metavar="TENANT", help=tell("tenant_id"))

    @group.command("list", help=tell("hold_list"))
    def list_all(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        all_of_them: Annotated[bool, typer.Option("--all", help=tell("hold_all"))] = False,
    ) -> None:
        with session_of(context).desk() as desk:
            found = list_holds(desk.lake.store, desk.tenant(tenant_id), also_ended=all_of_them)
        rows = [
            (
                hold.id,
                text(f"cli.hold_{hold.scope}", language, table=hold.table, mark=hold.person_mark),
                hold.reason,
                hold.placed_by,
                f"{hold.placed_at:%Y-%m-%d}",
                f"{hold.until_at:%Y-%m-%d}" if hold.until_at else "—",
                f"{hold.lifted_at:%Y-%m-%d}" if hold.lifted_at else "",
            )
            for hold in found
        ]
        show(tenant_id, text("cli.hold_headers", language).split("|"), rows)

    @group.command("lift", help=tell("hold_lift"))
    def lift(
        context: typer.Context,
        tenant_id: Annotated[str, tenant_argument],
        hold_id: Annotated[str, typer.Argument(metavar="HOLD")],
    ) -> None:
        with session_of(context).desk() as desk:
            lift_hold(desk.lake.store, desk.staff, desk.tenant(tenant_id), hold_id)
        say(text("cli.hold_lifted", language, hold=hold_id))

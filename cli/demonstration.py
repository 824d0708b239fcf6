"""``abcall demo``: the main job end to end, on generated data, through every room of the house."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import complain, say, working
from cli.session import Session, helper, session_of
from foundation.texts import Language, text
from lakehouse.lake import Lake

if TYPE_CHECKING:
    from cli.demo_data import Account
    from cli.demo_report import Told
    from simulation.delivery import GeneratedTenant

STEPS_A_TENANT = 1
DIFFERENT = 1
"""Exit code when an account differs from what the generator expects."""


def register(app: typer.Typer, language: Language) -> None:
    """Add the command to ``app``."""
    tell = helper(language)

    @app.command("demo", help=tell("demo"))
    def demo(
        context: typer.Context,
        scale: Annotated[float, typer.Option(help=tell("demo_scale"), min=0.05, max=10)] = 1.0,
    ) -> None:
        wrong = demonstrate(session_of(context), scale)
        if wrong:
            raise typer.Exit(DIFFERENT)


def demonstrate(session: Session, scale: float) -> list[str]:
    """Run the main job and print what it did; return the accounts that were off."""
    from cli import demo_data, demo_report

    started, settings, language = time.perf_counter(), session.settings, session.language
    demo_data.clear(settings)
    wrong: list[str] = []
    told: list[Told] = []
    accounts: list[Account] = []
    with Lake.open(settings) as lake:
        made = demo_data.set_up(settings, scale, lambda step: say(f"· {step}"))
        with working(sum(len(m.deliveries) + STEPS_A_TENANT for m in made)) as begin:
            for generated in made:
                line, account = _one_tenant(session, lake, generated, begin, wrong)
                told.append(line)
                accounts.append(account)
        accounts.append(demo_data.prepare_staff(lake))
        demo_data.save_accounts(settings, accounts)
    demo_report.show_told(told, language)
    for sentence in wrong:
        complain(sentence)
    if not wrong:
        say(text("cli.demo_account", language, files=sum(len(m.deliveries) for m in made)))
    demo_report.show_accounts(accounts, language)
    say(text("cli.demo_next", language, seconds=f"{time.perf_counter() - started:.0f}"))
    return wrong


def _one_tenant(
    session: Session,
    lake: Lake,
    generated: "GeneratedTenant",
    begin: Callable[[str], None],
    wrong: list[str],
) -> "tuple[Told, Account]":
    from cli import demo_data, demo_report
    from pipelines.run import refresh_tenant
    from tenancy.bootstrap import staff_actor

    language = session.language
    tenant, account = demo_data.prepare(lake, generated)
    staff = staff_actor(lake.store)
    receipts = []
    for delivery in generated.deliveries:
        step = text("cli.demo_step_receive", language, file=delivery.path.name)
        begin(text("cli.demo_step_tenant", language, tenant=tenant.id, step=step))
        receipts.append(demo_data.deliver(lake, tenant, staff, delivery))
        off = demo_data.off_account(delivery, receipts[-1], language)
        if off is not None:
            wrong.append(off)
    step = text("cli.demo_step_pipeline", language)
    begin(text("cli.demo_step_tenant", language, tenant=tenant.id, step=step))
    refresh_tenant(lake.settings, tenant)
    return demo_report.tell(lake, tenant, generated.truth, receipts), account

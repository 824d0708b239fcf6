"""The entry point of ``abcall``: builds the commands and turns every error into words and a code.

Exit codes: 0 done · 2 the person can mend it · 70 a bug · 75 busy, try again · 78 the installation
· 130 or 143 interrupted (sysexits.h).
"""

import os
import sys
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import typer
from typer._click.exceptions import NoArgsIsHelpError, UsageError

from cli import (
    audit,
    calls,
    columns,
    contracts,
    data,
    demonstration,
    lake,
    law,
    learning,
    media,
    offers,
    outbox,
    people,
    plugins,
    priors,
    quarantine,
    replies,
    retention,
    search,
    sources,
    sql,
    staff_people,
    suspects,
    tenants,
    up,
    upload,
    verticals,
    watching,
    webhooks,
)
from cli.console import complain, say
from cli.failures import report_bug
from cli.session import Session
from cli.spoken import frame_help, told
from foundation.ending import SIGNALLED, ending_in_time, leave, stop_on_signals
from foundation.environment import read_settings, spoken_language
from foundation.errors import AbcallError, OperatorError
from foundation.settings import Settings
from foundation.texts import Language, text

if TYPE_CHECKING:
    from typer._click.core import Command

BUG = 70


def build_app(language: Language) -> typer.Typer:
    """Return the command tree with its help in ``language``."""
    app = typer.Typer(
        name="abcall",
        help=text("cli.help", language),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )
    rooms = (demonstration, up, tenants, people, staff_people, upload, data, quarantine)
    for room in (
        *rooms,
        sources,
        calls,
        columns,
        lake,
        learning,
        media,
        suspects,
        priors,
        watching,
        offers,
        outbox,
        replies,
        law,
        retention,
        search,
        audit,
        sql,
        webhooks,
        verticals,
        contracts,
        plugins,
    ):
        room.register(app, language)
    return app


@cache
def _commands(language: Language) -> "Command":
    """Return the command tree, built once: it takes longer than most commands."""
    return typer.main.get_command(build_app(language))


def run(arguments: Sequence[str], settings: Settings) -> int:
    """Run one command line and return its exit code."""
    command = _commands(settings.language)
    frame_help(command, arguments, settings.language)
    try:
        code = _code(
            command.main(
                args=list(arguments),
                prog_name="abcall",
                obj=Session(settings),
                standalone_mode=False,
            )
        )
    except SystemExit as ended:
        code = _code(ended.code)
    except NoArgsIsHelpError as asked:
        asked.show()
        code = asked.exit_code
    except UsageError as mistake:
        complain(told(mistake, settings.language))
        code = mistake.exit_code
    except AbcallError as error:
        complain(error.say(settings.language))
        code = error.exit_code
    except Exception as error:  # the outermost frame: a bug is logged whole, and told as one
        reference = report_bug(error, settings)
        complain(text("cli.bug", settings.language, reference=reference, log=settings.data_dir))
        code = BUG
    if code > SIGNALLED:
        say(text("cli.interrupted", settings.language))
    return code


def _code(told: object) -> int:
    """Return the exit code that a command gave, 0 where it gave none."""
    return told if isinstance(told, int) else 0


def main() -> None:
    """Run ``abcall`` on the command line's arguments."""
    stop_on_signals()
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    try:
        settings = read_settings()
    except OperatorError as error:
        complain(error.say(spoken_language()))
        sys.exit(error.exit_code)
    with ending_in_time():
        code = run(sys.argv[1:], settings)
    if code > SIGNALLED:
        leave(code)
    sys.exit(code)


if __name__ == "__main__":
    main()

"""What Typer says by itself, in the reader's language: its own sentences are English only.

The frame of a help page (titles, what ``--help`` does) and mistakes in a command line.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from foundation.texts import Language, text

if TYPE_CHECKING:
    from typer._click.core import Command
    from typer._click.exceptions import UsageError

FRAME = {
    "ARGUMENTS_PANEL_TITLE": "help_arguments",
    "OPTIONS_PANEL_TITLE": "help_options",
    "COMMANDS_PANEL_TITLE": "help_commands",
    "DEFAULT_STRING": "help_default",
    "REQUIRED_LONG_STRING": "help_required",
}
"""Constants of ``typer.rich_utils``, and the keys of their sentences."""


def frame_help(command: "Command", arguments: Sequence[str], language: Language) -> None:
    """Frame the help page that arguments ask for, where they do, in ``language``."""
    if not _asks_for_help(command, arguments):
        return
    from typer import rich_utils  # a twentieth of a short command's time

    for constant, key in FRAME.items():
        setattr(rich_utils, constant, text(f"cli.{key}", language))
    _explain_help(command, text("cli.help_help", language))


def _asks_for_help(command: "Command", arguments: Sequence[str]) -> bool:
    """Say whether a help page may be shown: it is asked for, or a group is named without a step."""
    for word in arguments:
        command = getattr(command, "commands", {}).get(word, command)
    return "--help" in arguments or hasattr(command, "commands")


def _explain_help(command: "Command", sentence: str) -> None:
    import typer

    option = command.get_help_option(typer.Context(command))
    if option is not None:
        option.help = sentence
    for below in getattr(command, "commands", {}).values():
        _explain_help(below, sentence)


def told(mistake: "UsageError", language: Language) -> str:
    """Return what is wrong with a command line, and where its use is explained."""
    command = "abcall" if mistake.ctx is None else mistake.ctx.command_path
    return f"{_wrong(mistake, language)} {text('cli.typed_help', language, command=command)}"


def _wrong(mistake: "UsageError", language: Language) -> str:
    from typer._click import exceptions as known

    match mistake:
        case known.BadParameter() if mistake.param is not None:
            key = "missing" if isinstance(mistake, known.MissingParameter) else "value"
            name = mistake.param.get_error_hint().strip("'")
            return text(f"cli.typed_{key}", language, name=name)
        case known.NoSuchOption(possibilities=near) if near:
            others = ", ".join(sorted(near))
            return text("cli.typed_near", language, name=mistake.option_name, others=others)
        case known.NoSuchOption() | known.BadOptionUsage():
            key = "option" if isinstance(mistake, known.NoSuchOption) else "use"
            return text(f"cli.typed_{key}", language, name=mistake.option_name)
    of_group = mistake.ctx is not None and hasattr(mistake.ctx.command, "commands")
    return text(
        "cli.typed_command" if of_group else "cli.typed_more", language, name=_named(mistake)
    )


def _named(mistake: "UsageError") -> str:
    """Return what Typer's sentence quotes: nothing else of the mistake tells it."""
    quoted = re.search(r"'(.*)'|\((?!s\))(.*)\)", mistake.message)
    return next((words for words in quoted.groups() if words), "") if quoted else ""

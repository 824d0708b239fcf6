"""The reference of commands, from the very parser that reads them, in either language."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import typer
from typer.core import TyperArgument, TyperOption

from cli.main import build_app
from foundation.texts import Language, text
from site_pages.markdown import code, page, plain, terms

if TYPE_CHECKING:
    from typer._click.core import Command

Parameter = TyperArgument | TyperOption


def commands_list(language: Language) -> str:
    """Return every command with its arguments and options, as sections."""
    app = typer.main.get_command(build_app(language))
    context = typer.Context(app, info_name="abcall")
    parts = [part for one in _below(app, context) for part in _command(*one, language)]
    return page(_paragraphs(app), *parts)


def _below(
    group: "Command", context: typer.Context
) -> "Iterator[tuple[Command, typer.Context, int]]":
    """Yield each command below a group with its context and depth, a group before its own."""
    for name, command in sorted(getattr(group, "commands", {}).items()):
        inside = typer.Context(command, info_name=name, parent=context)
        yield command, inside, len(inside.command_path.split())
        yield from _below(command, inside)


def _command(
    command: "Command", context: typer.Context, depth: int, language: Language
) -> list[str]:
    heading = f"{'#' * depth} {context.command_path}"
    if hasattr(command, "commands"):
        return [heading, _paragraphs(command)]
    known = [one for one in cast(list[Parameter], command.params) if not one.hidden]
    arguments = [_metavar(one, context) for one in known if one.param_type_name == "argument"]
    usage = " ".join([context.command_path, *arguments])
    entries = [(_name(one, context), _meaning(one, language)) for one in known]
    return [heading, f"```text\n{usage}\n```", _paragraphs(command), terms(entries)]


def _paragraphs(command: "Command") -> str:
    return "\n\n".join(plain(one) for one in (command.help or "").split("\n\n"))


def _metavar(parameter: Parameter, context: typer.Context) -> str:
    return str(parameter.metavar or parameter.display_type(context))


def _name(parameter: Parameter, context: typer.Context) -> str:
    if isinstance(parameter, TyperArgument):
        return code(_metavar(parameter, context))
    spelled = " / ".join([*parameter.opts, *parameter.secondary_opts])
    return code(spelled if parameter.is_flag else f"{spelled} {_metavar(parameter, context)}")


def _meaning(parameter: Parameter, language: Language) -> str:
    notes = [plain(parameter.help or "")]
    if parameter.required:
        notes.append(f"*{plain(text('cli.help_required', language))}*")
    default = parameter.default
    if isinstance(default, str | int | float) and not isinstance(default, bool) and default != "":
        notes.append(f"*{plain(text('cli.help_default', language).format(default))}*")
    return " ".join(filter(None, notes))

"""``abcall plugins``: what separately installed packages add, each with its version and words."""

from inspect import getdoc

import typer

from cli.console import say, show
from features.catalogue import features
from features.definition import Feature
from foundation.plugins import GROUPS, Plugin, plugins
from foundation.texts import Language, text
from models.catalogue import Family, families


def register(app: typer.Typer, language: Language) -> None:
    """Add the command to ``app``."""

    @app.command("plugins", help=text("plugins.help", language))
    def list_all() -> None:
        features()
        families()
        found = [plugin for group in GROUPS for plugin in plugins(group)]
        if not found:
            say(text("plugins.none", language))
            return
        headers = text("plugins.headers", language).split("|")
        rows = [(one.name, one.group, one.package, one.version, _told(one)) for one in found]
        show(text("plugins.title", language), headers, rows)


def _told(plugin: Plugin) -> str:
    """Return the first line of what its author wrote about it."""
    value = plugin.value
    if isinstance(value, Feature):
        value = value.compute
    elif isinstance(value, Family):
        value = value.estimator
    return (getdoc(value) or "—").splitlines()[0]

"""``abcall plugins``: what separately installed packages add, each with its version."""

import typer

from cli.console import say, show
from features.catalogue import features
from foundation.plugins import GROUPS, plugins
from foundation.texts import Language, text
from models.catalogue import families


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
        rows = [(one.name, one.group, one.package, one.version) for one in found]
        show(text("plugins.title", language), headers, rows)

"""``abcall calls …``: what an exchange tells of calls, sent to the service.

It runs beside the exchange and needs no installation: an address, and a key of the service.
"""

import os
from pathlib import Path
from typing import Annotated

import typer

from cli.console import say
from cli.session import Helper, helper
from foundation.errors import InvalidRequest
from foundation.texts import Language, text

STOP_SECONDS = 3.0
TELL = "asterisk"


def register(app: typer.Typer, language: Language) -> None:
    """Add the group to ``app``."""
    tell = helper(language, TELL)
    group = typer.Typer(help=tell("calls"), no_args_is_help=True)
    app.add_typer(group, name="calls")
    _register_asterisk(group, language, tell)


def _register_asterisk(group: typer.Typer, language: Language, tell: Helper) -> None:
    file = {"exists": True, "dir_okay": False}

    @group.command("asterisk", help=tell("asterisk"))
    def asterisk(
        host: Annotated[str, typer.Argument(metavar="HOST")],
        user: Annotated[str, typer.Option(help=tell("user"))],
        service: Annotated[str, typer.Option(help=tell("service"))],
        source: Annotated[str, typer.Option(help=tell("source"))],
        port: Annotated[int, typer.Option(help=tell("port"))] = 5038,
        secret_file: Annotated[Path | None, typer.Option(help=tell("secret_file"), **file)] = None,
        key_file: Annotated[Path | None, typer.Option(help=tell("key_file"), **file)] = None,
        trunk: Annotated[list[str] | None, typer.Option(help=tell("trunk"))] = None,
    ) -> None:
        from operations.asterisk.calls import Asterisk
        from operations.asterisk.link import Link
        from operations.asterisk.post import Post

        _check(source, service)
        key = _secret(key_file, "key-file", "ABCALL_API_KEY")
        secret = _secret(secret_file, "secret-file", "ABCALL_AMI_SECRET")
        post = Post(service, key)
        link = Link(host, port, user, secret, Asterisk(source, trunk or ()), post.put)
        say(text("asterisk.reading", language, host=host))
        post.start()
        try:
            link.run()
        finally:
            left = post.stop(STOP_SECONDS)
            counts = {name: post.counts[name] for name in ("accepted", "duplicate", "rejected")}
            say(text("asterisk.ended", language, left=left + post.counts["lost"], **counts))


def _check(source: str, service: str) -> None:
    from operations.calls.event import SOURCE

    if not SOURCE.fullmatch(source):
        raise InvalidRequest("asterisk.bad_source", source=source)
    if not service.startswith(("http://", "https://")):
        raise InvalidRequest("asterisk.bad_service", url=service)


def _secret(file: Path | None, option: str, variable: str) -> str:
    """Return a secret from its file or the environment: never from the command line."""
    found = os.environ.get(variable, "") if file is None else file.read_text(encoding="utf-8")
    if not found.strip():
        raise InvalidRequest("asterisk.no_secret", option=option, variable=variable)
    return found.strip()

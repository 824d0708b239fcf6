"""``python -m serving --host 127.0.0.1 --port 8080``: the scoring service of this installation."""

import argparse
import sys

from foundation.ending import leave
from foundation.errors import AbcallError, OperatorError
from foundation.settings import Settings, spoken_language
from foundation.texts import text


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; return the exit code."""
    try:
        settings = Settings.from_environment()
    except OperatorError as error:
        print(error.say(spoken_language()), file=sys.stderr)
        return error.exit_code
    parser = argparse.ArgumentParser(
        prog="python -m serving", description=text("serving.docs_intro", settings.language)
    )
    parser.add_argument("--host", default="127.0.0.1", help=text("serving.help_host"))
    parser.add_argument("--port", type=int, default=8080, help=text("serving.help_port"))
    chosen = parser.parse_args(arguments)
    from lakehouse.lake import Lake
    from operations.webhook_delivery import Courier
    from serving.app import create_app
    from serving.fairness import share_interpreter
    from serving.logs import log_to_stderr
    from serving.server import serve, warm

    log_to_stderr()
    share_interpreter()
    try:
        lake = Lake.open(settings)
        app = create_app(settings, lake)
        warm(app, lake)
        Courier(lake).start()
        serve(app, chosen.host, chosen.port)
    except AbcallError as error:
        print(error.say(settings.language), file=sys.stderr)
        return error.exit_code
    except OSError as error:
        said = text("serving.port_taken", settings.language, host=chosen.host, port=chosen.port)
        print(f"{said} ({error.strerror})", file=sys.stderr)
        return 78
    return 0


if __name__ == "__main__":
    leave(main())

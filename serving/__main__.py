"""``python -m serving --host 127.0.0.1 --port 8080``: the scoring service of this installation."""

import argparse
import os
import sys

from foundation.disk import disk_told
from foundation.ending import leave
from foundation.environment import read_settings, spoken_language
from foundation.errors import AbcallError, OperatorError
from foundation.texts import text

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Libraries that would start a thread a core for the one row of a request; read when imported."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; return the exit code."""
    try:
        settings = read_settings()
    except OperatorError as error:
        print(error.say(spoken_language()), file=sys.stderr)
        return error.exit_code
    parser = argparse.ArgumentParser(
        prog="python -m serving", description=text("serving.docs_intro", settings.language)
    )
    parser.add_argument("--host", default="127.0.0.1", help=text("serving.help_host"))
    parser.add_argument("--port", type=int, default=8080, help=text("serving.help_port"))
    parser.add_argument(
        "--workers",
        type=int,
        default=1,
        choices=range(1, 65),
        metavar="N",
        help=text("serving.help_workers"),
    )
    chosen = parser.parse_args(arguments)
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    from data_contracts.loader import load_contracts
    from serving.observed.counting import count_in
    from serving.observed.logs import log_to_stderr
    from serving.server import listen, serve

    log_to_stderr()
    try:
        load_contracts(settings.contract_dirs)
        door = listen(chosen.host, chosen.port)
        with disk_told():
            count_in(settings.data_dir / "metrics" / str(door.getsockname()[1]))
        serve(settings, door, chosen.workers)
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

"""What a log may keep of a failure: types and lines, no message (it may hold somebody's data)."""

import traceback

from foundation.errors import AbcallError


def trail_of(error: BaseException) -> list[str]:
    """Return types and lines of an error and its causes, outermost first.

    Parsers, engines and drivers put the value that they stumbled over into their messages; our own
    errors are named by their key.
    """
    lines: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        key = f" {cause.key}" if isinstance(cause, AbcallError) else ""
        lines.append(f"{type(cause).__module__}.{type(cause).__qualname__}{key}")
        frames = traceback.extract_tb(cause.__traceback__)
        lines += [f"{f.filename}:{f.lineno} {f.name}: {f.line}" for f in frames]
        cause = cause.__cause__ or cause.__context__
    return lines

"""A bug's traceback goes to a log file under a reference; the person sees only the reference."""

import secrets
import traceback

from foundation.clock import utc_now
from foundation.settings import Settings


def report_bug(error: BaseException, settings: Settings) -> str:
    """Append the traceback to ``<data>/errors.log`` and return its short reference."""
    reference = secrets.token_hex(4)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / "errors.log").open("a", encoding="utf-8") as log:
        log.write(f"{utc_now().isoformat()} {reference}\n")
        log.writelines(traceback.format_exception(error))
    return reference

"""Where a bug happened goes to a log file under a reference; the person sees only that."""

import secrets

from foundation.clock import utc_now
from foundation.failures import trail_of
from foundation.settings import Settings


def report_bug(error: BaseException, settings: Settings) -> str:
    """Append the way it took to ``<data>/errors.log``, without messages; return its reference."""
    reference = secrets.token_hex(4)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / "errors.log").open("a", encoding="utf-8") as log:
        log.write(f"{utc_now().isoformat()} {reference}\n")
        log.writelines(f"{line}\n" for line in trail_of(error))
    return reference

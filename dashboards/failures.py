"""The boundary between code and reader: an error becomes a sentence, a bug also a log entry."""

import logging
import secrets
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboards.words import literal
from foundation.clock import utc_now
from foundation.errors import AbcallError, OperatorError
from foundation.failures import trail_of
from foundation.texts import Language, text

LOG = logging.getLogger("abcall.dashboards")
ERRORS = "errors.log"


def guarded(page: Callable[[], None], language: Language, data_dir: Path) -> None:
    """Run a page; what it raises is said, never shown as a traceback.

    The person's own errors and those of a busy system speak for themselves; an installation's fault
    and a bug are logged, by the lines they took and no message, under a reference to pass on.
    """
    try:
        page()
    except OperatorError as error:
        st.error(_logged(error, language, data_dir), icon=":material/error:")
    except AbcallError as error:
        st.error(literal(error.say(language)), icon=":material/error:")
    except Exception as error:
        st.error(_logged(error, language, data_dir), icon=":material/error:")


def _logged(error: Exception, language: Language, data_dir: Path) -> str:
    reference = secrets.token_hex(4)
    handler = logging.FileHandler(data_dir / ERRORS, encoding="utf-8")
    try:
        LOG.addHandler(handler)
        LOG.error("%s %s\n%s", utc_now().isoformat(), reference, "\n".join(trail_of(error)))
    finally:
        LOG.removeHandler(handler)
        handler.close()
    return text("dashboards.unexpected", language, reference=reference)

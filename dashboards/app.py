"""Entry point: ``streamlit run dashboards/app.py``. Settings come from the environment, once."""

import tempfile
from pathlib import Path

import streamlit as st
from streamlit import runtime

from dashboards import shell
from dashboards.ending import end_in_time
from foundation.environment import read_settings, spoken_language
from foundation.errors import OperatorError
from foundation.settings import Settings
from ingestion.scratch import clear_left_behind
from lakehouse.lake import Lake
from tenancy.bootstrap import open_store


@st.cache_resource(show_spinner=False)
def lake_of(settings: Settings) -> Lake:
    """Return the installation's lake, one for all sessions of this server."""
    clear_left_behind(Path(tempfile.gettempdir()))
    open_store(settings).close()
    return Lake.open(settings)


@st.cache_resource(show_spinner=False)
def ending() -> None:
    """Watch for the end of the server, once in a process; not under a test's stand-in."""
    if runtime.exists() and type(runtime.get_instance()) is runtime.Runtime:
        end_in_time()


def settings() -> Settings:
    """Return the settings; where they mean nothing, the page says so and ends."""
    try:
        return read_settings()
    except OperatorError as error:
        st.error(error.say(spoken_language()))
        st.stop()


ending()
shell.run(lake_of(settings()))

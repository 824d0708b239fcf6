"""Entry point: ``streamlit run dashboards/app.py``. Settings come from the environment, once."""

import streamlit as st

from dashboards import shell
from foundation.settings import Settings
from lakehouse.lake import Lake
from tenancy.bootstrap import open_store


@st.cache_resource(show_spinner=False)
def lake_of(settings: Settings) -> Lake:
    """Return the installation's lake, one for all sessions of this server."""
    open_store(settings).close()
    return Lake.open(settings)


shell.run(lake_of(Settings.from_environment()))

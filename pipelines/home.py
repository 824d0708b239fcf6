"""Dagster's home: its configuration from the project's root, its storage in the data folder."""

from pathlib import Path

from foundation.settings import Settings
from tenancy.turns import Turns

DEFINITIONS = "pipelines.definitions"
"""Module that Dagster's page and daemon load."""
CONFIGURATION = Path(__file__).resolve().parents[1] / "dagster.yaml"


def prepare_home(settings: Settings) -> Path:
    """Put ``dagster.yaml`` and empty storage into the instance's home, outside the code's folder.

    One process at a time: two that both find no storage would both make it, and one of them fails.
    """
    from dagster import DagsterInstance

    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    place = home / CONFIGURATION.name
    wanted = CONFIGURATION.read_bytes()
    with Turns(place).turn():
        if not place.exists() or place.read_bytes() != wanted:
            place.write_bytes(wanted)
        DagsterInstance.from_config(str(home)).dispose()
    return home

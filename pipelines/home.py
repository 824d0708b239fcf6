"""Dagster's home: its configuration from the project's root, its storage in the data folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from foundation.settings import Settings
from tenancy.turns import Turns

if TYPE_CHECKING:
    from dagster import DagsterInstance

DEFINITIONS = "pipelines.definitions"
"""Module that Dagster's page and daemon load."""
CONFIGURATION = Path(__file__).resolve().parents[1] / "dagster.yaml"


def open_instance(settings: Settings) -> "DagsterInstance":
    """Open the instance; where it has no configuration or storage yet, they are put into its home.

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
        return DagsterInstance.from_config(str(home))


def prepare_home(settings: Settings) -> Path:
    """Make the instance's home, outside the code's folder; its processes open it themselves."""
    open_instance(settings).dispose()
    return settings.dagster_home

"""Dagster's home: its configuration from the project's root, its storage in the data folder."""

import shutil
from pathlib import Path

from foundation.settings import Settings

DEFINITIONS = "pipelines.definitions"
"""Module that Dagster's page and daemon load."""
CONFIGURATION = Path(__file__).resolve().parents[1] / "dagster.yaml"


def prepare_home(settings: Settings) -> Path:
    """Put ``dagster.yaml`` into the instance's home, so that nothing is written beside the code."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(CONFIGURATION, settings.dagster_home / "dagster.yaml")
    return settings.dagster_home

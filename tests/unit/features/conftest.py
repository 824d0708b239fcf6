"""The embedded engine, once for all tests of features."""

import pytest

from foundation.settings import Settings
from lakehouse.engine import Engine, open_engine


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_engine(Settings.at(tmp_path_factory.mktemp("features")))

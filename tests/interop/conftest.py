"""What tests of other programs start from."""

from collections.abc import Iterator

import pytest

from tests.ingestion_lake import Door, installation
from tests.interop.history import History, written


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """Return tables with a past, in an installation of their own, which tests only read."""
    folder = tmp_path_factory.mktemp("elsewhere")
    door = Door(installation(folder), folder)
    yield written(door)
    door.lake.close()

"""MLflow's store is made whole or not at all."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from foundation.settings import Settings
from models.tracking import client_of

MAKE = """
import sys
from pathlib import Path
from foundation.settings import Settings
from models.tracking import client_of
client_of(Settings.at(Path(sys.argv[1]))).search_experiments()
"""


@pytest.mark.slow
def test_a_kill_while_the_store_is_made_does_not_spoil_it(tmp_path: Path):
    settings = Settings.at(tmp_path / "data")
    maker = subprocess.Popen([sys.executable, "-c", MAKE, str(settings.data_dir)])
    deadline = time.monotonic() + 120
    while not list(settings.mlflow_file.parent.glob(".new-*/mlflow.db")):
        assert maker.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    maker.send_signal(signal.SIGKILL)
    maker.wait()
    assert not settings.mlflow_file.exists()
    client_of(settings).create_experiment("after")
    assert client_of(settings).get_experiment_by_name("after") is not None

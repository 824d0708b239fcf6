"""Dagster's home: whoever comes first makes its storage, the others wait and use it."""

import subprocess
import sys
from pathlib import Path

import pytest

from foundation.settings import Settings
from pipelines.home import CONFIGURATION, open_instance, prepare_home

AT_ONCE = 6
PREPARE = (
    "from foundation.environment import read_settings; from pipelines.home import open_instance; "
)
OPEN = (
    "import sys, dagster; print('ready', flush=True); sys.stdin.readline(); "
    "open_instance(read_settings()).dispose()"
)


@pytest.mark.slow
def test_processes_that_all_find_no_storage_make_it_once(tmp_path: Path):
    settings = Settings.at(tmp_path / "data")
    waiting = [
        subprocess.Popen(
            [sys.executable, "-c", PREPARE + OPEN],
            env={"ABCALL_DATA": str(settings.data_dir), "PATH": ""},
            cwd=CONFIGURATION.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(AT_ONCE)
    ]
    for process in waiting:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    for process in waiting:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    said = [process.communicate()[1].decode() for process in waiting]
    assert [process.returncode for process in waiting] == [0] * AT_ONCE, said
    with open_instance(settings) as instance:
        assert instance.get_runs() == []


def test_a_configuration_of_an_older_version_is_replaced(tmp_path: Path):
    settings = Settings.at(tmp_path / "data")
    place = prepare_home(settings) / "dagster.yaml"
    place.write_text("telemetry:\n  enabled: true\n")
    prepare_home(settings)
    assert place.read_bytes() == CONFIGURATION.read_bytes()

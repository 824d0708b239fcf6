"""``abcall up``: four addresses answer; told to stop, it ends in time and leaves nothing behind."""

import re
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.main import run
from foundation.settings import Settings
from tests.e2e.processes import END_SECONDS, Program, start

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

START_SECONDS = 180.0
LOOPBACK = "0100007F"
SERVERS = ("dashboard", "service", "dagster", "mlflow")


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Program]:
    """Return a running ``abcall up`` on an installation of its own."""
    settings = Settings.at(tmp_path / "data")
    assert run(["init"], settings) == 0
    program = start(
        ["cli.main", "up"], {"ABCALL_DATA": str(settings.data_dir)}, tmp_path / "up.log"
    )
    yield program
    program.clear()


def addresses(said: str) -> dict[str, str]:
    return dict(re.findall(r"(\w+)\W+(http://127\.0\.0\.1:\d+[^\s│]*)", said))


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def hosts(ports: set[int]) -> set[str]:
    """Return the addresses, as Linux writes them, at which somebody listens on these ports."""
    listening = [
        line.split()[1].split(":")
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(table).exists()
        for line in Path(table).read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    ]
    return {host for host, port in listening if int(port, 16) in ports}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_four_servers_answer_on_loopback_alone_and_all_end_when_told(
    up: Program, number: signal.Signals
):
    up.wait_for("Ctrl-C", START_SECONDS)
    found = addresses(up.said())
    assert set(found) == set(SERVERS)
    assert hosts({int(one.split(":")[2].split("/")[0]) for one in found.values()}) == {LOOPBACK}
    answers = {name: status(address) for name, address in found.items()}
    assert answers == {"dashboard": 200, "service": 200, "dagster": 401, "mlflow": 401}
    up.remember_family()
    seconds = up.end(number)
    assert up.left_behind() == {}
    assert seconds < END_SECONDS
    assert up.process.returncode == 128 + number


def test_told_to_stop_while_it_starts_it_ends_as_well(up: Program):
    up.wait_for("dashboard", START_SECONDS)
    seconds = up.end(signal.SIGTERM)
    assert up.left_behind() == {}
    assert seconds < END_SECONDS

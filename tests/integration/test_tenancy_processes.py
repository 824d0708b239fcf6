"""Several processes on one store: starting, fighting for a lease, and being killed."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from foundation.errors import Busy
from tenancy.audit import verify_chain
from tenancy.leases import lease
from tenancy.store import Store

ROOT = Path(__file__).resolve().parents[2]

UPGRADE = """
import sys
from tenancy.store import Store
store = Store(sys.argv[1])
store.upgrade()
store.upgrade()
"""

COUNT = """
import pathlib, sys, time
from tenancy.leases import lease
from tenancy.store import Store
store, file = Store(sys.argv[1]), pathlib.Path(sys.argv[2])
for _ in range(10):
    with lease(store, "counter", wait_seconds=60):
        count = int(file.read_text())
        time.sleep(0.002)
        file.write_text(str(count + 1))
"""

HOLD = """
import sys, time
from tenancy.leases import lease
from tenancy.store import Store
with lease(Store(sys.argv[1]), "table", ttl_seconds=1.5):
    print("holding", flush=True)
    time.sleep(60)
"""

AUDIT = """
import sys
from tenancy.actor import system_actor
from tenancy.audit import record
from tenancy.store import Store
store = Store(sys.argv[1])
print("writing", flush=True)
while True:
    record(store, system_actor("test"), "thing.done")
"""


@contextmanager
def process(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    started = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def first_line(started: subprocess.Popen[str]) -> str:
    assert started.stdout is not None
    return started.stdout.readline().strip()


def upgrade_together(url: str) -> list[int]:
    with process(UPGRADE, url) as a, process(UPGRADE, url) as b, process(UPGRADE, url) as c:
        return [started.wait(60) for started in (a, b, c)]


def test_processes_that_start_at_once_upgrade_a_new_sqlite_file(tmp_path: Path):
    assert upgrade_together(f"sqlite:///{tmp_path / 'new.db'}") == [0, 0, 0]


@pytest.mark.slow
def test_processes_that_start_at_once_upgrade_a_new_postgresql_database(postgres_url: str):
    assert upgrade_together(postgres_url) == [0, 0, 0]


def test_two_processes_fight_for_a_lease_and_lose_no_turn(store_url: str, tmp_path: Path):
    file = tmp_path / "count"
    file.write_text("0")
    with process(COUNT, store_url, file) as a, process(COUNT, store_url, file) as b:
        assert [a.wait(60), b.wait(60)] == [0, 0]
    assert file.read_text() == "20"


def test_a_killed_holder_keeps_others_out_until_its_lease_expires(store: Store, store_url: str):
    with process(HOLD, store_url) as holder:
        assert first_line(holder) == "holding"
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with pytest.raises(Busy, match=f":{holder.pid}:"), lease(store, "table"):
            pytest.fail("a lease was stolen before it expired")
        waited = time.monotonic()
        with lease(store, "table", wait_seconds=20) as mine:
            assert mine.token == 2
        assert time.monotonic() - waited < 5


def test_a_stopped_holder_that_wakes_up_does_not_hold_it_again(store: Store, store_url: str):
    with process(HOLD, store_url) as sleeper:
        assert first_line(sleeper) == "holding"
        sleeper.send_signal(signal.SIGSTOP)
        with lease(store, "table", ttl_seconds=5, wait_seconds=20) as mine:
            sleeper.send_signal(signal.SIGCONT)
            time.sleep(1)
            mine.check()
            assert mine.token == 2


def test_a_writer_killed_at_any_moment_leaves_the_chain_intact(store: Store, store_url: str):
    with process(AUDIT, store_url) as writer:
        assert first_line(writer) == "writing"
        time.sleep(0.3)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    report = verify_chain(store)
    assert report.intact
    assert report.entries > 0

"""Writers of a SQLite store take turns: over threads and processes, and past a killed one."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tenancy.turns import Turns

HOLD = """
import sys, time
from pathlib import Path
from tenancy.turns import Turns
with Turns(Path(sys.argv[1])).turn():
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_writer_at_a_time_also_through_other_objects(tmp_path: Path):
    inside, most = [0], [0]

    def work() -> None:
        for _ in range(20):
            with Turns(tmp_path / "a.db").turn():
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0.0005)
                inside[0] -= 1

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert most == [1]


def test_who_comes_first_is_served_first(tmp_path: Path):
    turns, served = Turns(tmp_path / "a.db"), list[int]()

    def wait(number: int) -> None:
        with turns.turn():
            served.append(number)

    workers = [threading.Thread(target=wait, args=(number,)) for number in range(10)]
    with turns.turn():
        for worker in workers:
            worker.start()
            time.sleep(0.02)
    for worker in workers:
        worker.join()
    assert served == list(range(10))


def test_a_thread_that_has_the_turn_does_not_wait_for_itself(tmp_path: Path):
    turns = Turns(tmp_path / "a.db")
    with turns.turn(), turns.turn():
        pass


def test_a_killed_holder_keeps_nobody_out(tmp_path: Path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "a.db"],
        cwd=Path(__file__).resolve().parents[3],
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    killer = threading.Timer(0.3, holder.kill)
    killer.start()
    started = time.monotonic()
    with Turns(tmp_path / "a.db").turn():
        waited = time.monotonic() - started
    holder.wait()
    assert 0.2 < waited < 20


def test_an_error_gives_the_turn_back(tmp_path: Path):
    turns = Turns(tmp_path / "a.db")
    with pytest.raises(ZeroDivisionError), turns.turn():
        _ = 1 / 0
    with Turns(tmp_path / "a.db").turn():
        pass

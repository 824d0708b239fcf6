"""Erases a person in processes that die at every boundary, each then run again to its end.

``python -m tests.erasure_worker DATA WORK IDENTIFICATION FIRST STEP`` prints one JSON line a kill:
the boundary, whether the process died there, and what the repeated run's receipt counts. It forks
before any engine has started, so that libraries are imported once.
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

from foundation.settings import Settings
from ingestion.audit_engine import load_great_expectations
from ingestion.persons import person_named
from lakehouse.boundary import Recorder
from lakehouse.lake import Lake
from models.erasure import erase_person
from tests.ingestion_lake import ACTOR_OFFICER, TENANT, free_leases


class Dying:
    """Die by SIGKILL at the boundary of a number."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self, place: str) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def run(data: Path, identification: str, boundary: Recorder | Dying) -> dict[str, object]:
    """Erase the person, and return what the receipt counts."""
    with Lake.open(Settings.at(data), boundary) as lake:
        free_leases(lake.store)
        person = person_named(lake, TENANT, identification)
        receipt = erase_person(lake, TENANT, ACTOR_OFFICER, person, request="1", pause=boundary)
        return {
            place: what.get("rows", what.get("files")) for place, what in receipt.places.items()
        }


def in_child(data: Path, identification: str, boundary: Recorder | Dying, told: Path) -> int:
    """Run in a process of its own; write boundaries and counts; return how it ended."""
    child = os.fork()
    if child == 0:
        counts = run(data, identification, boundary)
        places = boundary.places if isinstance(boundary, Recorder) else []
        told.write_text(json.dumps({"counts": counts, "places": places}))
        os._exit(0)
    return os.waitpid(child, 0)[1]


def main() -> None:
    """Kill at the chosen boundaries, one after the other."""
    data, work, identification = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    load_great_expectations()
    told = work / "told.json"
    shutil.copytree(data, work / "whole" / "data")
    shutil.copytree(data.with_name("data-keys"), work / "whole" / "data-keys")
    in_child(work / "whole" / "data", identification, Recorder(), told)
    whole = json.loads(told.read_text())
    sys.stdout.write(json.dumps(whole) + "\n")
    for number in range(int(sys.argv[4]), len(whole["places"]) + 1, int(sys.argv[5])):
        folder = work / f"killed{number}"
        shutil.copytree(data, folder / "data")
        shutil.copytree(data.with_name("data-keys"), folder / "data-keys")
        died = in_child(folder / "data", identification, Dying(number), told)
        in_child(folder / "data", identification, Recorder(), told)
        again = json.loads(told.read_text())
        line = {
            "place": whole["places"][number - 1],
            "killed": os.WIFSIGNALED(died),
            "counts": again["counts"],
            "folder": str(folder),
        }
        sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()

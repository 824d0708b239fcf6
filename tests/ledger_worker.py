"""What a process does that acts on rejected rows: it may be killed at its n-th write or object.

Usage: ledger_worker.py FOLDER VALUE corrects every open row and prints its account.
"""

import json
import sys
from pathlib import Path
from typing import BinaryIO

from foundation.errors import InvalidRequest
from foundation.settings import Settings
from ingestion.ledger.correction import Correction
from ingestion.ledger.dismiss import dismiss
from ingestion.ledger.redrive import redrive
from ingestion.ledger.selection import Selection
from lakehouse.boundary import Boundary, no_fault
from lakehouse.lake import Lake
from lakehouse.objects import Objects
from lakehouse.places import place_at
from tenancy.tenant import Tenant
from tests.ingestion_lake import ACTOR, TENANT
from tests.lake_faults import kill_at

OPEN = Selection("customers")


class NoticedObjects(Objects):
    """An object store that passes a boundary before and after each object that is put."""

    def __init__(self, lake: Lake, boundary: Boundary) -> None:
        super().__init__(place_at(lake.settings.objects_root), lake.keys.of)
        self._boundary = boundary

    def put(self, tenant: Tenant, kind: str, data: bytes | BinaryIO) -> str:
        self._boundary(f"before:{kind}.put")
        sha256 = super().put(tenant, kind, data)
        self._boundary(f"after:{kind}.put")
        return sha256


def opened(settings: Settings, boundary: Boundary = no_fault) -> Lake:
    """Return a lake whose boundary also stands around its objects."""
    lake = Lake.open(settings, boundary)
    lake.objects = NoticedObjects(lake, boundary)
    return lake


def act(lake: Lake, action: str, value: str) -> dict[str, int]:
    """Correct every open row, or dismiss it; nothing where somebody was faster."""
    try:
        if action == "dismiss":
            return dict(dismiss(lake, TENANT, ACTOR, OPEN, value).counts)
        every = Correction(every={"tenure_months": value})
        return dict(redrive(lake, TENANT, ACTOR, OPEN, every)[0].counts)
    except InvalidRequest as error:
        if error.key != "ledger.nothing_open":
            raise
        return {}


def act_until(data: Path, action: str, value: str, number: int) -> None:
    """Correct or dismiss them and die at a write."""
    with opened(Settings.at(data), kill_at(number)) as lake:
        act(lake, action, value)


def main() -> None:
    """Do what the arguments say."""
    folder, value = sys.argv[1:]
    with opened(Settings.at(Path(folder))) as lake:
        print(json.dumps(act(lake, "redrive", value)))


if __name__ == "__main__":
    main()

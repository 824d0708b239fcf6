"""A process that receives a file and may be killed at its n-th write boundary.

Usage: ingestion_worker.py FOLDER FILE TABLE MAPPING PIECE_BYTES [KILL_AT]
"""

import json
import sys
from pathlib import Path

from foundation.settings import Settings
from ingestion.mapping import Mapping
from lakehouse.boundary import no_fault
from tests.ingestion_lake import Door
from tests.lake_faults import kill_at


def main() -> None:
    """Do what the arguments say."""
    folder, file, table, mapping, size, *rest = sys.argv[1:]
    boundary = kill_at(int(rest[0])) if rest else no_fault
    door = Door(Settings.at(Path(folder)), Path(folder).parent, boundary, int(size))
    receipt = door.send(Path(file), table, Mapping.from_dict(json.loads(mapping)))
    print(json.dumps({"counts": receipt.counts, "ended": receipt.upload.ended}))
    door.lake.close()


if __name__ == "__main__":
    main()

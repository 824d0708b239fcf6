"""What a process does that receives a file and is killed at its n-th write boundary."""

from pathlib import Path

from foundation.settings import Settings
from ingestion.mapping import Mapping
from tests.ingestion_lake import Door
from tests.lake_faults import kill_at


def receive_until(
    number: int, data: Path, piece_bytes: int, sent: tuple[Path, str, Mapping]
) -> None:
    """Receive the file that is sent and die."""
    door = Door(Settings.at(data), data.parent, kill_at(number), piece_bytes)
    door.send(*sent)

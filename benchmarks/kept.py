"""What a peer said, kept between runs: peers do not change, and tuning them takes the most time.

An answer is named by the peer's code, the libraries' versions, and every row it learned from and
was asked about; anything else is asked anew. The folder is no part of the project.
"""

from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from inspect import getmodule, getsource
from pathlib import Path

import numpy as np

from benchmarks.models_peers import Peer
from models.arrays import Floats
from models.rows import Rows

FOLDER = Path(__file__).resolve().parent / ".kept"
LIBRARIES = ("scikit-learn", "xgboost-cpu", "numpy")


@dataclass
class Kept:
    """A peer that is asked once; ``asked`` and ``known`` count its answers, for the notes."""

    way: Peer
    asked: int = 0
    known: int = 0

    def __call__(self, learn: Rows, held_out: Rows) -> Floats:
        """Return the peer's probabilities, shape (rows held out,)."""
        file = FOLDER / f"{self._name(learn, held_out)}.npy"
        if file.exists():
            self.known += 1
            return np.asarray(np.load(file))
        said = self.way(learn, held_out)
        FOLDER.mkdir(exist_ok=True)
        np.save(file, said)
        self.asked += 1
        return said

    def _name(self, learn: Rows, held_out: Rows) -> str:
        module = getmodule(self.way)
        told = [getattr(self.way, "__name__", ""), getsource(module) if module else ""]
        told += [version(library) for library in LIBRARIES]
        told += [repr((rows.records, rows.codes.tolist())) for rows in (learn, held_out)]
        return sha256("\0".join(told).encode()).hexdigest()[:24]


def note_of(peers: dict[str, Kept]) -> str:
    """Return in words how many answers are new."""
    asked, known = (sum(getattr(p, n) for p in peers.values()) for n in ("asked", "known"))
    return f"peers: {asked} answers of this run, {known} kept from runs of the same code and rows"

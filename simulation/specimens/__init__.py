"""Dirty files with known truth: bytes as clients send them, and what must become of each row.

The oracle never parses a file: the generator keeps what it meant by each row and how it damaged
it. ``style`` is how a client writes values, ``columns`` what rows mean, ``damage`` what is wrong
with some, ``sheets`` brings these together, ``encode`` makes the bytes, ``refused`` makes files
that cannot be taken at all, ``specimen`` draws one file after another for a tenant.
"""

from simulation.specimens.refused import REFUSALS
from simulation.specimens.specimen import Sender, Specimen

__all__ = ["REFUSALS", "Sender", "Specimen"]

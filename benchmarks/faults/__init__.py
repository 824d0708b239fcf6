"""Everything that can break while the lake is written, and whether the account is exact after it.

``scenarios`` says what is being done when it breaks, ``child`` does it in a process of its own,
``recovery`` brings it to its end afterwards and holds the tables against those of a run that
nothing disturbed; ``kills``, ``disk``, ``damage`` and ``clocks`` are the ways to break it.
"""

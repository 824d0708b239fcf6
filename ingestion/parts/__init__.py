"""What a person sends at once, opened into files that each fill one table.

A zip, a workbook, a compressed file or a folder is a *container*; what lies in it is a *part*.
``open_load`` opens containers and finds each part's table; ``ingestion.deliver`` receives them.
"""

from ingestion.parts.kinds import is_container, kind_of
from ingestion.parts.load import Load, open_load
from ingestion.parts.names import is_besides, is_unfinished
from ingestion.parts.part import Container, LeftOut, Part, Placed

__all__ = [
    "Container",
    "LeftOut",
    "Load",
    "Part",
    "Placed",
    "is_besides",
    "is_container",
    "is_unfinished",
    "kind_of",
    "open_load",
]

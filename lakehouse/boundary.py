"""The hook at every write boundary, through which tests make a process die where it hurts.

The writer calls it with ``before:<layer>.<table>.<verb>`` and ``after:<layer>.<table>.<verb>``,
both inside the table's lease. Nothing but a test passes anything other than :func:`no_fault`.
"""

from collections.abc import Callable

Boundary = Callable[[str], None]


def no_fault(_place: str) -> None:
    """Let every write go on."""


class Recorder:
    """Remember the boundaries that were passed, in their order.

    Attributes
    ----------
    places
        Names of the boundaries, e.g. ``before:silver.customers.merge``.
    """

    def __init__(self) -> None:
        self.places: list[str] = []

    def __call__(self, place: str) -> None:
        """Note one boundary."""
        self.places.append(place)

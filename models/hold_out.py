"""Who gets no offer so that the effect of offers stays measurable.

A keyed hash of the person's token decides: the same person is held out in every campaign, so that
the two groups stay whole over time, and nobody without the tenant's key can tell who is.
"""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

PURPOSE = "offer hold-out"
DIGITS = 13
"""Hexadecimal digits that are read: 52 bits, exact in a double."""

Mark = Callable[[str, str], str]
"""``TenantKeys.mark``: purpose and name to a keyed hash in hexadecimal digits."""


def held_out(mark: Mark, tokens: Iterable[str], share: float) -> npt.NDArray[np.bool_]:
    """Return who is held out, shape (n,).

    Parameters
    ----------
    share
        Probability of being held out, over the keys that the tenant might have had.
    """
    drawn = [int(mark(PURPOSE, token)[:DIGITS], 16) / 16**DIGITS for token in tokens]
    return np.array(drawn, dtype=np.float64) < share

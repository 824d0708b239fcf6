"""The types of numbers that the room hands around; importing this costs nothing but NumPy."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Matrix = Any
"""A dense ``Floats`` array or a ``scipy.sparse.csr_matrix`` (which has no types)."""
Data = Any
"""Records (a sequence of dicts), a pandas DataFrame, or a two-dimensional array of numbers."""
Persons = npt.NDArray[np.str_]
"""Whose each row is, shape (n,)."""
Tags = Any
"""``sklearn.utils.Tags``."""

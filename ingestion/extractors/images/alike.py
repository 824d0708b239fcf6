"""Near-duplicates: a hash of 64 bits that stays nearly the same when a photo is sent again.

Scaled, compressed anew, lightened or lightly retouched, a photo keeps its lowest frequencies. The
hash is which of the 8 × 8 lowest coefficients of the discrete cosine transform of 32 × 32 grey
pixels lie over their median (Zauner, 2010, "Implementation and Benchmarking of Perceptual Image
Hash Functions", the DCT-based hash). It stands for no turning, mirroring or cropping.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import fft

SIDE, KEPT = 32, 8
BITS = KEPT * KEPT
MOST_BITS = 8
"""Bits in which near-duplicates may differ; two unrelated photos differ in about 32."""


def perceptual_hash(picture: Image.Image) -> str:
    """Return the hash as 16 hexadecimal figures."""
    grey = picture.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    waves = fft.dctn(np.asarray(grey, float), norm="ortho")[1 : KEPT + 1, 1 : KEPT + 1]
    over = (waves > np.median(waves)).ravel()
    return np.packbits(over).tobytes().hex()


def as_numbers(hashes: Iterable[str]) -> npt.NDArray[np.uint64]:
    """Return hashes as ``bits_apart`` compares them."""
    return np.array([int(one, 16) for one in hashes], np.uint64)


def bits_apart(one: np.uint64, others: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint8]:
    """Return in how many bits a hash differs from each of others (Hamming)."""
    return np.asarray(np.bitwise_count(others ^ one), np.uint8)


def near_duplicates(one: str, other: str) -> bool:
    """Tell whether two hashes are of one photo, sent twice.

    A picture without any detail has a hash of chance: ask ``Look.contrast`` first.
    """
    numbers = as_numbers([one, other])
    return bool(bits_apart(numbers[0], numbers)[1] <= MOST_BITS)

"""A photo as numbers, without a neural network: its colours, its edges and its grain.

Colours as a joint histogram of hue, saturation and value; edges as histograms of oriented gradients
(Dalal and Triggs, 2005); grain as rotation-invariant uniform local binary patterns (Ojala,
Pietikäinen and Mäenpää, 2002) at two scales. All are shares, so photos of any size compare.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

Numbers = npt.NDArray[np.float64]

SIDE = 128
COLOURS = (8, 3, 3)
CELL, ORIENTATIONS = 16, 9
CLIPPED = 0.2
"""Of a cell's normalised histogram, as Dalal and Triggs clip it."""
QUARTERS = 2
SCALES = (1, 2)
NEIGHBOURS = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))
"""In the order of a walk around the pixel: rows and columns away."""
PATTERNS = len(NEIGHBOURS) + 2


def features(picture: Image.Image) -> Numbers:
    """Return the numbers of an upright RGB picture, shape (728,)."""
    small = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    grey = np.asarray(small.convert("L"), float) / 255
    grain = [_grain(grey, scale) for scale in SCALES]
    return np.concatenate([_colours(small), _edges(grey), *grain])


def _colours(small: Image.Image) -> Numbers:
    pixels = np.asarray(small.convert("HSV"), float).reshape(-1, 3)
    counts, _ = np.histogramdd(pixels, COLOURS, [(0, 256)] * 3)
    return np.asarray(np.sqrt(counts.ravel() / len(pixels)))


def _edges(grey: Numbers) -> Numbers:
    """Return the histogram of gradients of every cell, normalised by the cells around it."""
    down, right = np.gradient(np.sqrt(grey))
    strength = np.hypot(down, right)
    turn = (np.arctan2(down, right) % np.pi) / np.pi * ORIENTATIONS
    low = np.floor(turn).astype(int)
    upper = turn - low
    layers = np.zeros((ORIENTATIONS, *grey.shape))
    for share, place in ((1 - upper, low), (upper, low + 1)):
        np.add.at(layers, (place % ORIENTATIONS, *np.indices(grey.shape)), strength * share)
    cells = layers.reshape(ORIENTATIONS, SIDE // CELL, CELL, SIDE // CELL, CELL).sum((2, 4))
    around = ndimage.uniform_filter((cells**2).sum(0), 3, mode="nearest")
    return np.asarray(np.minimum(cells / np.sqrt(around + 1e-3), CLIPPED * ORIENTATIONS).ravel())


def _grain(grey: Numbers, scale: int) -> Numbers:
    """Return the shares of ten binary patterns in each quarter of the picture."""
    ring = [np.roll(grey, (-scale * r, -scale * c), (0, 1)) >= grey for r, c in NEIGHBOURS]
    around = np.stack(ring).astype(int)
    changes = np.abs(around - np.roll(around, 1, 0)).sum(0)
    pattern = np.where(changes <= 2, around.sum(0), PATTERNS - 1)[scale:-scale, scale:-scale]
    quarters = [
        q for half in np.array_split(pattern, QUARTERS) for q in np.array_split(half, QUARTERS, 1)
    ]
    counts = [np.bincount(q.ravel(), minlength=PATTERNS) / q.size for q in quarters]
    return np.sqrt(np.concatenate(counts))

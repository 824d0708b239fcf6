"""Whether a photo is sharp and well lit enough for a person, or a reader of text, to use it.

Sharpness is the variance of the Laplacian (Pech-Pacheco et al., 2000, "Diatom autofocusing in
brightfield microscopy"), taken where the photo has most detail and relative to its contrast: a
sharp thing before a plain wall is no blurred photo, nor is one in weak light. The photo is first
brought to one size, so that the figure does not depend on the camera's.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

LONGER_SIDE = 1024
TILES = 8
BEST_TILES = 6
"""Of the tiles, so many with most detail say how sharp the photo is."""
NOISE_SIGMA = 0.8
"""Grain of a dark photo is no detail: it is smoothed away first, in pixels."""
LEAST_SHARPNESS = 0.012
DARK, BRIGHT = 0.2, 0.97
"""Levels of grey, 0 to 1, under and over which a pixel tells hardly anything."""
LIGHTEST_SHARE = 0.9
MOST_DARK = 0.75
LEAST_LIGHT = 0.5
"""The lightest tenth of a photo that is too dark stays under this."""
MOST_BRIGHT = 0.6
LEAST_CONTRAST = 0.03
"""Standard deviation of grey, under which a photo shows nothing."""

Level = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Look:
    """How a photo looks.

    Attributes
    ----------
    sharpness
        Variance of the Laplacian over the variance of grey in the tiles with most detail; without
        unit, about 0.005 in a blurred photo and over 0.03 in a sharp one.
    dark_share, bright_share
        Of the pixels.
    brightness, contrast
        Mean and standard deviation of grey, 0 to 1.
    lightest
        Grey that nine tenths of the pixels stay under.
    """

    sharpness: float
    dark_share: float
    bright_share: float
    brightness: float
    contrast: float
    lightest: float

    def faults(self, *, is_page: bool = False) -> tuple[str, ...]:
        """Return what is wrong: too dark, too bright, blank or blurred; empty where nothing.

        One thing at most: who repeats a dark photo need not be told that it was blurred as well.
        A page of text is white and yet not too bright.
        """
        if self.dark_share > MOST_DARK and self.lightest < LEAST_LIGHT:
            return ("too_dark",)
        if self.bright_share > MOST_BRIGHT and not is_page:
            return ("too_bright",)
        if self.contrast < LEAST_CONTRAST:
            return ("blank",)
        return ("blurred",) if self.sharpness < LEAST_SHARPNESS else ()


def look(picture: Image.Image) -> Look:
    """Return how a photo looks."""
    grey = _grey(picture)
    smooth = ndimage.gaussian_filter(np.asarray(grey, np.float32) / 255, NOISE_SIGMA)
    edges = ndimage.laplace(smooth)
    detail = _tiles(edges).var(axis=1)
    best = np.argsort(detail)[-BEST_TILES:]
    spread = _tiles(smooth)[best].var(axis=1).mean()
    return _lit(grey, float(detail[best].mean() / max(1e-6, spread)))


def _lit(grey: Image.Image, sharpness: float) -> Look:
    """Return a look whose light is told by how many pixels there are of each of 256 levels."""
    shares = np.array(grey.histogram(), float) / (grey.width * grey.height)
    levels = np.arange(len(shares)) / 255
    brightness = float(shares @ levels)
    return Look(
        sharpness=sharpness,
        dark_share=float(shares[levels < DARK].sum()),
        bright_share=float(shares[levels > BRIGHT].sum()),
        brightness=brightness,
        contrast=float(shares @ (levels - brightness) ** 2) ** 0.5,
        lightest=float(levels[np.searchsorted(shares.cumsum(), LIGHTEST_SHARE)]),
    )


def _grey(picture: Image.Image) -> Image.Image:
    """Return it grey, the longer side as all have it; a smaller picture stays as it is."""
    grey = picture.convert("L")
    grey.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.BOX)
    return grey


def _tiles(level: Level) -> Level:
    """Return the pixels of each tile, shape (tiles, pixels)."""
    high, wide = (max(1, side // TILES) for side in level.shape)
    rows, columns = level.shape[0] // high, level.shape[1] // wide
    cut = level[: rows * high, : columns * wide].reshape(rows, high, columns, wide)
    return cut.transpose(0, 2, 1, 3).reshape(rows * columns, high * wide)

"""Where the text of a picture stands and how high its letters are: patches of ink in company."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage
from scipy.spatial import cKDTree

WINDOW_PIXELS, DARKER = 31, 0.12
"""Ink is darker than the mean around it by this share of full scale (after Wellner, 1993,
"Adaptive Thresholding for the DigitalDesk")."""
LEAST_PIXELS = 5
"""Of a letter's height: less is dust."""
WIDEST, NARROWEST = 6.0, 0.125
"""A letter, or some that touch, in widths to its height."""
AMONG = 0.6
"""Capitals and figures are the taller of the letters: this quantile of the heights."""
NEAR_HEIGHTS = 4.0
MARGIN_HEIGHTS = 3.0

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Letters:
    """What is taken for the letters of a text.

    Attributes
    ----------
    least
        So many there are.
    most_share
        Of the picture's longer side: what is higher is none.
    together
        Dust is alone; a letter has this many within ``NEAR_HEIGHTS``, itself counted.
    """

    least: int
    most_share: float
    together: int


MANY, FEW = Letters(20, 0.1, 5), Letters(3, 0.25, 3)
"""Running text, and a word or two, which may fill the picture."""


@dataclass(frozen=True)
class Text:
    """Where text stands: left, top, right, bottom in pixels; the height of its capitals."""

    box: Box
    capital_pixels: float


def text_of(grey: Image.Image, wanted: Letters = MANY) -> Text | None:
    """Return where the text of a picture stands; None where there is none such."""
    boxes = _patches(grey)
    heights, widths = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    like = (heights >= LEAST_PIXELS) & (heights <= wanted.most_share * max(grey.size))
    like &= (widths <= WIDEST * heights) & (widths >= NARROWEST * heights)
    if like.sum() < wanted.least:
        return None
    letters, middle = boxes[like], float(np.median(heights[like]))
    letters = letters[_in_company(letters, NEAR_HEIGHTS * middle, wanted.together)]
    if not len(letters):
        return None
    top, left = letters[:, :2].min(0) - MARGIN_HEIGHTS * middle
    bottom, right = letters[:, 2:].max(0) + MARGIN_HEIGHTS * middle
    inside = (max(0, left), max(0, top), min(grey.width, right), min(grey.height, bottom))
    high = letters[:, 2] - letters[:, 0]
    return Text(_whole(inside), float(np.quantile(high, AMONG)))


def _patches(grey: Image.Image) -> npt.NDArray[np.float64]:
    """Return top, left, bottom and right of every patch of ink, shape (patches, 4)."""
    level = np.asarray(grey, np.float32) / 255
    ink = level < ndimage.uniform_filter(level, WINDOW_PIXELS) - DARKER
    labels, _ = ndimage.label(ink, np.ones((3, 3), int))
    found = [(y.start, x.start, y.stop, x.stop) for y, x in ndimage.find_objects(labels)]
    return np.array(found, float).reshape(-1, 4)


def _in_company(
    letters: npt.NDArray[np.float64], near: float, together: int
) -> npt.NDArray[np.bool_]:
    middles = (letters[:, :2] + letters[:, 2:]) / 2
    counts = cKDTree(middles).query_ball_point(middles, near, return_length=True)
    return np.asarray(counts >= together)


def _whole(box: tuple[float, ...]) -> Box:
    left, top, right, bottom = (round(edge) for edge in box)
    return left, top, right, bottom

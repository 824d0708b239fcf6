"""A glance at a photo while its sender waits, to tell whether it should be taken again.

The whole ``extract`` takes seconds; this takes some hundredths of one, and says nothing where it
would take longer: what decodes only as a whole and is large waits for ``extract``.
"""

from io import BytesIO

from PIL import Image

from ingestion.extractors.images.letters import text_of
from ingestion.extractors.images.sharpness import look
from ingestion.media.picture import KINDS

QUICK = ("JPEG", "PNG", "WEBP")
"""HEIF is decoded as a whole and slowly."""
SIDE = 720
"""In pixels; a JPEG is decoded at a half, a quarter or an eighth, at this size or somewhat more."""

MOST_PIXELS = 2_000_000
"""What has more when it is decoded takes too long."""


def faults_at_a_glance(content: bytes) -> tuple[str, ...]:
    """Return what is wrong with a photo as ``Look.faults`` does; nothing where that takes long.

    Raises
    ------
    OSError, ValueError, SyntaxError
        Pillow's, where the content is damaged.
    """
    with Image.open(BytesIO(content), formats=KINDS) as image:
        if image.format not in QUICK:
            return ()
        image.draft("L", (SIDE, SIDE))
        if image.width * image.height > MOST_PIXELS:
            return ()
        grey = image.convert("L")
    grey.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    seen = look(grey)
    faults = seen.faults()
    is_page = faults == ("too_bright",) and text_of(grey) is not None
    return seen.faults(is_page=True) if is_page else faults

"""A photo with the places of the words that were read in it, as HTML. Pure."""

import base64
from html import escape

from ingestion.extractors.transcripts.redaction import HIDDEN
from operations.conversation.files import Row
from operations.conversation.opening import Shown


def figure(shown: Shown, found: Row | None, description: str) -> str:
    """Return a photo with a frame around each word; the words themselves are text beside it."""
    written = base64.b64encode(shown.content).decode()
    image = f'<img src="data:{shown.media_type};base64,{written}" alt="{escape(description)}">'
    return f'<figure class="ab-photo">{image}{_boxes(found)}</figure>'


def _boxes(found: Row | None) -> str:
    if found is None or not found.get("words") or not (found["width"] and found["height"]):
        return ""
    width, height = found["width"], found["height"]
    return "".join(
        f'<span class="ab-box{" ab-covered" if word["text"] == HIDDEN else ""}" '
        f'title="{escape(word["text"])}" style="left:{100 * word["left"] / width:.2f}%;'
        f"top:{100 * word['top'] / height:.2f}%;width:{100 * word['width'] / width:.2f}%;"
        f'height:{100 * word["height"] / height:.2f}%"></span>'
        for word in found["words"]
    )

"""``make benchmark-multimodal``: every part in one table, or those that are named."""

import sys

from benchmarks.parts import run

PARTS = (
    "audio",
    "documents",
    "images",
    "hostile",
    "attachments",
    "search",
    "persons",
    "words",
    "ablation",
)

if __name__ == "__main__":
    sys.exit(run("multimodal", "Text, images and call audio", PARTS, joint="."))

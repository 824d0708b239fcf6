"""``python -m benchmarks.verticals [PART …]``: from raw files to champions, scores and pages."""

import sys

from benchmarks.parts import run

PARTS = ("files",)

if __name__ == "__main__":
    sys.exit(run("verticals", "New verticals: from a raw file to a page", PARTS))

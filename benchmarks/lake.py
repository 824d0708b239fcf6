"""``python -m benchmarks.lake [PART …]``: everything that is measured of the lake, in one table."""

import sys

from benchmarks.parts import run

PARTS = ("bulk", "engines", "maintenance", "tenants", "faults", "dirty")

if __name__ == "__main__":
    sys.exit(run("lake", "The lake: bulk, engines, tenants, faults and dirt", PARTS))

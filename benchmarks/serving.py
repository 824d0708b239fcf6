"""``python -m benchmarks.serving [PART …]``: all that is measured of the service, in one table."""

import sys

from benchmarks.parts import run

PARTS = ("models", "incidents", "customers")

if __name__ == "__main__":
    sys.exit(run("serving", "The scoring service, beside a peer where there is one", PARTS))

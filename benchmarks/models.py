"""``python -m benchmarks.models [PART …]``: all that is measured of the models, in one table."""

import sys

from benchmarks.parts import run

PARTS = ("tabular", "intents", "offers", "profit", "little", "intake", "watch", "training")

if __name__ == "__main__":
    sys.exit(run("models", "The models beside plain ones, on real data", PARTS))

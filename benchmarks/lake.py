"""``python -m benchmarks.lake [PART …]``: everything that is measured of the lake, in one table.

A part is a module ``benchmarks.lake_<part>`` whose ``lines(quick)`` returns figures, or figures and
notes.
"""

import argparse
import os
import sys
import time
from importlib import import_module

from benchmarks.table import Line, report

PARTS = ("bulk", "engines", "maintenance", "tenants", "faults", "dirty")


def measure(part: str, *, quick: bool) -> tuple[list[Line], list[str]]:
    """Run one part and tell on standard error how it goes."""
    print(f"· {part} …", file=sys.stderr, flush=True)
    started = time.perf_counter()
    found = import_module(f"benchmarks.lake_{part}").lines(quick)
    figures, notes = found if isinstance(found, tuple) else (found, [])
    print(f"· {part}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    return figures, notes


def main() -> int:
    """Measure the parts that the arguments name, all of them where they name none."""
    parser = argparse.ArgumentParser(prog="benchmarks.lake", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"one of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="smaller inputs, 3 minutes at most")
    options = parser.parse_args()
    unknown = [part for part in options.part if part not in PARTS]
    if unknown:
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    measured = [measure(part, quick=options.quick) for part in options.part or PARTS]
    figures = [line for lines, _ in measured for line in lines]
    notes = [note for _, told in measured for note in told]
    parts = "".join(f"_{part}" for part in options.part)
    name = f"lake{parts}{'_quick' if options.quick else ''}"
    return report(name, "The lake: bulk, engines, tenants, faults and dirt", figures, notes)


if __name__ == "__main__":
    sys.exit(main())

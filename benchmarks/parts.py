"""A benchmark in parts: one table of all of them, or of those that the arguments name.

A part is a module ``benchmarks.<name>_<part>`` whose ``lines(quick)`` returns figures, or figures
and notes.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from importlib import import_module

from benchmarks.table import Line, report


def run(name: str, title: str, parts: Sequence[str], joint: str = "_") -> int:
    """Measure the parts that the arguments name, all of them where they name none; exit code.

    ``joint`` is "." where the parts lie in a package ``benchmarks.<name>``.
    """
    parser = argparse.ArgumentParser(prog=f"benchmarks.{name}", description=title)
    parser.add_argument("part", nargs="*", help=f"one of {', '.join(parts)}")
    parser.add_argument("--quick", action="store_true", help="smaller inputs, 3 minutes at most")
    options = parser.parse_args()
    unknown = [part for part in options.part if part not in parts]
    if unknown:
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(parts)}")
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    modules = [f"{name}{joint}{part}" for part in options.part or parts]
    measured = [measure(module, quick=options.quick) for module in modules]
    figures = [line for lines, _ in measured for line in lines]
    notes = [note for _, told in measured for note in told]
    named = "".join(f"_{part}" for part in options.part)
    return report(f"{name}{named}{'_quick' if options.quick else ''}", title, figures, notes)


def measure(module: str, *, quick: bool) -> tuple[list[Line], list[str]]:
    """Run one part and tell on standard error how it goes."""
    print(f"· {module} …", file=sys.stderr, flush=True)
    started = time.perf_counter()
    found = import_module(f"benchmarks.{module}").lines(quick)
    figures, notes = found if isinstance(found, tuple) else (found, [])
    print(f"· {module}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    return figures, notes

"""The one way a benchmark tells its figures: a table, a verdict, and a file that is kept."""

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foundation.clock import utc_now

RESULTS = Path(__file__).resolve().parent / "results"
HEADERS = ("figure", "target", "measured", "peer", "configuration")
SHORT = 1
"""Exit code when a target falls short."""


@dataclass(frozen=True)
class Line:
    """One figure.

    Attributes
    ----------
    measured, most, least
        Figure and the most or the least it may be, in ``unit``; without either, no target. A count
        is an ``int`` and shown whole.
    peer
        The same work done by a peer, in words; empty where there is none.
    digits
        Decimal places that are shown of what is no count.
    """

    figure: str
    measured: float
    unit: str = "s"
    most: float | None = None
    peer: str = ""
    configuration: str = ""
    least: float | None = None
    digits: int = 2

    @property
    def met(self) -> bool:
        """Whether the target is met; a figure without one always meets it."""
        short = self.least is not None and self.measured < self.least
        return not short and (self.most is None or self.measured <= self.most)

    def cells(self) -> tuple[str, ...]:
        """Return the line as the table shows it."""
        bounds = (("≤", self.most), ("≥", self.least))
        target = ", ".join(f"{s} {b:g} {self.unit}" for s, b in bounds if b is not None)
        short = "" if self.met else " ✗"
        digits = 0 if isinstance(self.measured, int) else self.digits
        told = f"{self.measured:,.{digits}f} {self.unit}{short}"
        return (self.figure, target, told, self.peer, self.configuration)


def report(name: str, title: str, lines: Sequence[Line], notes: Sequence[str] = ()) -> int:
    """Print the table, keep it under ``benchmarks/results``, and return the exit code."""
    rows = [line.cells() for line in lines]
    short = [line.figure for line in lines if not line.met]
    verdict = f"Short of the target: {', '.join(short)}." if short else "Every target is met."
    body = [f"# {title}", "", *setting(), "", *_table(rows), "", verdict, *_listed(notes)]
    # A traceback names files by the folder of this checkout.
    text = ("\n".join(body) + "\n").replace(f"{RESULTS.parents[1]}/", "")
    print(text, flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")
    return SHORT if short else 0


def median(seconds: Sequence[float]) -> float:
    """Return the middle of the runs (the upper one of two)."""
    return sorted(seconds)[len(seconds) // 2]


def spread(seconds: Sequence[float]) -> str:
    """Return the fastest and the slowest run in words."""
    return f"{len(seconds)} runs, {min(seconds):.2f}–{max(seconds):.2f} s"


def _listed(notes: Sequence[str]) -> list[str]:
    return ["", *(f"- {note}" for note in notes)] if notes else []


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(r[i]) for r in [HEADERS, *rows]) for i in range(len(HEADERS))]
    lines = [_row(cells, widths) for cells in [HEADERS, *rows]]
    return [lines[0], _row(["-" * w for w in widths], widths), *lines[1:]]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def setting() -> list[str]:
    """Return when, of which commit and on what machine something is measured."""
    when = f"{utc_now():%Y-%m-%d %H:%M} UTC"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    machine = f"{cores} cores, {memory:.0f} GiB, {_processor()}, Python {platform.python_version()}"
    return [f"{when} · commit {_commit()}", f"{machine} · load at the end {load:.1f}"]


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _commit() -> str:
    git = ["git", "-C", str(RESULTS.parent)]
    found = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, check=False)
    # The tables that parts before this one have kept change nothing that is measured.
    code = ["--untracked-files=no", "--", ":/", ":(top,exclude)benchmarks/results"]
    changed = subprocess.run(
        [*git, "status", "--porcelain", *code], capture_output=True, check=False
    )
    name = found.stdout.decode().strip() or "unknown"
    return f"{name} with uncommitted changes" if changed.stdout.strip() else name

"""Where an upload's time goes: the profiler's cumulative seconds of the stage functions."""

import cProfile
import pstats
from collections.abc import Callable
from dataclasses import dataclass

STAGES = {
    "landing": ("landing.py", "land"),
    "mapping": ("receive.py", "_mapping"),
    "first look": ("scan.py", "scan"),
    "typing, sealing, bronze, staging": ("stage.py", "stage"),
    "rejections": ("rejections.py", "rejections_of"),
    "plan": ("plan.py", "plan_rows"),
    "persons": ("apply.py", "_save_persons"),
    "silver": ("apply.py", "_write_silver"),
    "audit": ("audit.py", "audit_table"),
    "gold": ("gold/refine.py", "refine"),
}
"""Stage → file of ``ingestion`` and function. They do not overlap."""
Entries = dict[tuple[str, int, str], tuple[int, int, float, float, object]]
"""File, line, function → primitive calls, calls, own seconds, cumulative seconds, callers."""


@dataclass(frozen=True)
class Profile:
    """One profiled run."""

    seconds: float
    stages: dict[str, float]
    costliest: list[str]

    def words(self) -> str:
        """Return the stages in words, with what is left."""
        rest = self.seconds - sum(self.stages.values())
        told = [f"{name} {seconds:.2f}" for name, seconds in self.stages.items()]
        return (
            ", ".join([*told, f"rest {rest:.2f}"]) + f" (under the profiler {self.seconds:.2f} s)"
        )


def profiled(work: Callable[[], object], costliest: int = 25) -> Profile:
    """Run ``work`` under cProfile; its clock makes Python's own part look larger than it is."""
    profiler = cProfile.Profile()
    profiler.enable()
    work()
    profiler.disable()
    stats = pstats.Stats(profiler)
    # Documented figures that the library's type stubs do not name.
    entries: Entries = vars(stats)["stats"]
    stages = {
        name: sum(
            entry[3]
            for (file, _, function), entry in entries.items()
            if function == wanted and file.endswith(f"ingestion/{place}")
        )
        for name, (place, wanted) in STAGES.items()
    }
    own = sorted(entries.items(), key=lambda item: -item[1][2])[:costliest]
    words = [f"{e[2]:.3f} s, {e[0]} calls: {f}:{line} {name}" for (f, line, name), e in own]
    return Profile(vars(stats)["total_tt"], stages, words)

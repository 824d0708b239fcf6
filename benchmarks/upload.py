"""``python -m benchmarks.upload``: how long an upload takes, from a file to gold.

Each run receives another file of which a third of the rows is new, a third changed and a third as
it was, and its account must be exact. Runs of the platform and of the peer take turns.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from benchmarks import bare_chain
from benchmarks.installation import ACTOR, make_installation
from benchmarks.stages import Profile, profiled
from benchmarks.table import Line, median, report, spread
from benchmarks.upload_files import Sent, first_file, next_file
from foundation.settings import Engine
from ingestion.gold.refine import refine
from ingestion.preview import preview
from ingestion.receive import receive
from lakehouse.lake import Lake
from simulation.uploads import IBM_ROWS

QUICK_ROWS = 1_500
TARGET_SECONDS: dict[Engine, float] = {"sail": 2.0, "spark": 15.0}
DEMO_SECONDS = 120.0
NAMES: dict[Engine, str] = {
    "sail": "embedded (Sail in process, delta-rs)",
    "spark": "Spark local[2] through Connect, delta-spark",
}


@dataclass
class Measured:
    """What one engine took."""

    engine: Engine
    rows: int
    first: float = 0.0
    runs: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    """Processor seconds of this process in each run: wall time on a busy machine says little."""
    peer: list[float] = field(default_factory=list)
    docs: float = 0.0
    dagster: float = 0.0
    profile: Profile | None = None


class Bench:
    """An installation under measurement and the peer beside it."""

    def __init__(self, folder: Path, engine: Engine, rows: int) -> None:
        settings, (self.tenant,) = make_installation(folder / "data", "medida", engine=engine)
        self.lake = Lake.open(settings)
        self.folder, self.rows, self._run = folder, rows, 0

    def first(self) -> float:
        """Send the first delivery, its mapping proposed and kept; return the seconds."""
        sent = first_file(self.folder, self.rows)
        proposed = preview(self.lake, self.tenant, sent.path, "customers").proposal.mapping
        mapping = replace(proposed, upload="increment")
        bare_chain.run(sent.path, self.folder / "peer")

        def work() -> None:
            receipt = receive(
                self.lake, self.tenant, ACTOR, sent.path, "customers", mapping=mapping
            )
            require_account(receipt.counts, sent)
            refine(self.lake, self.tenant)

        return timed(work)

    def another(self) -> Sent:
        """Write the next delivery."""
        self._run += 1
        return next_file(self.folder, self.rows, self._run)

    def to_gold(self, sent: Sent) -> None:
        """Receive a delivery and bring it to gold."""
        self.received(sent)
        refine(self.lake, self.tenant)

    def received(self, sent: Sent) -> None:
        """Receive a delivery; its account must be exact."""
        receipt = receive(self.lake, self.tenant, ACTOR, sent.path, "customers")
        require_account(receipt.counts, sent)

    def with_docs(self, sent: Sent) -> None:
        """Bring a delivery to gold and write the Data Docs."""
        from ingestion.data_docs import build_data_docs, recorded_audits

        self.to_gold(sent)
        build_data_docs(self.lake, self.tenant, recorded_audits(self.lake, self.tenant))

    def through_dagster(self, sent: Sent) -> None:
        """Receive a delivery and let a recorded run take it from silver to scores."""
        from pipelines.run import refresh_tenant

        self.received(sent)
        refresh_tenant(self.lake.settings, self.tenant)


def require_account(counts: dict[str, int], sent: Sent) -> None:
    """Stop where the account is not what the file was made for."""
    found = {name: counts.get(name, 0) for name in sent.counts}
    if found != sent.counts:
        raise SystemExit(f"account of {sent.path.name}: expected {sent.counts}, found {found}")


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that ``work`` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure(engine: Engine, rows: int, runs: int) -> Measured:
    """Measure one engine with the peer in turns."""
    found = Measured(engine, rows)
    with tempfile.TemporaryDirectory(prefix="abcall-benchmark-") as made:
        folder = Path(made)
        bench = Bench(folder, engine, rows)
        tell(f"{engine}: first upload (the engine starts)")
        found.first = bench.first()
        bench.to_gold(bench.another())
        for run in range(runs):
            sent = bench.another()
            found.peer.append(timed(partial(bare_chain.run, sent.path, folder / "peer")))
            used = time.process_time()
            found.runs.append(timed(partial(bench.to_gold, sent)))
            found.processor.append(time.process_time() - used)
            tell(f"{engine}: run {run + 1} of {runs}: {found.runs[-1]:.2f} s")
        beside(bench, found)
        bench.lake.close()
        bench.lake.engine.close()
    return found


def beside(bench: Bench, found: Measured) -> None:
    """Measure what has no target: the stages, Data Docs, and a run through Dagster."""
    sent = bench.another()
    found.profile = profiled(lambda: bench.to_gold(sent))
    bench.with_docs(bench.another())
    sent = bench.another()
    found.docs = timed(lambda: bench.with_docs(sent))
    if found.engine == "sail":
        tell("sail: through Dagster (the first run trains the champion)")
        bench.through_dagster(bench.another())
        sent = bench.another()
        found.dagster = timed(lambda: bench.through_dagster(sent))


def lines_of(found: Measured) -> list[Line]:
    """Return an engine's figures."""
    rows, name = f"{found.rows:,} rows", NAMES[found.engine]
    took, peer = median(found.runs), median(found.peer)
    on_spark = found.engine == "spark"
    lines = [
        Line(
            f"warm upload to gold, {found.engine}",
            took,
            most=TARGET_SECONDS[found.engine],
            peer=f"bare chain {peer:.2f} s",
            configuration=f"{name}; {rows}; {spread(found.runs)}",
        ),
        Line(
            f"processor time of it, {found.engine}",
            median(found.processor),
            configuration="this process, all threads" + (", without the JVM" * on_spark),
        ),
        Line(
            f"times the bare chain, {found.engine}",
            took / peer,
            unit="×",
            peer="no checks, keys or history",
            configuration=f"Polars, deltalake; {spread(found.peer)}",
        ),
        Line(f"first upload, {found.engine}", found.first, configuration=f"{name}; engine starts"),
        Line(f"with Data Docs, {found.engine}", found.docs, configuration=f"{name}; {rows}"),
    ]
    if found.dagster:
        words = f"{name}; {rows}; recorded run, Data Docs, features and scores too"
        lines.append(Line("through Dagster", found.dagster, configuration=words))
    return lines


def ratio_line(both: list[Measured]) -> list[Line]:
    """Return the ratio of the engines where both were measured."""
    if len(both) < 2:
        return []
    sail, spark = (median(found.runs) for found in both)
    return [Line("Spark's time by Sail's", spark / sail, unit="×", configuration="same files")]


def demo_line() -> Line:
    """Run ``abcall demo`` in a process and a folder of its own."""
    tell("abcall demo")
    with tempfile.TemporaryDirectory(prefix="abcall-demo-") as folder:
        environment = {**os.environ, "ABCALL_DATA": str(Path(folder) / "data")}
        command = [sys.executable, "-m", "cli.main", "demo"]
        started = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, check=False, text=True)
        seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"abcall demo ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    words = "a process of its own, three tenants, set-up apart"
    return Line("make demo", seconds, most=DEMO_SECONDS, configuration=words)


def tell(sentence: str) -> None:
    """Say on standard error what is being done."""
    print(f"· {sentence}", file=sys.stderr, flush=True)


def notes_of(all_found: list[Measured], *, profile: bool) -> list[str]:
    """Return where the time goes, and with ``profile`` the functions that take most."""
    notes = []
    for found in all_found:
        if found.profile is not None:
            notes.append(f"{found.engine}, seconds by stage: {found.profile.words()}")
            notes += [f"{found.engine}: {w}" for w in found.profile.costliest if profile]
    return notes


def main() -> int:
    """Measure what the arguments ask for and print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.upload", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller inputs, 3 minutes at most")
    parser.add_argument("--engine", choices=("both", "sail", "spark"), default="both")
    parser.add_argument("--profile", action="store_true", help="name the costliest functions too")
    options = parser.parse_args()
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    rows, runs = (QUICK_ROWS, 3) if options.quick else (IBM_ROWS, 5)
    engines: list[Engine] = ["sail", "spark"] if options.engine == "both" else [options.engine]
    found = [measure(engine, rows, runs) for engine in engines]
    lines = [line for one in found for line in lines_of(one)] + ratio_line(found)
    if not options.quick and options.engine == "both":
        lines.append(demo_line())
    name = "upload_quick" if options.quick else "upload"
    suffix = "" if options.engine == "both" else f"_{options.engine}"
    notes = notes_of(found, profile=options.profile)
    return report(name + suffix, "An upload, from a file to gold", lines, notes)


if __name__ == "__main__":
    sys.exit(main())

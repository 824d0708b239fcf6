"""A data scientist's way from a raw file to a page, by commands alone, in a new installation."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from benchmarks.table import RESULTS
from dashboards.gold import Gold
from dashboards.queries import Filters, latest_run, quality, scored
from data_contracts.contract import Contract
from data_contracts.loader import forget_contracts, load_contracts
from foundation.settings import Settings
from lakehouse.lake import Lake
from tenancy.bootstrap import staff_actor
from tenancy.tenant import Tenant
from tenancy.tenants import tenant_for

TENANT = "acme"
TABLE = "customers"
"""What the rows of each file are."""

PROJECT = RESULTS.parents[1]
Digests = dict[str, str]


@dataclass(frozen=True)
class Trip:
    """A raw file, and all that a person says of it.

    Attributes
    ----------
    vertical, file
        What the new vertical is called, and the file among the real ones.
    label, model
        Header of the outcome, and the model that predicts it.
    late, known
        Headers of what is known only after the outcome, and of what is known before it however
        well it tells it.
    """

    vertical: str
    file: str
    label: str
    model: str
    late: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def answers(self) -> list[str]:
        """What ``abcall vertical new`` cannot know, as flags."""
        title = self.vertical.replace("_", " ").title()
        late = [word for header in self.late for word in ("--after", header)]
        known = [word for header in self.known for word in ("--known", header)]
        return ["--title-es", title, "--title-en", title, "--label", self.label, *late, *known]

    def commands(self, file: Path) -> Iterator[list[str]]:
        """Yield what a data scientist types, in order."""
        yield ["vertical", "new", self.vertical, "--from", str(file), *self.answers]
        yield ["init"]
        yield ["tenant", "new", TENANT, "--name", "Acme", "--vertical", self.vertical]
        yield ["upload", TENANT, TABLE, str(file), "--receive-only"]
        yield ["train", TENANT, self.model]
        yield ["score", TENANT, self.model]


@dataclass(frozen=True)
class Travelled:
    """What a trip took, and what it came to.

    Attributes
    ----------
    seconds, processor_seconds
        From the first command to the page's figures; and of them, of processors.
    lines
        Commands and flags that were typed.
    edited
        Files of the project or the contract that differ from what the commands wrote.
    """

    trip: Trip
    settings: Settings
    file: Path
    seconds: float
    processor_seconds: float
    lines: int
    edited: tuple[str, ...]
    shown: str


def travel(trip: Trip, file: Path, folder: Path) -> Travelled:
    """Go the whole way with a file.

    Raises
    ------
    RuntimeError
        A command failed, or the page has nothing to show.
    """
    settings = replace(Settings.at(folder / "data"), contract_dirs=(folder / "contracts",))
    untouched, lines = _digests(PROJECT), 0
    clock, processors = time.perf_counter(), _processor_seconds()
    written: Digests = {}
    for words in trip.commands(file):
        _type(words, settings)
        lines += 1 + sum(word.startswith("--") for word in words)
        written = written or _digests(folder / "contracts")
    shown = _page(trip, settings)
    seconds, processors = time.perf_counter() - clock, _processor_seconds() - processors
    edited = _changed(untouched, _digests(PROJECT)) + _changed(
        written, _digests(folder / "contracts")
    )
    return Travelled(trip, settings, file, seconds, processors, lines, edited, shown)


def contract_of(travelled: Travelled) -> Contract:
    """Return the contract that was drafted on the way."""
    forget_contracts()
    return load_contracts(travelled.settings.contract_dirs)[travelled.trip.vertical]


def tenant_in(lake: Lake) -> Tenant:
    """Return the tenant of a trip's installation."""
    return tenant_for(lake.store, staff_actor(lake.store), TENANT)


def _type(words: list[str], settings: Settings) -> None:
    program = str(Path(sys.executable).with_name("abcall"))
    folders = os.pathsep.join(map(str, settings.contract_dirs))
    own = {
        "ABCALL_DATA": str(settings.data_dir),
        "ABCALL_CONTRACTS": folders,
        "ABCALL_LANGUAGE": "en",
    }
    started = time.perf_counter()
    done = subprocess.run(
        [program, *words],
        env=os.environ | own,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    told = f"· abcall {' '.join(words[:3])}: {time.perf_counter() - started:.0f} s"
    print(told, file=sys.stderr, flush=True)
    if done.returncode:
        raise RuntimeError(f"abcall {' '.join(words)}: {done.returncode}\n{done.stderr}")


def _page(trip: Trip, settings: Settings) -> str:
    """Ask of gold what a page asks of a model, and return it in words."""
    with Lake.open(settings) as lake:
        gold = Gold(lake, tenant_in(lake))
        run, figures = latest_run(gold, trip.model), quality(gold, trip.model)
        first = [] if run is None else scored(gold, run, Filters(), limit=1)
        if run is None or not figures or not first or not first[0]["reasons"]:
            raise RuntimeError(f"{trip.vertical}: the page has nothing to show of {trip.model}")
        return f"{run.scored:,} scored, {len(figures)} figures, {len(first[0]['reasons'])} reasons"


def _digests(folder: Path) -> Digests:
    """Return the digest of every file that belongs to a folder, caches apart."""
    listed: list[Path] = []
    if (folder / ".git").exists():
        words = ["git", "ls-files", "-co", "--exclude-standard"]
        told = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
        listed = [folder / name for name in told.stdout.splitlines()]
    elif folder.exists():
        listed = sorted(folder.rglob("*"))
    return {str(p): sha256(p.read_bytes()).hexdigest() for p in listed if p.is_file()}


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(n for n in sorted({*before, *after}) if before.get(n) != after.get(n))


def _processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)

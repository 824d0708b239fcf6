"""What calls cost one core: events through the store, and a look at live figures of a full day.

Times are the process's own processor time, so that a busy machine changes them little; on
PostgreSQL the server's comes on top.

``python -m benchmarks.calls [--calls 100000] [--postgres]``
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from statistics import median

from sqlalchemy import text

from benchmarks.postgres import find_programs, running
from benchmarks.table import Line, report
from foundation.clock import utc_now
from foundation.settings import Settings
from lakehouse.lake import Lake
from operations.calls.figures import day_of
from operations.calls.live_figures import live_figures
from operations.calls.taking import take_events
from simulation.call_stream import calls, in_order
from tenancy.actor import system_actor
from tenancy.bootstrap import open_store
from tenancy.calls import CALL
from tenancy.keys import Keyring
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant

ACTOR = system_actor("benchmark")
TENANT = Tenant("acme", "Acme", "telecom", time_zone="UTC")
BATCHES = (1, 20, 500)
SHOWN = 50


def measured(settings: Settings, what: str, wanted: int) -> Iterator[Line]:
    """Yield the figures of one database."""
    open_store(settings).close()
    with Lake.open(settings) as lake:
        if not lake.keys.has_master:
            Keyring(settings, lake.store).create_master()
        create_tenant(lake.store, ACTOR, TENANT)
        contract = lake.contract_of(TENANT)
        now = utc_now()
        begin = day_of(TENANT, now)[0]
        stream = in_order(calls(5, begin, max((now - begin).total_seconds() / 60 - 20, 10), 500))
        for batch in BATCHES:
            told = [list(islice(stream, batch)) for _ in range(max(4, min(200, 4_000 // batch)))]
            taken, began, spent = 0, time.process_time(), []
            for some in told:
                at = time.process_time()
                taken += len(take_events(lake, TENANT, ACTOR, contract, some))
                spent.append(time.process_time() - at)
            rate = taken / (time.process_time() - began)
            name = f"events a second one core holds, {batch} a request"
            least = 45.0 if batch > 1 else None
            yield Line(name, rate, "/s", least=least, configuration=what, digits=0)
            yield Line(f"one request of {batch}", 1e3 * median(spent), "ms", configuration=what)
        _multiply(lake, wanted)
        yield from _looked(lake, what, now)


def _multiply(lake: Lake, wanted: int) -> None:
    """Write the calls that there are again under other keys, until there are as many as wanted."""
    names = [column.name for column in CALL.columns if column.name != "call_key"]
    written = ", ".join(f'"{name}"' for name in names)
    with lake.store.session() as session:
        there = session.execute(text("select count(*) from calls where not open")).scalar_one()
        for copy in range(max(0, wanted // there - 1)):
            session.execute(
                text(
                    f"insert into calls (call_key, {written})"
                    f" select call_key || '~{copy}', {written} from calls"
                    " where not open and call_key not like '%~%'"
                )
            )


def _looked(lake: Lake, what: str, now: datetime) -> Iterator[Line]:
    spent = []
    for _ in range(SHOWN):
        at = time.process_time()
        live_figures(lake.store, TENANT, now, 24)
        spent.append(1e3 * (time.process_time() - at))
    name = f"a look at live figures, {calls_there(lake):,} calls today"
    yield Line(name, median(spent), "ms", most=100, configuration=what)
    yield Line("the same, p99", sorted(spent)[int(0.99 * SHOWN)], "ms", configuration=what)


def calls_there(lake: Lake) -> int:
    """Count the calls of the store."""
    with lake.store.reading() as session:
        return int(session.execute(text("select count(*) from calls")).scalar_one())


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and say by the exit code whether the targets are met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--postgres", action="store_true")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.at(Path(folder) / "data")
        settings.data_dir.mkdir()
        lines = list(measured(settings, "SQLite", chosen.calls))
        programs = find_programs() if chosen.postgres else None
        if programs is not None:
            with running(programs) as server:
                other = replace(settings, store_url=server.new_database())
                lines += list(measured(other, "PostgreSQL", chosen.calls))
    return report("calls", "Calls as they happen", lines)


if __name__ == "__main__":
    sys.exit(main())

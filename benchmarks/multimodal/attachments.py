"""Attachments kept through kills: every hash there, none twice.

A child keeps files by the real path – door, sealed in the store, object store – and is killed by
SIGKILL at random moments; the next one goes on. A file in ten comes again and again.
"""

import hashlib
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.multimodal.attachments_child import TENANT, content
from benchmarks.table import Line
from foundation.settings import Settings
from ingestion.media.integrity import Verified, verify
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.bootstrap import open_store
from tenancy.incident_files import FILES
from tenancy.incident_tables import AttachmentRow
from tenancy.keys import Keyring
from tenancy.tenants import create_tenant

ATTACHMENTS = (100_000, 1_500)
KILLS = (60, 4)
SEED = 20_260_000
STAFF = Actor("staff:benchmark", "staff", None, frozenset({"manager"}))


def lines(quick: bool) -> list[Line]:
    """Return the figures of attachments kept through kills."""
    count, kills = ATTACHMENTS[quick], KILLS[quick]
    with tempfile.TemporaryDirectory(prefix="abcall-") as folder:
        data = Path(folder) / "data"
        _installed(data)
        started = time.perf_counter()
        killed = _kept(data, count, kills)
        taken = time.perf_counter() - started
        with Lake.open(Settings.at(data)) as lake:
            rows = _rows(lake)
            objects = len([n for n in lake.objects.names(TENANT, FILES) if not n.startswith(".")])
            found = verify(lake, TENANT, most_objects=10 * count)
            wanted = {hashlib.sha256(content(n)[2]).hexdigest() for n in range(count)}
            there = sum(lake.objects.exists(TENANT, FILES, one) for one in wanted)
    how = f"{killed} kills by SIGKILL, {len(wanted)} different contents, {taken:.0f} s"
    return [
        Line("attachments on record after kills", rows, "", count, "", how, count),
        Line("hashes that are there", 100 * there / len(wanted), "%", None, "", "", 100, 3),
        Line("objects beyond one a hash", objects - len(wanted), "", 0),
        Line("missing, corrupt or orphan", _bad(found), "", 0, "", f"{found.objects} read again"),
    ]


def _bad(found: Verified) -> int:
    return len(found.missing) + len(found.corrupt) + len(found.orphans)


def _installed(data: Path) -> None:
    settings = Settings.at(data)
    data.mkdir(parents=True)
    open_store(settings).close()
    with Lake.open(settings) as lake:
        Keyring(settings, lake.store).create_master()
        create_tenant(lake.store, STAFF, TENANT)


def _kept(data: Path, count: int, kills: int) -> int:
    """Let children keep the files; return how many were killed."""
    chance, killed = random.Random(SEED), 0
    command = [sys.executable, "-m", "benchmarks.multimodal.attachments_child"]
    command += [str(data), str(count)]
    while True:
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            if child.stdout.readline() != "begun\n":
                raise RuntimeError("the child did not begin")
            if killed < kills:
                try:
                    child.wait(chance.uniform(0.05, 1.5))
                except subprocess.TimeoutExpired:
                    child.kill()
                    killed += 1
            if child.wait() == 0:
                return killed
            if child.returncode > 0:
                raise RuntimeError("the child failed")


def _rows(lake: Lake) -> int:
    query = select(func.count()).where(
        AttachmentRow.tenant_id == TENANT.id, AttachmentRow.stored_at.is_not(None)
    )
    with lake.store.reading() as session:
        return session.scalar(query) or 0

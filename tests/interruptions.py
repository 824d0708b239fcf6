"""A tenant whose uploads can be cut short at any write, and an oracle of what must come of them.

The oracle plays back the uploads that ended, in the order in which they did.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from data_contracts.contract import UploadKind
from foundation.errors import InvalidRequest
from ingestion.landing import sha256_of
from ingestion.ledger.correction import Correction
from ingestion.ledger.redrive import redrive
from ingestion.ledger.selection import Selection
from ingestion.mapping import Mapping
from ingestion.mending import mend_table
from ingestion.receive import receive
from ingestion.restoring import restore_table
from ingestion.tokens import token
from lakehouse.lake import Lake
from tenancy.actor import Actor
from tenancy.tenant import Tenant
from tenancy.tenants import create_tenant
from tenancy.upload import APPLIED, UNDER_WAY, Upload, UploadState
from tenancy.uploads import list_uploads
from tests.ingestion_lake import ACTOR

HEADERS = {
    "customers": {
        "op": "operation",
        "id": "customer_id",
        "name": "full_name",
        "n": "tenure_months",
    },
    "incidents": {"op": "operation", "id": "incident_id", "n": "satisfaction"}
    | {"opened": "opened_at", "kind": "kind"},
}
FIXED = {"customers": "", "incidents": ",2024-01-01 10:00,complaint"}
BAD = "many"
FILES = {
    # A and B have all: new, changed and equal rows, one that goes, one that is rejected.
    "A": "I K1 1|I K2 1|I K3 1",
    "B": f"U K1 2|D K2 |D K9 |I K3 1|I K4 1|I K5 {BAD}",
    # One row apart from A.
    "C": "I K1 1|I K2 1|I K3 3",
    "D": f"I K1 {BAD}|I K6 4",
}
Way = tuple[str, UploadKind]
WAYS: list[Way] = [
    ("customers", "snapshot"),
    ("customers", "increment"),
    ("customers", "changes"),
    ("incidents", "increment"),
    ("incidents", "changes"),
]
COUNTS = ("inserted", "updated", "unchanged", "deleted", "quarantined")


class Stopped(Exception):
    """What ends a run in these tests, as a killed process ends."""


class Stop:
    """A write boundary that ends the run at the n-th write from now on; 0: none."""

    def __init__(self) -> None:
        self.left = 0

    def __call__(self, place: str) -> None:
        """Raise where the run is to end."""
        self.left -= 1
        if self.left == 0:
            raise Stopped(place)


@dataclass
class Oracle:
    """What a table and the vault must hold once some uploads came, and each one's account."""

    table: str
    kind: UploadKind
    now: dict[str, int] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)

    def take(self, rows: Sequence[tuple[str, str, str]]) -> dict[str, int]:
        """Play one upload back and return its account."""
        told = dict.fromkeys(COUNTS, 0)
        for operation, key, value in rows:
            told[self._row(operation, key, value)] += 1
        if self.kind == "snapshot" and self.table == "customers":
            here = {key for _, key, _ in rows}
            self.now = {key: value for key, value in self.now.items() if key in here}
        return {"rows": len(rows), "superseded": 0} | told

    def _row(self, operation: str, key: str, value: str) -> str:
        if operation == "D":
            return "quarantined" if self.now.pop(key, None) is None else "deleted"
        if value == BAD:
            return "quarantined"
        before = self.now.get(key)
        if before == int(value):
            return "unchanged"
        seen = before is not None or (self.table == "customers" and key in self.known)
        self.now[key] = int(value)
        self.known.add(key)
        self.names[key] = f"Ana {value}"
        return "updated" if seen else "inserted"


class House:
    """A new tenant of a lake whose runs can be ended; it sends files of one kind into one table."""

    tenants = count()

    def __init__(self, lake: Lake, stop: Stop, folder: Path, table: str, kind: UploadKind) -> None:
        self.lake, self.stop, self.folder, self.table, self.kind = lake, stop, folder, table, kind
        name = f"t{next(self.tenants)}"
        made = Tenant(name, name, "telecom", time_zone="UTC", currency="USD")
        self.tenant = create_tenant(lake.store, ACTOR, made)
        self.rows = {name: self._rows(words) for name, words in FILES.items()}
        self.paths = {name: self._written(name, rows) for name, rows in self.rows.items()}

    def _rows(self, words: str) -> list[tuple[str, str, str]]:
        split = (tuple(row.split(" ")) for row in words.split("|"))
        return [(op, key, n) for op, key, n in split if self.kind == "changes" or op != "D"]

    def _written(self, name: str, rows: Sequence[tuple[str, str, str]]) -> Path:
        path = self.folder / f"{self.table}-{self.kind}-{name}.csv"
        headers = [h for h in HEADERS[self.table] if self._has(h)]
        lines = [",".join(headers)]
        for op, key, n in rows:
            first = [op] if self.kind == "changes" else []
            name_of = [f"Ana {n}"] if self.table == "customers" else []
            lines.append(",".join([*first, key, *name_of, n]) + FIXED[self.table])
        path.write_text("\n".join(lines) + "\n")
        return path

    def send(self, name: str, stop_at: int = 0) -> UploadState | None:
        """Send a file and return how it ended; None where its run was ended at a write."""
        given = {h: c for h, c in HEADERS[self.table].items() if self._has(h)}
        mapping = Mapping(given, "natural", None, self.kind)
        path, self.stop.left = self.paths[name], stop_at
        with suppress(Stopped):
            receipt = receive(
                self.lake,
                self.tenant,
                ACTOR,
                path,
                self.table,
                mapping=mapping,
                confirm_ended=True,
            )
            self.stop.left = 0
            return receipt.upload.state
        return None

    def redrive(self, value: str, stop_at: int = 0) -> None:
        """Send all that is open in quarantine again, with another value."""
        self.stop.left = stop_at
        with suppress(Stopped, InvalidRequest):
            correction = Correction(every={"n": value})
            redrive(self.lake, self.tenant, ACTOR, Selection(self.table), correction)
        self.stop.left = 0

    def restore(self, back: int) -> None:
        """Take silver back by some versions."""
        ref = self.lake.ref(self.tenant, "silver", self.table)
        if self.lake.exists(ref):
            to = max(self.lake.version(ref) - back, 0)
            restore_table(self.lake, self.tenant, MANAGER, ref, to=to)

    def require_repeatable(self) -> None:
        """Make silver again from bronze: rows and accounts must be those that were told."""
        ref = self.lake.ref(self.tenant, "silver", self.table)
        before = self.lake.arrow(ref).to_pylist()
        assert mend_table(self.lake, self.tenant, MANAGER, ref).changed == ()
        after = self.lake.arrow(ref).to_pylist()
        assert sorted(map(str, after)) == sorted(map(str, before))
        rejected = self.lake.ref(self.tenant, "quarantine", self.table)
        there = self.lake.arrow(rejected)["upload_id"].to_pylist() if before else []
        for upload in list_uploads(self.lake.store, self.tenant, APPLIED):
            assert there.count(upload.id) == upload.counts["quarantined"]

    def _has(self, header: str) -> bool:
        return self.kind == "changes" or header != "op"

    @property
    def open(self) -> list[Upload]:
        """The uploads that did not end."""
        return list_uploads(self.lake.store, self.tenant, UNDER_WAY)

    def silver(self) -> dict[str, int]:
        """Return key → value of what holds now."""
        rows = self.lake.arrow(self.lake.ref(self.tenant, "silver", self.table)).to_pylist()
        if self.table == "incidents":
            return {row["incident_id"]: int(row["satisfaction"]) for row in rows}
        known = self._tokens()
        open_now = [row for row in rows if row["valid_to"] is None]
        assert len({row["row_key"] for row in open_now}) == len(open_now)
        return {known[row["person_token"]]: int(row["tenure_months"]) for row in open_now}

    def names(self) -> dict[str, str]:
        """Return key → name, as the vault has it."""
        known = self._tokens()
        officer = Actor("u:officer", "user", self.tenant.id, frozenset({"privacy_officer"}))
        people = self.lake.vault.read(self.tenant, officer, list(known))
        return {known[one]: str(values["full_name"]) for one, values in people.items()}

    def _tokens(self) -> dict[str, str]:
        key = self.lake.keys.of(self.tenant).token_key
        return {token(f"K{n}", key): f"K{n}" for n in range(10)}

    def require_true(self) -> list[str]:
        """Hold the accounts, silver and the vault to the oracle; returns which files ended."""
        files = {sha256_of(path): name for name, path in self.paths.items()}
        uploads = list_uploads(self.lake.store, self.tenant, APPLIED, table=self.table)
        ended = sorted(uploads, key=lambda u: u.applied_at or u.received_at)
        oracle = Oracle(self.table, self.kind)
        for upload in ended:
            assert dict(upload.counts) == oracle.take(self.rows[files[upload.sha256]])
        assert self.silver() == oracle.now
        if self.table == "customers":
            names = self.names()
            assert {key: names[key] for key in oracle.now} == {
                key: oracle.names[key] for key in oracle.now
            }
        rejected = self.lake.ref(self.tenant, "quarantine", self.table)
        here = self.lake.arrow(rejected).num_rows if self.lake.exists(rejected) else 0
        assert here == sum(upload.counts["quarantined"] for upload in ended)
        return [files[upload.sha256] for upload in ended]


MANAGER = Actor("staff:tests", "staff", None, frozenset({"manager"}))

"""What an upload does to silver, by its kind and in time: the text is the specification.

``>`` is an upload – kind, then the outcomes of its rows, or ``nothing`` where no table may get a
new version – with its rows below; ``=`` is a row of silver once all of them came. Customers have a
history: id, months, since when, until when (``∅``: holds still; ``t2``: when the second upload
came). Incidents have none: id and satisfaction. ``·`` is a blank cell.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import pytest

from data_contracts.contract import UploadKind
from ingestion.mapping import Mapping
from ingestion.receipt import Receipt
from ingestion.tokens import token
from tests.ingestion_lake import TENANT, Door

CUSTOMERS = """
# a snapshot equal to the last applied one changes nothing
> snapshot inserted 2
A 1
B 1
> snapshot nothing
A 1
B 1
= A 1 t1 ∅
= B 1 t1 ∅

# the same rows in another order change nothing
> snapshot inserted 2
A 1
B 1
> snapshot unchanged 2
B 1
A 1
= A 1 t1 ∅
= B 1 t1 ∅

# A, then B, then A again is A, and the history tells all three
> snapshot inserted 2
A 1
B 1
> snapshot updated 1 inserted 1
A 2
C 1
> snapshot updated 2
A 1
B 1
= A 1 t1 t2
= A 2 t2 t3
= A 1 t3 ∅
= B 1 t1 t2
= B 1 t3 ∅
= C 1 t2 t3

# increments: A, then B, then A again is A
> increment inserted 1
A 1
> increment updated 1
A 2
> increment updated 1
A 1
= A 1 t1 t2
= A 2 t2 t3
= A 1 t3 ∅

# an increment before the first snapshot is history when the snapshot comes
> increment inserted 2
A 1
B 1
> snapshot unchanged 1 inserted 1
A 1
C 1
= A 1 t1 ∅
= B 1 t1 t2
= C 1 t2 ∅

# an increment ends nobody
> snapshot inserted 2
A 1
B 1
> increment updated 1
A 2
= A 1 t1 t2
= A 2 t2 ∅
= B 1 t1 ∅

# a late record lands in its place
> increment inserted 1
A 1 2024-01-01
> increment updated 1
A 3 2024-03-01
> increment updated 1
A 2 2024-02-01
= A 1 2024-01-01 2024-02-01
= A 2 2024-02-01 2024-03-01
= A 3 2024-03-01 ∅

# a record earlier than all others begins the history
> increment inserted 1
A 2 2024-02-01
> increment updated 1
A 1 2024-01-01
= A 1 2024-01-01 2024-02-01
= A 2 2024-02-01 ∅

# a corrected record of the same moment takes the place of the wrong one
> increment inserted 1
A 9 2024-01-01
> increment updated 1
A 1 2024-01-01
= A 1 2024-01-01 ∅

# a late record that says what already held changes nothing
> increment inserted 1
A 1 2024-01-01
> increment unchanged 1
A 1 2024-02-01
= A 1 2024-01-01 ∅

# several versions of one customer in one file are its history, in any order
> increment inserted 1 updated 1
A 2 2024-02-01
A 1 2024-01-01
= A 1 2024-01-01 2024-02-01
= A 2 2024-02-01 ∅

# a deletion, then a return
> changes inserted 1
A 1 2024-01-01 alta
> changes deleted 1
A 1 2024-02-01 baja
> changes updated 1
A 1 2024-03-01 alta
= A 1 2024-01-01 2024-02-01
= A 1 2024-03-01 ∅

# a late deletion ends what held then, and what came later holds
> changes inserted 1
A 1 2024-01-01 I
> changes updated 1
A 3 2024-03-01 U
> changes deleted 1
A 1 2024-02-01 D
= A 1 2024-01-01 2024-02-01
= A 3 2024-03-01 ∅

# operations in one file follow their times
> changes inserted 1 deleted 1 updated 1
A 1 2024-01-01 insert
A 1 2024-02-01 delete
A 2 2024-03-01 insert
= A 1 2024-01-01 2024-02-01
= A 2 2024-03-01 ∅

# an operation that no one knows goes to quarantine, and so does deleting whom nobody has
> changes inserted 1 quarantined 3
A 1 2024-01-01 alta
B 1 2024-01-01 quizás
C 1 2024-01-01 baja
D 1 2024-01-01 ·
= A 1 2024-01-01 ∅

# a dated snapshot that is sent again after a newer one tells the past, not the present
> snapshot inserted 1
A 1 2024-01-01
> snapshot updated 1
A 2 2024-02-01
> snapshot unchanged 1
A 1 2024-01-01
= A 1 2024-01-01 2024-02-01
= A 2 2024-02-01 ∅
"""

INCIDENTS = """
# A, then B, then A again is A
> increment inserted 2
A 1
B 1
> increment updated 1
A 2
> increment updated 1 unchanged 1
A 1
B 1
= A 1
= B 1

# the last row of a key in a file counts
> increment inserted 1 superseded 1
A 1
A 2
= A 2

# a deletion, then a return
> changes inserted 2
A 1 alta
B 1 alta
> changes deleted 1
A 1 baja
> changes inserted 1
A 2 alta
= A 2
= B 1

# an operation that no one knows goes to quarantine
> changes inserted 1 quarantined 1
A 1 insert
B 1 tal_vez
= A 1
"""

BLANK = "·"

pytestmark = pytest.mark.slow


@dataclass
class Case:
    title: str
    uploads: list[tuple[UploadKind, str, list[list[str]]]] = field(default_factory=list)
    silver: list[tuple[str, ...]] = field(default_factory=list)


def cases(text: str) -> list[Case]:
    found: list[Case] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        mark, rest = line[0], line[1:].strip()
        if mark == "#":
            found.append(Case(rest))
        elif mark == ">":
            kind, _, outcomes = rest.partition(" ")
            found[-1].uploads.append((cast(UploadKind, kind), outcomes, []))
        elif mark == "=":
            found[-1].silver.append(tuple(rest.split()))
        else:
            cells = ["" if cell == BLANK else cell for cell in line.split()]
            found[-1].uploads[-1][2].append(cells)
    return found


@pytest.mark.parametrize("case", cases(CUSTOMERS), ids=lambda case: case.title)
def test_customers(case: Case, door: Door):
    columns = {
        "id": "customer_id",
        "meses": "tenure_months",
        "desde": "effective_at",
        "operacion": "operation",
    }
    receipts = run(door, "customers", case, columns)
    times = {r.upload.received_at: f"t{number}" for number, r in enumerate(receipts, 1)}
    key = door.lake.keys.of(TENANT).token_key
    ids = {token(name, key): name for name in "ABCD"}
    rows = door.silver("customers", "person_token", "tenure_months", "valid_from", "valid_to")
    said = [(ids[t], str(m), _at(since, times), _at(until, times)) for t, m, since, until in rows]
    assert sorted(said) == sorted(case.silver)


@pytest.mark.parametrize("case", cases(INCIDENTS), ids=lambda case: case.title)
def test_incidents(case: Case, door: Door):
    columns = {"id": "incident_id", "nota": "satisfaction", "operacion": "operation"}
    fixed = {"abierto": ("opened_at", "2024-01-01 10:00"), "tipo": ("kind", "complaint")}
    run(door, "incidents", case, columns, fixed)
    rows = door.silver("incidents", "incident_id", "satisfaction")
    assert sorted((name, str(value)) for name, value in rows) == sorted(case.silver)


def run(
    door: Door,
    table: str,
    case: Case,
    columns: dict[str, str],
    fixed: dict[str, tuple[str, str]] | None = None,
) -> list[Receipt]:
    """Send every upload under a name of its own and hold its outcomes to what the case says."""
    receipts = []
    for kind, outcomes, rows in case.uploads:
        given = [h for h in columns if kind == "changes" or h != "operacion"]
        headers = [*given[: len(rows[0]) - (kind == "changes")], *given[-1:]][: len(rows[0])]
        more = fixed or {}
        lines = [
            [*headers, *more],
            *([*row, *(value for _, value in more.values())] for row in rows),
        ]
        names = {h: columns[h] for h in headers} | {h: target for h, (target, _) in more.items()}
        path = door.write([",".join(line) for line in lines])
        before = door.lake.version(door.lake.ref(TENANT, "silver", table))
        receipt = door.send(path, table, Mapping(names, "natural", None, kind), confirm_ended=True)
        after = door.lake.version(door.lake.ref(TENANT, "silver", table))
        if outcomes == "nothing":
            assert (receipt.upload.state, after) == ("unchanged", before)
        else:
            words = outcomes.split()
            told = {name: int(count) for name, count in zip(words[::2], words[1::2], strict=True)}
            counts = {n: c for n, c in receipt.counts.items() if c and n != "rows"}
            assert counts == told, f"upload {len(receipts) + 1}"
        receipts.append(receipt)
    return receipts


def _at(moment: datetime | None, times: dict[datetime, str]) -> str:
    if moment is None:
        return "∅"
    return times.get(moment) or f"{moment:%Y-%m-%d}"

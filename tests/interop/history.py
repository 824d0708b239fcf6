"""Tables with a past, made by the platform's own door: merged, widened, compacted; as they were."""

from dataclasses import dataclass, field

import pyarrow as pa

from data_contracts.extension import OwnColumn
from ingestion.evolution.own_columns import accept
from ingestion.gold.refine import refine
from ingestion.mapping import Mapping
from ingestion.upkeep import compact
from lakehouse.maintenance import FEWEST_SMALL
from lakehouse.refs import TableRef
from tenancy.actor import Actor
from tests.ingestion_lake import CUSTOMERS, TENANT, Door

STAFF = Actor("staff:tests", "staff", None, frozenset({"manager"}))
HEADER = "id,name,since,months,charge,total,left,plan score"
OWN = OwnColumn(
    "customers",
    "plan_score",
    "money",
    "measure",
    "internal",
    {"es": "puntaje", "en": "plan score"},
    ("plan score",),
)


@dataclass(frozen=True)
class Moment:
    """A table as it was at one of its versions."""

    what: str
    ref: TableRef
    version: int
    rows: pa.Table

    def __str__(self) -> str:
        return f"{self.what}: {self.ref.layer}.{self.ref.name} at {self.version}"


@dataclass
class History:
    """What was done to the tables, moment by moment."""

    door: Door
    moments: list[Moment] = field(default_factory=list)

    def keep(self, what: str) -> None:
        """Keep every table whose newest version is a new one."""
        known = {(m.ref, m.version) for m in self.moments}
        for ref in self.door.lake.refs(TENANT):
            version = self.door.lake.history(ref, 1)[0].version
            if (ref, version) not in known:
                self.moments.append(Moment(what, ref, version, self.door.lake.arrow(ref)))


def written(door: Door) -> History:
    """Return an installation's tables, each moment of them as the platform itself read it."""
    made = History(door)
    _send(door, "A,Ana Ríos,2024-01-01,1,10.5,10.5,no,1.5", "B,Luz Peña,2024-01-02,2,-,40,no,")
    door.incidents(
        "I-1,A,2024-02-03T04:05:06Z,complaint,«no» sirve — ¡ayuda!,2", "I-2,B,mañana,x,,9"
    )
    refine(door.lake, TENANT)
    made.keep("appended")
    _send(door, "A,Ana Ríos,2024-03-01,3,12.25,33,yes,2", "B,Luz Peña,2024-01-02,2,20,40,no,3.1415")
    made.keep("merged")
    accept(door.lake, STAFF, TENANT, OWN)
    made.keep("widened")
    refine(door.lake, TENANT)
    made.keep("with the column")
    for number in range(FEWEST_SMALL):
        door.incidents(f"I-{number + 3},A,2024-02-04,petition,texto {number},4")
    made.keep("in small files")
    for ref in door.lake.refs(TENANT):
        compact(door.lake, TENANT, STAFF, ref)
    made.keep("compacted")
    return made


def _send(door: Door, *rows: str) -> None:
    columns = {name: CUSTOMERS[name] for name in HEADER.split(",") if name in CUSTOMERS}
    mapping = Mapping(columns, "natural", None, "increment")
    door.send(door.write([HEADER, *rows]), "customers", mapping)

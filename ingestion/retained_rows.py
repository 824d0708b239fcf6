"""Rows of tables that are past their period: which, which of them a hold keeps, and their going."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract, Table
from data_contracts.retention import cut_of
from foundation.errors import Held
from ingestion.gold.grains import READ, grains
from ingestion.retained_holds import TABLE as INCIDENTS
from ingestion.schema import silver_keys
from lakehouse.commits import Commit
from tenancy.erasures import Erasure, note_place
from tenancy.holds import destroying, list_holds

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import Layer, TableRef
    from tenancy.tenant import Tenant

ROW = ("upload_id", "row_number")
SAID = (
    ("score", "score_id", "scored_at"),
    ("timing", "timing_id", "scored_at"),
    ("offer_decision", "decision_id", "decided_at"),
    ("answer", "answer_id", "answered_at"),
    ("suggestion", "suggestion_id", "suggested_at"),
)
"""Tables of what models said of persons: name, key, time."""


@dataclass(frozen=True)
class Rule:
    """A table's rows that are due: which, and by what they are named."""

    ref: "TableRef"
    table: str | None
    cut_at: datetime | None
    keys: tuple[str, ...]
    where: pc.Expression

    @property
    def place(self) -> str:
        """As a receipt names it: ``silver.calls``, ``vault.person``."""
        return f"{self.ref.layer}.{self.ref.name}"


def rules_of(lake: "Lake", tenant: "Tenant", contract: Contract, now: datetime) -> Iterator[Rule]:
    """Return the tables with a period, the vault last: it follows from the others."""
    for table in contract.tables:
        yield from table_rules(lake, tenant, contract, table, now)
    cut = cut_of(contract.retention, "scores", now)
    for name, key, time in SAID:
        ref = lake.ref(tenant, "gold", name)
        if cut is not None and lake.exists(ref):
            yield Rule(ref, None, cut, (key,), before(time, cut))
    ref = lake.ref(tenant, "vault", "person")
    if lake.exists(ref):
        layers: tuple[Layer, ...] = ("silver", "bronze")
        refs = [lake.ref(tenant, layer, t.name) for t in contract.tables for layer in layers]
        yield Rule(ref, None, None, ("person_token",), _unspoken_of(_persons(lake, *refs)))


def table_rules(
    lake: "Lake", tenant: "Tenant", contract: Contract, table: Table, now: datetime
) -> Iterator[Rule]:
    """Return those of one of the contract's tables: in silver, gold, bronze and quarantine."""
    silver = lake.ref(tenant, "silver", table.name)
    cut = cut_of(contract.retention, table.name, now)
    times = ["valid_to"] if table.history else [c.name for c in table.by_role("event_time")]
    if cut is not None and times and lake.exists(silver):
        keys = tuple(silver_keys(table))
        yield Rule(silver, table.name, cut, keys, before(times[0], cut))
        # Not left to a refinement: gold stays as it is where silver's audit fails.
        for grain in grains():
            ref = lake.ref(tenant, "gold", grain.name)
            if grain.source == table.name and times[0] in lake.schema(ref).names:
                yield Rule(ref, table.name, cut, grain.order, before(times[0], cut))
        for name in READ if table.name == INCIDENTS else ():
            ref = lake.ref(tenant, "gold", name)
            if lake.exists(ref):
                yield Rule(ref, table.name, cut, ("incident_id",), before("opened_at", cut))
    for ref in (lake.ref(tenant, "bronze", table.name), lake.ref(tenant, "quarantine", table.name)):
        cut = cut_of(contract.retention, ref.layer, now)
        if cut is not None and lake.exists(ref):
            due = before("recorded_at", cut)
            if ref.layer == "bronze" and table.history:
                due &= _unspoken_of(_persons(lake, silver))
            yield Rule(ref, table.name, cut, ROW, due)


def going_of(lake: "Lake", tenant: "Tenant", rule: Rule) -> tuple[pa.Table, int]:
    """Return the keys of a rule's rows that go, and how many a hold keeps.

    A hold on the place keeps all of them.
    """
    going, kept = _named(lake, tenant, rule)
    if any(hold.covers(rule.table, _whom(lake, rule)) for hold in list_holds(lake.store, tenant)):
        return going.slice(0, 0), going.num_rows + kept
    return going, kept


def let_rows_go(
    lake: "Lake", tenant: "Tenant", erasure: Erasure, rule: Rule
) -> "Sequence[TableRef]":
    """Delete a rule's rows, unless a hold covers the place."""
    try:
        with destroying(lake.store, tenant, table=rule.table, person_marks=_whom(lake, rule)):
            going, _ = _named(lake, tenant, rule)
            if not going.num_rows:
                return ()
            done = lake.writer.delete(rule.ref, going, Commit(f"erasure:{erasure.id}"))
            gone = {"rows": done.deleted, "version": done.version}
            cut = {} if rule.cut_at is None else {"before": rule.cut_at.isoformat()}
            note_place(lake.store, erasure, rule.place, **gone, **cut)
    except Held:
        return ()
    return (rule.ref,)


def before(column: str, cut: datetime) -> pc.Expression:
    """Say of rows whether a time of theirs lies before a cut."""
    return pc.field(column) < pa.scalar(cut, pa.timestamp("us", tz="UTC"))


def _persons(lake: "Lake", *refs: "TableRef") -> set[str]:
    """Return the persons of whom a row of some tables speaks."""
    found: set[str] = set()
    for ref in refs:
        if lake.exists(ref) and "person_token" in lake.schema(ref).names:
            tokens = lake.arrow(ref, ["person_token"])["person_token"]
            found.update(tokens.drop_null().unique().to_pylist())
    return found


def _unspoken_of(persons: set[str]) -> pc.Expression:
    token = pc.field("person_token")
    return token.is_null() | ~token.isin(pa.array(sorted(persons), pa.string()))


def _named(lake: "Lake", tenant: "Tenant", rule: Rule) -> tuple[pa.Table, int]:
    """Return the keys of rows that go, and how many are kept for a person under a hold."""
    by_person = "person_token" in lake.schema(rule.ref).names
    columns = list(dict.fromkeys([*rule.keys, *(["person_token"] if by_person else [])]))
    rows = lake.arrow(rule.ref, columns, rule.where)
    held = {h.person_mark for h in list_holds(lake.store, tenant) if h.person_mark is not None}
    if not (by_person and held):
        return rows.select(list(rule.keys)), 0
    keys = lake.keys.of(tenant)
    persons = rows["person_token"].drop_null().unique().to_pylist()
    kept = [person for person in persons if keys.mark("person", person) in held]
    free = pc.invert(pc.is_in(rows["person_token"], pa.array(kept, pa.string())))
    going = rows.filter(free).select(list(rule.keys))
    return going, rows.num_rows - going.num_rows


def _whom(lake: "Lake", rule: Rule) -> frozenset[str] | None:
    """Return whom a rule touches in the words of holds: nobody held where rows name persons."""
    return frozenset() if "person_token" in lake.schema(rule.ref).names else None

"""Incidents in their own words, as they were registered: to learn from, and to be answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data_contracts.contract import Contract
from features.build import PERSON
from features.consent import Purpose, left_out, mark_of, without
from features.shapes import Record
from features.text_signals import signals_of
from foundation.clock import utc_now
from foundation.errors import NotEnoughData, NotFound
from foundation.spelling import well_formed

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from lakehouse.refs import TableRef
    from tenancy.tenant import Tenant

TABLE = "incident"
SAID = "incident_text"
"""Subject and text, masked: the feature that a model of texts takes."""
TEXT_MODELS = {"intent": "intent", "urgency": "priority"}
"""Model → column of the incidents that it learns to tell from what they say."""
RECENT = timedelta(days=15)
"""A tenant that never tells when it closed an incident is answered the newest ones."""
MOST_ASKED = 2000
"""Incidents that are answered at once, the newest."""
COLUMNS = ("incident_id", PERSON, "opened_at", "subject", "text")


@dataclass(frozen=True)
class TextSet:
    """Incidents with their words; every field is in the same row order, the newest first.

    Attributes
    ----------
    texts
        Empty where nothing was said.
    signals
        What texts say beside their words (``text_signals``).
    persons
        Tokens; the incident's own id where nobody is known.
    tokens
        Tokens; None where nobody is known.
    opened_at
        UTC, ``datetime64[us]``.
    labels
        The column that was asked for; empty where none was.
    version
        Of gold ``incident``.
    left_out
        Persons who are in no field: they refuse to be learned from, or to be answered by a model.
    left_out_mark
        Tells such groups of persons apart.
    """

    texts: list[str]
    signals: list[Record]
    incident_ids: NDArray[np.str_]
    persons: NDArray[np.str_]
    tokens: list[str | None]
    opened_at: NDArray[np.datetime64]
    labels: NDArray[np.str_]
    version: int
    left_out: int
    left_out_mark: str

    @property
    def records(self) -> list[Record]:
        """The features that a model of texts takes."""
        pairs = zip(self.texts, self.signals, strict=True)
        return [{SAID: text, **signals} for text, signals in pairs]


def labelled_texts(
    lake: "Lake", tenant: "Tenant", contract: Contract, column: str, most: int
) -> TextSet:
    """Return the newest incidents that say something and have a value in a column.

    Who refuses that models learn from them is not among them.

    Raises
    ------
    NotEnoughData
        The tenant has no incidents.
    """
    known = column in lake.schema(_ref(lake, tenant)).names
    where = pc.field(column).is_valid() if known else pc.scalar(False)
    rows = _rows(lake, tenant, where, column if known else None)
    return _set(lake, tenant, contract, rows, purpose="training", column=column, most=most)


def open_texts(lake: "Lake", tenant: "Tenant", contract: Contract) -> TextSet:
    """Return the incidents that wait for an answer; who objects to models is not among them.

    Raises
    ------
    NotEnoughData
        The tenant has no incidents.
    """
    times = lake.arrow(_ref(lake, tenant), ["opened_at", "closed_at"])
    solved = pc.field("solved")
    waiting = pc.field("closed_at").is_null() & (solved.is_null() | (solved == pc.scalar(False)))
    if times["closed_at"].null_count == times.num_rows and times.num_rows:
        waiting &= pc.field("opened_at") > pc.scalar(_newest(times["opened_at"]) - RECENT)
    rows = _rows(lake, tenant, waiting)[:MOST_ASKED]
    return _set(lake, tenant, contract, rows, purpose="profiling")


def one_text(lake: "Lake", tenant: "Tenant", contract: Contract, incident_id: str) -> TextSet:
    """Return one incident, open or not; nothing of a person who objects to models.

    Raises
    ------
    NotFound
        The tenant has no such incident.
    """
    rows = _rows(lake, tenant, pc.field("incident_id") == well_formed(incident_id))
    if rows.num_rows == 0:
        raise NotFound("features.no_incident", incident=incident_id)
    return _set(lake, tenant, contract, rows, purpose="profiling")


def taken(found: TextSet, places: NDArray[np.int64]) -> TextSet:
    """Return the incidents at these places."""
    return TextSet(
        texts=[found.texts[i] for i in places],
        signals=[found.signals[i] for i in places],
        incident_ids=found.incident_ids[places],
        persons=found.persons[places],
        tokens=[found.tokens[i] for i in places],
        opened_at=found.opened_at[places],
        labels=found.labels[places] if len(found.labels) else found.labels,
        version=found.version,
        left_out=found.left_out,
        left_out_mark=found.left_out_mark,
    )


def said_in(rows: pa.Table) -> pa.ChunkedArray:
    """Return subject and text of incidents as one text."""
    # Arrow's join loses rows of which every part is null.
    text = pc.fill_null(rows["text"], "")
    return pc.binary_join_element_wise(rows["subject"], text, "\n", null_handling="skip")


def _newest(opened_at: pa.ChunkedArray) -> datetime:
    """Return when the newest was opened; one wrong date in the future makes no other old."""
    now = utc_now()
    newest = pc.max(opened_at.filter(pc.less_equal(opened_at, pa.scalar(now, opened_at.type))))
    return newest.as_py() or now


def _ref(lake: "Lake", tenant: "Tenant") -> "TableRef":
    ref = lake.ref(tenant, "gold", TABLE)
    if not lake.exists(ref):
        raise NotEnoughData("features.no_incidents")
    return ref


def _rows(
    lake: "Lake", tenant: "Tenant", where: pc.Expression, column: str | None = None
) -> pa.Table:
    names = [*COLUMNS, *([column] if column is not None else [])]
    rows = lake.arrow(_ref(lake, tenant), names, where)
    return rows.sort_by([("opened_at", "descending"), ("incident_id", "ascending")])


def _set(
    lake: "Lake",
    tenant: "Tenant",
    contract: Contract,
    rows: pa.Table,
    *,
    purpose: Purpose,
    column: str | None = None,
    most: int | None = None,
) -> TextSet:
    """Return incidents without the persons who refuse; ``most`` of those that say something."""
    persons: list[str] = rows[PERSON].drop_null().unique().to_pylist()
    silent = left_out(lake, tenant, contract, persons, purpose)
    rows = without(rows, silent)
    if most is not None:
        rows = rows.filter(pc.not_equal(pc.utf8_trim_whitespace(said_in(rows)), ""))[:most]
    labels = rows[column].to_pylist() if column in rows.column_names else []
    ids, tokens = rows["incident_id"].to_pylist(), rows[PERSON].to_pylist()
    return TextSet(
        texts=said_in(rows).to_pylist(),
        signals=signals_of(lake, tenant, contract, ids),
        incident_ids=np.array(ids, dtype=np.str_),
        persons=np.array([t or i for t, i in zip(tokens, ids, strict=True)], dtype=np.str_),
        tokens=tokens,
        opened_at=rows["opened_at"].to_numpy().astype("datetime64[us]"),
        labels=np.array(labels, dtype=np.str_),
        version=lake.version(lake.ref(tenant, "gold", TABLE)),
        left_out=len(silent),
        left_out_mark=mark_of(lake, tenant, silent),
    )

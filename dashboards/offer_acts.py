"""Deciding anew under a budget, and taking the list of calls along: for who may still do so."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dashboards import offer_queries
from dashboards.admission import still_admitted
from dashboards.gold import Row
from dashboards.viewer import Viewer
from dashboards.words import Words
from features.consent import left_out
from ingestion.reading.cells import safe_cell
from lakehouse.vault import READERS
from tenancy.audit import record

if TYPE_CHECKING:
    from models.offer_run import OfferRun

DECIDERS = "manager"
MOST_LISTED = 50_000


def words_of(see: Viewer) -> Words:
    """Return how this page speaks."""
    return replace(see.words, room="offers_page")


def decide_under(see: Viewer, calls: int) -> "OfferRun":
    """Decide on every customer for a number of calls, and write down who decided.

    Raises
    ------
    NotAllowed
        Only a manager decides.
    NotFound, NotEnoughData
        There is no model of the offers any more, or nobody to decide on.
    Busy
        A refresh or an erasure did not end in time.
    """
    from models.offer_run import decide_offers
    from models.offers import Budget
    from models.refresh import models_lease

    actor = still_admitted(see, DECIDERS)
    with models_lease(see.lake, see.tenant):
        run = decide_offers(see.lake, see.tenant, Budget(calls=calls), see.contract)
    record(see.lake.store, actor, "offers.decided", see.tenant.id, run.run_id)
    return run


def list_of_calls(see: Viewer, run_id: str) -> bytes:
    """Return whom to call with what as CSV (UTF-8 with its mark); written down first.

    Who objected after the decision is not on it. Names and phones are in it for who may read the
    vault; each reading is audited there.
    """
    actor = still_admitted(see, "viewer")
    record(see.lake.store, actor, "offers.downloaded", see.tenant.id, run_id)
    listed = offer_queries.decided(see.gold, run_id, ("offer",), limit=MOST_LISTED)
    rows = still_willing(see, listed)
    tokens = [row["person_token"] for row in rows]
    known = see.lake.vault.read(see.tenant, actor, tokens) if actor.may(*READERS) else {}
    columns = see.contract.table("customers").columns
    personal = [c for c in columns if known and c.classification == "personal"]
    stream, words = io.StringIO(), words_of(see)
    write = csv.writer(stream).writerow
    titles = (words.say(f"file_{name}") for name in ("customer", "offer", "gain", "cost", "why"))
    first, *others = titles
    write([first, *(safe_cell(words.label(column)) for column in personal), *others])
    for row in rows:
        told = known.get(row["person_token"], {})
        cells = [row["person_token"], *((told.get(c.name) or "") for c in personal)]
        write([safe_cell(cell) for cell in (*cells, *_figures(see, row))])
    return stream.getvalue().encode("utf-8-sig")


def still_willing(see: Viewer, rows: Sequence[Row]) -> list[Row]:
    """Return the rows without those of persons who objected after the decision."""
    persons = [row["person_token"] for row in rows]
    objecting = left_out(see.lake, see.tenant, see.contract, persons, "profiling")
    return [row for row in rows if row["person_token"] not in objecting]


def label_of(see: Viewer, name: str) -> str:
    """Return an offer's name for people; its own where no contract declares it any more."""
    found = (spec.label[see.language] for spec in see.contract.offers if spec.name == name)
    return next(found, name)


def _figures(see: Viewer, row: Row) -> tuple[str, ...]:
    gain = row["expected_margin_with"] - row["expected_margin_without"]
    why = row[f"reason_{see.language}"]
    return label_of(see, row["best_offer"]), str(gain), str(row["expected_cost"]), why

"""Rows of a feed at the door: judged, put into the outbox, answered for one by one.

Accepted rows and rejected ones go the same way, so that what is rejected lands in the same
quarantine as a file's rows. An event is named by the request's key, the row's place in it and what
the row says: a request that comes again adds nothing and is answered alike, and one that says
something else under the same key is refused. Without a key each request is new; but what is
rejected counts once a day, for it changes nothing and would only fill the quarantine.
"""

import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from flask import Request

from data_contracts.contract import Column, Table
from foundation.clock import utc_now
from foundation.errors import Busy, InvalidRequest, NotFound, UserError
from foundation.texts import text
from ingestion.feed import Judge, Row, Verdict, takes_changes
from ingestion.plain_values import Reader
from ingestion.quarantine import Reason
from operations.incidents.values import shown
from operations.outbox.drain import Change, put_in
from serving.caller import Caller
from serving.limits import LONGEST_REQUEST_KEY, ROWS_AT_ONCE
from serving.observed import telemetry
from serving.tables.feed_body import Fed
from tenancy.outbox import events_between

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lakehouse.lake import Lake

Told = dict[str, Any]
HEADER = "Idempotency-Key"
MARK_DIGITS, DIGITS = 48, 6
"""Of the hashes in an event's name, and of the row's number."""

AT_ONCE, WAIT_SECONDS = 2, 10.0
"""Feeds of many rows that one process works at together, and how long another waits."""

_room = BoundedSemaphore(AT_ONCE)


@contextmanager
def room() -> Iterator[None]:
    """Hold one of the places for feeds of many rows: whoever scores is not kept waiting by them.

    It is held for work, never while a client is sending: a slow one would keep it from all others.

    Raises
    ------
    Busy
        None got free in time.
    """
    if not _room.acquire(timeout=WAIT_SECONDS):
        raise Busy("feeds.busy")
    try:
        yield
    finally:
        _room.release()


def table_named(caller: Caller, name: str) -> Table:
    """Return a table of the caller's contract; ``NotFound`` says which there are."""
    try:
        return caller.contract.table(name)
    except KeyError:
        known = ", ".join(table.name for table in caller.contract.tables)
        raise NotFound("feeds.no_table", table=shown(name), known=known) from None


def request_key(request: Request) -> str | None:
    """Return what names the request: its ``Idempotency-Key``, if it has one.

    Raises
    ------
    InvalidRequest
        The header is empty, too long, or no plain text.
    """
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not 0 < len(given) <= LONGEST_REQUEST_KEY or not given.isascii() or not given.isprintable():
        raise InvalidRequest("feeds.bad_request_key", limit=LONGEST_REQUEST_KEY)
    return given


@dataclass(frozen=True)
class Asked:
    """A row with what is to be done with it, and what the lake will make of it."""

    fed: Fed
    row: Row
    deletes: bool
    verdict: Verdict


class FeedDoor:
    """Takes the rows of one request into one table.

    Parameters
    ----------
    key
        The request's (``request_key``).
    place
        Where in the request the rows stand, if there are several places.
    """

    def __init__(
        self, lake: "Lake", caller: Caller, table: Table, key: str | None, place: str = ""
    ) -> None:
        self._lake, self._caller, self.table = lake, caller, table
        self._keys, self._has_key = lake.keys.of(caller.tenant), key is not None
        self._named = self._mark("key" if key else "none", key or secrets.token_hex(16), place)
        self._of_today = self._mark("day", utc_now().date().isoformat(), place)
        self._judge = Judge(table, self._keys.token_key)
        named = table.by_role("operation") if takes_changes(table) else ()
        self._operation = Reader(named[0]) if named else None

    def take(
        self,
        rows: Iterable[Fed],
        *,
        deletes: bool = False,
        turn: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> Iterator[Told]:
        """Yield what becomes of each row, in order; some rows at a time are stored before.

        Parameters
        ----------
        deletes
            All rows are to be deleted; else a row may say so itself.
        turn
            What to hold while some rows are worked at (``room``).
        """
        waiting = iter(rows)
        while some := list(islice(waiting, ROWS_AT_ONCE)):
            with turn():
                asked = [self._asked(one, deletes) for one in some]
                self._store([one for one in asked if one.fed.fault is None])
                told = [self._told(one) for one in asked]
            telemetry.rejected(
                self._caller.tenant.id, self.table.name, sum(bool(one["errors"]) for one in told)
            )
            yield from told

    def _asked(self, fed: Fed, deletes: bool) -> Asked:
        row = dict(fed.row)
        if self._operation is not None:
            column = self._operation.column
            said = self._operation.clean(row.pop(column.name, None))
            asked = None if said is None else self._operation.read(said)
            if said is not None and asked is None:
                fed = Fed(fed.number, fed.row, _no_operation(column))
            deletes = deletes or asked == "delete"
        return Asked(fed, row, deletes, self._judge.judge(row, deletes=deletes))

    def _store(self, asked: Sequence[Asked]) -> None:
        if not asked:
            return
        changes = [self._change(one) for one in asked]
        with self._lake.store.session() as session:
            self._require_same(session, asked)
            put_in(
                session,
                self._caller.tenant,
                self._caller.actor,
                changes,
                contract=self._caller.contract,
                keys=self._keys,
            )

    def _change(self, asked: Asked) -> Change:
        known = {column.name for column in self.table.columns if column.role != "operation"}
        return Change(
            event_id=self._event(asked),
            table=self.table.name,
            row={name: value for name, value in asked.row.items() if name in known},
            operation="delete" if asked.deletes else "upsert",
            person_token=asked.verdict.person_token,
            aside={name: value for name, value in asked.row.items() if name not in known},
            rejected=bool(asked.verdict.reasons),
        )

    def _event(self, asked: Asked) -> str:
        rejected = bool(asked.verdict.reasons)
        request = self._of_today if rejected and not self._has_key else self._named
        said = self._mark("row", asked.deletes, sorted(asked.row.items()))
        return f"{_place(request, asked.fed.number)}-{said}"

    def _mark(self, *parts: object) -> str:
        written = json.dumps([self.table.name, *parts], ensure_ascii=False)
        encoded = written.encode("utf-8", "surrogatepass")
        return hmac.new(self._keys.token_key, encoded, sha256).hexdigest()[:MARK_DIGITS]

    def _require_same(self, session: "Session", asked: Sequence[Asked]) -> None:
        """Raise ``InvalidRequest`` where the request's key brought other rows before."""
        if not self._has_key:
            return
        numbers = {_place(self._named, one.fed.number): one.fed.number for one in asked}
        sent = {self._event(one) for one in asked}
        first, end = (
            _place(self._named, n) for n in (min(numbers.values()), max(numbers.values()) + 1)
        )
        for event in events_between(session, self._caller.tenant, first, end):
            row = numbers.get(event.rpartition("-")[0])
            if row is not None and event not in sent:
                raise InvalidRequest("feeds.key_reused", row=row)

    def _told(self, asked: Asked) -> Told:
        faults = (asked.fed.fault,) if asked.fed.fault is not None else asked.verdict.reasons
        mend = "feeds.mend_rest" if asked.fed.ends else "feeds.mend_line"
        errors = [told_fault(fault, self.table, self._caller, mend) for fault in faults]
        status = "rejected" if errors else "accepted"
        return {"row": asked.fed.number, "status": status, "errors": errors}


def _no_operation(column: Column) -> Reason:
    return Reason(column.name, "allowed", {"allowed": ", ".join(column.allowed)})


def _place(request: str, number: int) -> str:
    """Return the name of a request's row, whatever it says; names sort as numbers do."""
    return f"feed-{request}-{number:0{DIGITS}d}"


def told_fault(fault: Reason | UserError, table: Table, caller: Caller, mend: str) -> Told:
    """Return why a row is rejected, and what to do.

    Parameters
    ----------
    mend
        Says what to do where there is nothing that could be kept.
    """
    language = caller.language
    if isinstance(fault, Reason):
        column, rule, message = fault.column, fault.rule, fault.say(table, None, language)
    else:
        column, rule, message = "", fault.key.rpartition(".")[2], fault.say(language)
    action = text("feeds.mend_row" if column else mend, language)
    return {"column": column or None, "rule": rule, "message": message, "action": action}


def key_row(table: Table, given: str) -> dict[str, str | None]:
    """Return the key columns of a row that an address names.

    Several columns are an array of JSON: ``["A-1","2026-01-01"]``.

    Raises
    ------
    InvalidRequest
        It does not name each of them.
    """
    names = [column.name for column in table.keys]
    if len(names) == 1:
        parts: object = [given]
    else:
        try:
            parts = json.loads(given)
        except (ValueError, RecursionError):
            parts = None
    fits = isinstance(parts, list) and len(parts) == len(names)
    if not fits or not isinstance(parts, list) or not all(isinstance(p, str) for p in parts):
        raise InvalidRequest("feeds.bad_key", columns=", ".join(names))
    if any("\0" in part or len(part) > LONGEST_REQUEST_KEY for part in parts):
        raise InvalidRequest("feeds.bad_key", columns=", ".join(names))
    return dict(zip(names, parts, strict=True))

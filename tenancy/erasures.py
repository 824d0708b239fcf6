"""Erasures and their receipts: what went, where, when, by whom and at whose request.

A receipt outlives what it tells of, so it holds no personal data: a person is a keyed hash, which
only the tenant's key can make again. Its SHA-256 goes into the audit chain with the act.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import uuid4

from sqlalchemy import select

from foundation.errors import NotFound
from foundation.texts import Language, text
from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.columns import row_named
from tenancy.law_tables import ErasedScoreRow, ErasureRow
from tenancy.store import Store, insert_if_absent, now_in
from tenancy.tables import AuditRow
from tenancy.tenant import Tenant

ErasureKind = Literal["person", "retention", "tenant"]


@dataclass(frozen=True)
class Erasure:
    """An erasure: under way (``finished_at`` None), or its receipt.

    Attributes
    ----------
    places
        Place (``silver.customers``, ``landing`` …) → what went there: ``rows`` or ``files``,
        ``version`` of the table afterwards.
    sha256
        Of the receipt's content; the audit chain holds the same.
    """

    id: str
    tenant_id: str
    kind: ErasureKind
    person_mark: str | None
    request: str
    actor_id: str
    started_at: datetime
    finished_at: datetime | None
    places: Mapping[str, Mapping[str, Any]]
    sha256: str | None

    @property
    def content(self) -> str:
        """Return what the receipt says, as canonical JSON: its hash is over this."""
        told = {
            "id": self.id,
            "tenant": self.tenant_id,
            "kind": self.kind,
            "person": self.person_mark,
            "request": self.request,
            "by": self.actor_id,
            "started_at": self.started_at.isoformat(),
            "finished_at": None if self.finished_at is None else self.finished_at.isoformat(),
            "places": {name: dict(what) for name, what in self.places.items()},
        }
        return json.dumps(told, sort_keys=True, ensure_ascii=False)

    def say(self, language: Language = "es") -> str:
        """Return the receipt for a person to keep, in words."""
        ended = text("law.unfinished", language)
        if self.finished_at is not None:
            ended = f"{self.finished_at:%Y-%m-%d %H:%M} UTC"
        lines = [text(f"law.receipt_{self.kind}", language, erasure=self.id, tenant=self.tenant_id)]
        if self.person_mark is not None:
            lines.append(text("law.receipt_mark", language, mark=self.person_mark))
        by = {"request": self.request, "by": self.actor_id}
        begun = f"{self.started_at:%Y-%m-%d %H:%M} UTC"
        lines.append(text("law.receipt_by", language, **by, started=begun, ended=ended))
        lines += [self._say_place(name, language) for name in sorted(self.places)]
        if self.kind == "person" and self.finished_at is not None and not self._found:
            lines.append(text("law.receipt_nothing", language))
        lines.append(text(f"law.limits_{self.kind}", language))
        lines.append(text("law.receipt_hash", language, sha256=self.sha256 or "—"))
        return "\n".join(lines)

    @property
    def _found(self) -> bool:
        """Whether anything of the person was there."""
        counted = ("rows", "files")
        return any(int(what.get(word) or 0) for what in self.places.values() for word in counted)

    def _say_place(self, name: str, language: Language) -> str:
        what = self.places[name]
        told = [
            text(f"law.place_{word}", language, count=what[word])
            for word in ("rows", "files", "items", "old_files", "version")
            if word in what
        ]
        return f"- {name}: {', '.join(told)}"


def begin_erasure(
    store: Store,
    actor: Actor,
    tenant: Tenant,
    kind: ErasureKind,
    *,
    request: str,
    person_mark: str | None = None,
) -> Erasure:
    """Return a new erasure, or the one of the same kind and person that did not end."""
    with store.session() as session:
        open_one = session.scalars(
            select(ErasureRow).where(
                ErasureRow.tenant_id == tenant.id,
                ErasureRow.kind == kind,
                ErasureRow.person_mark == person_mark
                if person_mark is not None
                else ErasureRow.person_mark.is_(None),
                ErasureRow.finished_at.is_(None),
            )
        ).first()
        if open_one is not None:
            return _erasure_of(open_one)
        row = ErasureRow(
            id=uuid4().hex,
            tenant_id=tenant.id,
            kind=kind,
            person_mark=person_mark,
            request=request,
            actor_id=actor.id,
            started_at=now_in(session),
            finished_at=None,
            places={},
            receipt_sha256=None,
        )
        session.add(row)
        session.flush()
        record_in(session, actor, f"{kind}.erasure_started", tenant.id, row.id)
        return _erasure_of(row)


def note_place(store: Store, erasure: Erasure, place: str, **what: int | str) -> None:
    """Add what went at one place; the same place again replaces what was noted."""
    with store.session() as session:
        row = session.get_one(ErasureRow, erasure.id, with_for_update=True)
        row.places = {**row.places, place: what}


def note_scores(store: Store, erasure: Erasure, marks: Collection[str]) -> None:
    """Remember, under keyed hashes, which scores go."""
    with store.session() as session:
        for mark in sorted(marks):
            insert_if_absent(
                session,
                ErasedScoreRow,
                tenant_id=erasure.tenant_id,
                score_mark=mark,
                erasure_id=erasure.id,
            )


def finish_erasure(store: Store, actor: Actor, erasure: Erasure) -> Erasure:
    """Close an erasure: its receipt is complete, and its hash stands in the audit chain."""
    with store.session() as session:
        row = session.get_one(ErasureRow, erasure.id, with_for_update=True)
        if row.finished_at is None:
            row.finished_at = now_in(session)
            row.receipt_sha256 = _digest(_erasure_of(row))
            details = {"receipt_sha256": row.receipt_sha256}
            session.flush()
            record_in(session, actor, f"{row.kind}.erased", row.tenant_id, row.id, details=details)
        return _erasure_of(row)


def get_erasure(store: Store, tenant: Tenant, erasure_id: str) -> Erasure:
    """Return a tenant's erasure; ``NotFound`` where it has none of this id."""
    with store.reading() as session:
        row = row_named(session, ErasureRow, erasure_id)
        if row is None or row.tenant_id != tenant.id:
            raise NotFound("law.no_erasure", erasure=erasure_id)
        return _erasure_of(row)


def list_erasures(store: Store, tenant: Tenant) -> list[Erasure]:
    """Return a tenant's erasures, oldest first."""
    query = select(ErasureRow).where(ErasureRow.tenant_id == tenant.id)
    with store.reading() as session:
        return [_erasure_of(row) for row in session.scalars(query.order_by(ErasureRow.started_at))]


def erasure_of_score(store: Store, tenant: Tenant, score_mark: str) -> Erasure | None:
    """Return the erasure with which a score went; None where it did not."""
    with store.reading() as session:
        found = row_named(session, ErasedScoreRow, (tenant.id, score_mark))
        row = None if found is None else session.get_one(ErasureRow, found.erasure_id)
        return None if row is None else _erasure_of(row)


def is_genuine(store: Store, erasure: Erasure) -> bool:
    """Say whether a receipt is the one that the audit chain names."""
    query = select(AuditRow.details).where(
        AuditRow.subject == erasure.id, AuditRow.action == f"{erasure.kind}.erased"
    )
    with store.reading() as session:
        named = [json.loads(details)["receipt_sha256"] for details in session.scalars(query)]
    return erasure.sha256 is not None and named == [erasure.sha256] == [_digest(erasure)]


def _digest(erasure: Erasure) -> str:
    return hashlib.sha256(erasure.content.encode()).hexdigest()


def _erasure_of(row: ErasureRow) -> Erasure:
    return Erasure(
        id=row.id,
        tenant_id=row.tenant_id,
        kind=cast(ErasureKind, row.kind),
        person_mark=row.person_mark,
        request=row.request,
        actor_id=row.actor_id,
        started_at=row.started_at,
        finished_at=row.finished_at,
        places=dict(row.places),
        sha256=row.receipt_sha256,
    )

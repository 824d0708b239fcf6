"""Published versions of the verticals' contracts: what holds, and what held before."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from data_contracts.versions import parse_version
from tenancy.actor import Actor
from tenancy.audit import record_in
from tenancy.contract_tables import ContractVersionRow
from tenancy.store import Store, insert_if_absent, now_in

NO_CONTENT = ("version", "customProperties")
_HASHES = select(ContractVersionRow.version, ContractVersionRow.sha256).where(
    ContractVersionRow.vertical == bindparam("vertical")
)


@dataclass(frozen=True)
class Published:
    """One version, with the whole document that was published."""

    vertical: str
    version: str
    sha256: str
    document: Mapping[str, Any]
    actor_id: str
    published_at: datetime


def content_hash(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a resolved document declares, whatever its number says.

    Migrations speak of other versions and are left out.
    """
    declared = {name: value for name, value in document.items() if name not in NO_CONTENT}
    properties = [
        one
        for one in document.get("customProperties", [])
        if one["property"] not in ("migrations", "extends")
    ]
    content = json.dumps([declared, properties], sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def published_versions(store: Store, vertical: str) -> list[Published]:
    """Return a vertical's published versions, newest first."""
    query = select(ContractVersionRow).where(ContractVersionRow.vertical == vertical)
    with store.reading() as session:
        found = [_published_of(row) for row in session.scalars(query)]
    return sorted(found, key=lambda one: parse_version(one.version), reverse=True)


def newest_hash(store: Store, vertical: str) -> tuple[str, str] | None:
    """Return number and content hash of the newest published version; None where there is none."""
    with store.asking() as connection:
        found = [(n, sha256) for n, sha256 in connection.execute(_HASHES, {"vertical": vertical})]
    return max(found, key=lambda one: parse_version(one[0]), default=None)


def record_version(
    store: Store, actor: Actor, document: Mapping[str, Any], *, how: str = "recorded"
) -> None:
    """Store a version as published and audit it; one that is there already stays as it is."""
    vertical, version = str(document["name"]), str(document["version"])
    plain = json.loads(json.dumps(dict(document), default=str))
    sha256 = content_hash(document)
    with store.session() as session:
        if session.get(ContractVersionRow, (vertical, version)) is not None:
            return
        insert_if_absent(
            session,
            ContractVersionRow,
            vertical=vertical,
            version=version,
            sha256=sha256,
            document=plain,
            actor_id=actor.id,
            published_at=now_in(session),
        )
        details = {"version": version, "sha256": sha256}
        record_in(session, actor, f"contract.{how}", None, vertical, details=details)


def _published_of(row: ContractVersionRow) -> Published:
    return Published(
        vertical=row.vertical,
        version=row.version,
        sha256=row.sha256,
        document=row.document,
        actor_id=row.actor_id,
        published_at=row.published_at,
    )

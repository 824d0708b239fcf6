"""Add a source after checking everything that can be checked, and try one without taking rows."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from foundation.clock import utc_now
from foundation.errors import InvalidRequest
from ingestion.mapping import table_of
from ingestion.sources import database, file_server
from ingestion.sources.address import Address, parse_address, resolve
from ingestion.sources.cron import due_at, parse_schedule
from ingestion.sources.desk import Desk
from ingestion.sources.secret import Secret
from ingestion.sources.takes import Takes, check_takes
from tenancy.sources import (
    NewSource,
    Source,
    add_source,
    get_source,
    list_sources,
    new_source_id,
)
from tenancy.tenants import require_abcall

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
FIRST_ROWS, FIRST_FILES = 5, 20


@dataclass(frozen=True)
class Trial:
    """What a source shows without anything being taken.

    Attributes
    ----------
    names
        Columns of the rows, or of the list of files.
    rows
        The first of them, as texts.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def register_source(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    *,
    name: str,
    url: str,
    secret: Secret,
    takes: Takes,
    schedule: str | None = None,
    host_key: str | None = None,
) -> Source:
    """Store a source; nothing is fetched yet.

    Raises
    ------
    NotAllowed
        Only ABCall's staff adds sources.
    InvalidRequest
        Name, address, what to fetch, schedule or key cannot be; the address is forbidden. A file
        server without its key is asked for it, so that a person can compare.
    NotFound
        The contract has no such table.
    """
    require_abcall(actor)
    if not _NAME.fullmatch(name):
        raise InvalidRequest("sources.bad_name", name=name)
    address = parse_address(url)
    takes = _complete(lake, tenant, takes, address)
    check_takes(address.kind, takes)
    if schedule is not None:
        parse_schedule(schedule)
    resolve(address)
    _require_proofs(address, secret, host_key)
    source_id = new_source_id()
    new = NewSource(
        id=source_id,
        name=name,
        kind=address.kind,
        address=address.url,
        host_key=host_key,
        takes=takes.to_dict(),
        schedule=schedule,
        sealed_secret=secret.seal(lake.keys.of(tenant), source_id),
    )
    return add_source(lake.store, actor, tenant, new)


def _complete(lake: "Lake", tenant: "Tenant", takes: Takes, address: Address) -> Takes:
    """Return it with the kind of upload that follows from the rest, where none was named."""
    if takes.into is None:
        return takes
    table = table_of(lake.contract_of(tenant), takes.into)
    if takes.upload is not None and takes.upload not in table.upload_kinds:
        allowed = ", ".join(table.upload_kinds)
        raise InvalidRequest("mapping.upload_kind", kind=takes.upload, allowed=allowed)
    if takes.upload is not None or address.kind == "sftp":
        return takes
    whole = takes.watermark_column is None and "snapshot" in table.upload_kinds
    return replace(takes, upload="snapshot" if whole else "increment")


def _require_proofs(address: Address, secret: Secret, host_key: str | None) -> None:
    """Require what the server is known by, and what we are."""
    if address.kind == "sftp":
        if host_key is None:
            offered = file_server.offered_key(address)
            raise InvalidRequest("sources.host_key_unknown", host=address.host, key=offered)
        file_server.check_host_key(host_key)
        if secret.private_key is not None:
            file_server.private_key(secret)
    if secret.password is None and secret.private_key is None:
        raise InvalidRequest("sources.no_secret")


def try_source(lake: "Lake", tenant: "Tenant", actor: "Actor", name: str) -> Trial:
    """Connect and show the first rows or files; nothing is taken, no state moves.

    Raises
    ------
    Busy, InvalidRequest
        As a pull would.
    """
    require_abcall(actor)
    desk = Desk(lake, tenant, actor, get_source(lake.store, actor, tenant, name))
    return _files(desk) if desk.source.kind == "sftp" else _rows(desk)


def _rows(desk: Desk) -> Trial:
    from ingestion.sources.rows_file import value_text

    with database.connected(desk.address, desk.secret()) as connection:
        cursor = database.fetch(connection, desk.takes, None, FIRST_ROWS)
        if desk.takes.watermark_column is not None:
            database.position_of(desk.takes.watermark_column, cursor.names)
        rows = tuple(tuple(value_text(v) or "" for v in row) for row in cursor.rows)
    return Trial(cursor.names, rows)


def _files(desk: Desk) -> Trial:
    host_key = desk.source.host_key or ""
    with file_server.connected(desk.address, desk.secret(), host_key) as client:
        sights = file_server.whole_files(client, desk.address.path, desk.takes.pattern)
    rows = tuple((name, str(size)) for name, size, _ in islice(sights, FIRST_FILES))
    return Trial(("file", "bytes"), rows)


@dataclass(frozen=True)
class Due:
    """A source whose scheduled time has come, and which time that was."""

    source: Source
    at: datetime


def due_sources(
    lake: "Lake", tenant: "Tenant", actor: "Actor", now: datetime | None = None
) -> list[Due]:
    """Return the tenant's sources whose scheduled time has come since their last pull."""
    moment = now or utc_now()
    found = []
    for source in list_sources(lake.store, actor, tenant):
        if source.schedule is not None and not source.paused:
            at = due_at(source.schedule, source.pulled_at or source.created_at, moment)
            found += [] if at is None else [Due(source, at)]
    return found

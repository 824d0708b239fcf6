"""The master key: a file outside store and lake, and a value in the store that recognises it."""

import base64
import binascii
import hashlib
import hmac
import os
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import utc_now
from foundation.errors import InvalidRequest, MissingKey
from tenancy.envelope import KEY_BYTES, new_secret
from tenancy.store import Store, insert_if_absent
from tenancy.tables import KeyCheckRow, TenantKeyRow

PREFIX = "abcall-master-1:"
CHECK_LABEL = b"abcall master key check 1"
CHECK_ID = 1


def create_master_file(path: Path, store: Store) -> None:
    """Write a new master key, mode 0600; refuses where a key exists or one is already in use."""
    with store.reading() as session:
        if session.get(KeyCheckRow, CHECK_ID) is not None or _wraps_something(session):
            raise InvalidRequest("tenancy.master_in_use", file=str(path))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = PREFIX + base64.b64encode(new_secret()).decode() + "\n"
    _write_new(path, content.encode())
    check_master(store, read_master(path), path)


def read_master(path: Path) -> bytes:
    """Return the master key; ``MissingKey`` where the file is absent, unreadable or no key."""
    try:
        content = path.read_text(encoding="ascii").strip()
        secret = base64.b64decode(content.removeprefix(PREFIX), validate=True)
    except FileNotFoundError as error:
        raise MissingKey("tenancy.master_missing", file=str(path)) from error
    except (OSError, UnicodeDecodeError, binascii.Error) as error:
        raise MissingKey("tenancy.master_unreadable", file=str(path)) from error
    if not content.startswith(PREFIX) or len(secret) != KEY_BYTES:
        raise MissingKey("tenancy.master_unreadable", file=str(path))
    return secret


def check_master(store: Store, master: bytes, path: Path) -> None:
    """Raise ``MissingKey`` unless this key is the one the store knows.

    A store that has wrapped nothing yet learns the key it is first opened with.
    """
    value = hmac.digest(master, CHECK_LABEL, hashlib.sha256)
    with store.reading() as session:
        known = session.get(KeyCheckRow, CHECK_ID)
    if known is None:
        known = _learn(store, value, path)
    if not hmac.compare_digest(known.value, value):
        raise MissingKey("tenancy.master_other", file=str(path))


def _learn(store: Store, value: bytes, path: Path) -> KeyCheckRow:
    with store.session() as session:
        if _wraps_something(session):
            raise MissingKey("tenancy.master_other", file=str(path))
        insert_if_absent(session, KeyCheckRow, id=CHECK_ID, value=value, created_at=utc_now())
        return session.scalars(select(KeyCheckRow).where(KeyCheckRow.id == CHECK_ID)).one()


def _wraps_something(session: Session) -> bool:
    return session.scalars(select(TenantKeyRow.version).limit(1)).first() is not None


def _write_new(path: Path, content: bytes) -> None:
    """Write the whole file or none: a crash leaves no half key, and no key is replaced."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError as error:
        raise InvalidRequest("tenancy.master_exists", file=str(path)) from error
    finally:
        draft.unlink()

"""Who is signed in to a staff page: random tokens, kept in this process alone."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from foundation.clock import utc_now
from foundation.errors import NotSignedIn
from tenancy.actor import Actor
from tenancy.sign_in import IDLE, actor_for_user, session_mark, sign_in
from tenancy.store import Store

ROLES = ("manager", "data_scientist")
"""Who looks here may also start runs and move models: one of these roles is asked for."""
MOST = 1_000
"""Sessions at a time; the one that nobody used for longest gives way."""


@dataclass(frozen=True)
class Entry:
    """A session: whose, the mark of their password, and when it was last used."""

    user_id: str
    mark: str
    used_at: datetime


class Sessions:
    """The sessions of one page. A token is made when a person signs in, never taken from them."""

    def __init__(self, store: Store, idle: timedelta = IDLE) -> None:
        self._store = store
        self._idle = idle
        self._entries: dict[str, Entry] = {}
        self._lock = Lock()

    def begin(self, email: str, password: str) -> str:
        """Return the token of a new session.

        Raises
        ------
        NotSignedIn
            No member of staff with one of ``ROLES`` has this e-mail and password.
        """
        actor = sign_in(self._store, email, password, staff_only=True)
        if not actor.may(*ROLES):
            raise NotSignedIn("tenancy.wrong_sign_in")
        entry = Entry(actor.id, session_mark(self._store, actor.id), utc_now())
        token = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._entries) >= MOST:
                del self._entries[min(self._entries, key=lambda one: self._entries[one].used_at)]
            self._entries[token] = entry
        return token

    def actor(self, token: str) -> Actor | None:
        """Return who holds the token, with today's roles; None where it opens nothing."""
        entry = self._entries.get(token)
        actor = None if entry is None else self._admitted(entry)
        with self._lock:
            if entry is None or actor is None:
                self._entries.pop(token, None)
            elif token in self._entries:  # else they signed out meanwhile
                self._entries[token] = replace(entry, used_at=utc_now())
        return actor

    def end(self, token: str) -> None:
        """Forget a session."""
        with self._lock:
            self._entries.pop(token, None)

    def _admitted(self, entry: Entry) -> Actor | None:
        if utc_now() - entry.used_at > self._idle:
            return None
        try:
            actor = actor_for_user(self._store, entry.user_id, entry.mark)
        except NotSignedIn:
            return None
        return actor if actor.kind == "staff" and actor.may(*ROLES) else None

"""Who asks: a member of ABCall's staff, a tenant's user, an API key, or the platform itself.

Roles (users, staff): viewer, uploader, manager, data_scientist, privacy_officer.
Scopes (keys): score, feed, read, admin. ``IMPLIED`` says what a role or scope brings along.
"""

from dataclasses import dataclass
from typing import Literal

from foundation.errors import NotAllowed

ActorKind = Literal["staff", "user", "key", "system"]

ROLES = frozenset({"viewer", "uploader", "manager", "data_scientist", "privacy_officer"})
SCOPES = frozenset({"score", "feed", "read", "admin"})
IMPLIED: dict[str, frozenset[str]] = {
    "uploader": frozenset({"viewer"}),
    "data_scientist": frozenset({"viewer"}),
    "privacy_officer": frozenset({"viewer"}),
    "manager": frozenset({"viewer", "uploader"}),
    "admin": frozenset({"score", "feed", "read"}),
}


@dataclass(frozen=True)
class Actor:
    """Who acts, as resolved by the server from a session, a key or the operating system.

    Attributes
    ----------
    id
        Stable name for the audit log: a user's or key's id, ``staff:<login>``, ``system:<part>``.
    tenant_id
        The only tenant a user or key may enter; ``None`` for staff and system.
    roles
        Roles of a person, or scopes of a key.
    """

    id: str
    kind: ActorKind
    tenant_id: str | None
    roles: frozenset[str]

    def may(self, *wanted: str) -> bool:
        """Tell whether the actor has at least one of the roles or scopes, or one implying it."""
        return not granted(self.roles).isdisjoint(wanted)

    def require(self, *wanted: str) -> None:
        """Raise ``NotAllowed`` unless the actor has at least one of the roles or scopes."""
        if not self.may(*wanted):
            raise NotAllowed("tenancy.not_allowed", wanted=", ".join(sorted(wanted)))

    @property
    def enters_any_tenant(self) -> bool:
        """Whether the actor belongs to ABCall and not to one tenant."""
        return self.kind in ("staff", "system") and self.tenant_id is None


def granted(roles: frozenset[str]) -> frozenset[str]:
    """Return the roles or scopes together with those they imply."""
    return roles.union(*(IMPLIED.get(role, frozenset()) for role in roles))


def system_actor(part: str) -> Actor:
    """Return the platform's own actor: ``system_actor("pipelines")`` uploads, trains and scores."""
    return Actor(f"system:{part}", "system", None, frozenset({"uploader", "data_scientist"}))

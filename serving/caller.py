"""Who calls: the API key says which tenant, and nothing else does."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Request, g, request

from data_contracts.contract import Contract
from foundation.errors import NotSignedIn
from foundation.texts import Language
from serving.door.afterwards import PersonRead
from serving.door.limiting import admit, door
from serving.language import asked_language, speak
from tenancy.actor import Actor
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake

SCHEME = "bearer"


@dataclass(frozen=True)
class Caller:
    """A key's actor, its tenant with contract, and the language to answer in."""

    actor: Actor
    tenant: Tenant
    contract: Contract
    language: Language


def caller_of(request: Request, lake: "Lake", *scopes: str) -> Caller:
    """Return who calls, if their key has one of the scopes.

    Raises
    ------
    NotSignedIn
        There is no key, or it is wrong, revoked or expired.
    TooMany
        The tenant is above a rate or quota, or the address sent too many wrong keys.
    NotAllowed
        The key lacks them.
    """
    secret = secret_in(request.headers.get("Authorization", ""))
    if not secret:
        raise NotSignedIn("serving.no_key")
    known = door().known(lake, secret, request.remote_addr)
    g.tenant_id, g.key_id = known.tenant.id, known.actor.id
    language = asked_language(request) or known.tenant.language
    speak(language)
    admit(known)
    known.actor.require(*scopes)
    return Caller(known.actor, known.tenant, known.contract, language)


def note_person_read(caller: Caller, lake: "Lake", person_token: str) -> None:
    """Write into the audit log, within a second or so, that the caller read a person's data."""
    rule = request.url_rule.rule if request.url_rule else ""
    mark = lake.keys.of(caller.tenant).mark("person", person_token)
    read = PersonRead(caller.actor, caller.tenant, mark, rule)
    door().afterwards.person_read(lake, read)


def secret_in(header: str) -> str:
    """Return the secret of an ``Authorization`` header; nothing where it holds none."""
    scheme, _, secret = header.partition(" ")
    return secret.strip() if scheme.lower() == SCHEME else ""

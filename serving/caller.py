"""Who calls: the API key says which tenant, and nothing else does."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Request, g

from data_contracts.contract import Contract
from foundation.errors import NotSignedIn
from foundation.texts import Language
from serving.language import asked_language, speak
from tenancy.actor import Actor
from tenancy.api_keys import actor_for_key
from tenancy.tenant import Tenant
from tenancy.tenants import tenant_for

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
    NotAllowed
        The key lacks them.
    """
    actor = actor_for_key(lake.store, _secret(request))
    tenant = tenant_for(lake.store, actor)
    g.tenant_id, g.key_id = tenant.id, actor.id
    language = asked_language(request) or tenant.language
    speak(language)
    actor.require(*scopes)
    contract = lake.contract_of(tenant)
    return Caller(actor, tenant, contract, language)


def _secret(request: Request) -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != SCHEME or not secret.strip():
        raise NotSignedIn("serving.no_key")
    return secret.strip()

"""A client company of ABCall, as every other room sees it: a value, and the key to its things."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from foundation.errors import InvalidRequest
from foundation.texts import LANGUAGES, Language

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,40}")
VERTICAL = re.compile(r"[a-z][a-z0-9_]{1,40}")
CURRENCY = re.compile(r"[A-Z]{3}")
PLANS = ("starter", "business", "business_plus")


@dataclass(frozen=True)
class Tenant:
    """A tenant that the server has resolved: who holds one may touch that tenant's things.

    Attributes
    ----------
    id
        Slug ``[a-z0-9][a-z0-9-]{1,40}``; prefix of the tenant's tables and objects.
    vertical
        Name of its contract (``telecom``, ``banking`` …).
    plan
        One of ``PLANS``.
    currency
        ISO 4217 code of its money.
    time_zone
        IANA name: a time in a file that names no zone is read in it, and times are shown in it.
        What is stored is UTC.
    prior_consent
        Whether its rows may train a prior model of its vertical.
    training_consent
        Whether persons who said nothing of it may be learned from.
    """

    id: str
    name: str
    vertical: str
    plan: str = "starter"
    language: Language = "es"
    currency: str = "COP"
    time_zone: str = "America/Bogota"
    prior_consent: bool = False
    training_consent: bool = True


def check_tenant(tenant: Tenant) -> None:
    """Raise ``InvalidRequest`` naming the first field that cannot be right."""
    wrong = next((name for name, right in _verdicts(tenant).items() if not right), None)
    if wrong is not None:
        value = str(getattr(tenant, wrong))
        raise InvalidRequest("tenancy.tenant_field", field=wrong, value=value)


def _verdicts(tenant: Tenant) -> dict[str, bool]:
    return {
        "id": bool(SLUG.fullmatch(tenant.id)),
        "name": 0 < len(tenant.name.strip()) <= 200,
        "vertical": bool(VERTICAL.fullmatch(tenant.vertical)),
        "plan": tenant.plan in PLANS,
        "language": tenant.language in LANGUAGES,
        "currency": bool(CURRENCY.fullmatch(tenant.currency)),
        "time_zone": _is_time_zone(tenant.time_zone),
    }


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True

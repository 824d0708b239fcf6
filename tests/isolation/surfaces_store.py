"""Surfaces of the operational store: uploads, containers, people, keys, law, mappings, audit."""

from operator import attrgetter

from tenancy.api_keys import list_keys, revoke_key, rotate_key
from tenancy.audit import entries
from tenancy.deliveries import delivery_of_upload, finish_delivery, last_delivery
from tenancy.erasures import erasure_of_score, get_erasure, list_erasures
from tenancy.holds import lift_hold, list_holds
from tenancy.mappings import find_mapping
from tenancy.quarantine_acts import get_act, list_acts
from tenancy.sources import get_source, list_sources, pause_source, sealed_parts
from tenancy.tenant import Tenant
from tenancy.tenants import get_tenant, list_tenants, tenant_for
from tenancy.uploads import get_upload, list_uploads
from tenancy.users import get_user, list_users, set_disabled, set_roles
from tenancy.webhook_deliveries import list_deliveries, resend
from tenancy.webhooks import (
    end_webhook,
    get_webhook,
    list_webhooks,
    rotate_webhook,
    signing_secrets,
)  # fmt: skip
from tests.isolation.attempts import Surface, owned
from tests.isolation.house import OWNERS, STAFF, House

ROOM = "store"


def named(found: "list[object]", name: str, by: str = "id") -> bool:
    return name in map(attrgetter(by), found)


def finished(house: House, asker: Tenant, name: str) -> bool:
    finish_delivery(house.lake.store, asker, name)
    return True


def secret_of_source(house: House, asker: Tenant, name: str) -> object:
    """Ask for a source's sealed secret under the asker, with whatever record of that name."""
    owner = next((of for of in OWNERS if house.name(of, "source") == name), asker)
    record = get_source(house.lake.store, STAFF, owner, name)
    return sealed_parts(house.lake.store, asker, record)


SURFACES: tuple[Surface, ...] = (
    owned(ROOM, "enter a tenant", "tenant",
          lambda h, t, n: get_tenant(h.lake.store, h.manager(t), n), "delta"),
    owned(ROOM, "resolve a request's tenant", "tenant",
          lambda h, t, n: tenant_for(h.lake.store, h.manager(t), n), "delta"),
    owned(ROOM, "list tenants", "tenant",
          lambda h, t, n: named(list_tenants(h.lake.store, h.manager(t)), n), "delta"),
    owned(ROOM, "upload", "upload", lambda h, t, n: get_upload(h.lake.store, t, n)),
    owned(ROOM, "list uploads", "upload",
          lambda h, t, n: named(list_uploads(h.lake.store, t), n)),
    owned(ROOM, "container of an upload", "contained",
          lambda h, t, n: delivery_of_upload(h.lake.store, t, n)),
    owned(ROOM, "container of the same content", "container",
          lambda h, t, n: last_delivery(h.lake.store, t, n), "0" * 64),
    owned(ROOM, "finish a container", "delivery", finished),
    owned(ROOM, "user", "user", lambda h, t, n: get_user(h.lake.store, h.manager(t), t, n)),
    owned(ROOM, "list users", "user",
          lambda h, t, n: named(list_users(h.lake.store, h.manager(t), t), n)),
    owned(ROOM, "give a user roles", "user",
          lambda h, t, n: set_roles(h.lake.store, h.manager(t), t, n, ["viewer"])),
    owned(ROOM, "shut a user out", "user",
          lambda h, t, n: set_disabled(h.lake.store, h.manager(t), t, n, disabled=True)),
    owned(ROOM, "list keys", "key",
          lambda h, t, n: named(list_keys(h.lake.store, h.manager(t), t), n)),
    owned(ROOM, "rotate a key", "key",
          lambda h, t, n: rotate_key(h.lake.store, h.manager(t), t, n)),
    owned(ROOM, "webhook", "webhook",
          lambda h, t, n: get_webhook(h.lake.store, h.manager(t), t, n)),
    owned(ROOM, "list webhooks", "webhook",
          lambda h, t, n: named(list_webhooks(h.lake.store, h.manager(t), t), n)),
    owned(ROOM, "rotate a webhook's secret", "webhook",
          lambda h, t, n: rotate_webhook(
              h.lake.store, h.lake.keys.of(t), h.manager(t), t, n)),
    owned(ROOM, "secrets of a webhook", "webhook",
          lambda h, t, n: signing_secrets(h.lake.store, h.lake.keys.of(t), t, n)),
    owned(ROOM, "deliveries of a webhook", "webhook",
          lambda h, t, n: list_deliveries(h.lake.store, h.manager(t), t, n)),
    owned(ROOM, "send a delivery again", "webhook_delivery",
          lambda h, t, n: resend(h.lake.store, h.manager(t), t, n)),
    owned(ROOM, "end a webhook", "spare_webhook",
          lambda h, t, n: end_webhook(h.lake.store, h.manager(t), t, n)),
    owned(ROOM, "end a key", "spare_key",
          lambda h, t, n: revoke_key(h.lake.store, h.manager(t), t, n)),
    owned(ROOM, "lift a legal hold", "hold",
          lambda h, t, n: lift_hold(h.lake.store, h.manager(t), t, n)),
    owned(ROOM, "list legal holds", "hold",
          lambda h, t, n: named(list_holds(h.lake.store, t, also_ended=True), n)),
    owned(ROOM, "receipt of an erasure", "erasure",
          lambda h, t, n: get_erasure(h.lake.store, t, n)),
    owned(ROOM, "list erasures", "erasure",
          lambda h, t, n: named(list_erasures(h.lake.store, t), n)),
    owned(ROOM, "erasure of a score", "erased_score",
          lambda h, t, n: erasure_of_score(h.lake.store, t, n)),
    owned(ROOM, "mapping by headers", "headers",
          lambda h, t, n: find_mapping(h.lake.store, t, "customers", n.split(",")), "a,b"),
    owned(ROOM, "act on rejected rows", "act", lambda h, t, n: get_act(h.lake.store, t, n)),
    owned(ROOM, "list acts on rejected rows", "act",
          lambda h, t, n: named(list_acts(h.lake.store, t), n)),
    owned(ROOM, "source", "source",
          lambda h, t, n: get_source(h.lake.store, STAFF, t, n), "source-of-delta"),
    owned(ROOM, "list sources", "source",
          lambda h, t, n: named(list_sources(h.lake.store, STAFF, t), n, "name"),
          "source-of-delta"),
    owned(ROOM, "rest of a source", "source",
          lambda h, t, n: pause_source(h.lake.store, STAFF, t, n, paused=True), "source-of-delta"),
    owned(ROOM, "secret of a source", "source", secret_of_source, "source-of-delta"),
    owned(ROOM, "audit log", "user",
          lambda h, t, n: named(entries(h.lake.store, t, limit=500), n, "subject")),
)  # fmt: skip

"""Webhooks of a tenant: subscribed to a checked address, tried by hand, and told what happened.

What is told is published by ``tenancy.webhook_events.publish`` in the transaction of what happened;
``operations.webhooks.delivery`` sends it.
"""

import time
from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import uuid4

from foundation.clock import utc_now
from foundation.errors import InvalidRequest
from operations.webhooks.address import target_of
from operations.webhooks.request import Attempt, post
from operations.webhooks.signature import body_of, headers_of
from tenancy.audit import record
from tenancy.webhooks import NewSecret, add_webhook, get_webhook, signing_secrets

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

TRIAL_SECONDS = 5.0
"""Somebody waits for the answer."""


def subscribe(
    lake: "Lake", actor: "Actor", tenant: "Tenant", url: str, events: Collection[str]
) -> NewSecret:
    """Subscribe a URL to events; its secret is returned this once.

    Raises
    ------
    InvalidRequest
        The URL leads nowhere that a webhook may, or an event is none of ours.
    """
    target_of(url, loopback=lake.settings.webhook_loopback)
    keys = lake.keys.of(tenant)
    return add_webhook(lake.store, keys, actor, tenant, url=url, events=events)


def try_webhook(lake: "Lake", actor: "Actor", tenant: "Tenant", webhook_id: str) -> Attempt:
    """Send ``webhook.test`` at once, and say how it ended; it is not tried again.

    Raises
    ------
    InvalidRequest
        The webhook has ended.
    """
    webhook = get_webhook(lake.store, actor, tenant, webhook_id)
    if webhook.ended_at is not None:
        raise InvalidRequest("webhook_refusals.ended", id=webhook_id)
    record(lake.store, actor, "webhook.tested", tenant.id, webhook_id)
    loopback = lake.settings.webhook_loopback
    body = body_of("webhook.test", utc_now(), {"webhook_id": webhook_id})
    secrets = signing_secrets(lake.store, lake.keys.of(tenant), tenant, webhook_id)
    headers = headers_of(secrets, f"msg_{uuid4().hex}", int(time.time()), body)
    target = target_of(webhook.url, loopback=loopback)
    return post(target, headers, body, loopback=loopback, seconds=TRIAL_SECONDS)

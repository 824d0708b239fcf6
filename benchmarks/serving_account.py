"""The account of a soak: what was acknowledged against what the lake holds."""

from collections import Counter
from collections.abc import Sequence

from benchmarks.serving_clients import Registered
from benchmarks.serving_traffic import Traffic, incidents_of
from lakehouse.lake import Lake
from operations.outbox.drain import pending
from tenancy.tenant import Tenant

TABLE = "incidents"


def rows_in_bronze(lake: Lake, tenant: Tenant) -> int:
    """Return how many rows of incidents came in so far."""
    ref = lake.ref(tenant, "bronze", TABLE)
    return int(lake.arrow(ref, ["row_number"]).num_rows) if lake.exists(ref) else 0


def differences(
    lake: Lake,
    tenants: Sequence[Tenant],
    traffic: Traffic,
    done: Registered,
    before: Sequence[int],
) -> list[str]:
    """Return what is lost, doubled or left over, a sentence each.

    Parameters
    ----------
    before
        Rows that bronze held of each tenant before anything was sent.
    """
    sure = incidents_of(traffic, list(done.seconds))
    unsure = incidents_of(traffic, done.given_up)
    wrong = []
    for place, tenant in enumerate(tenants):
        held = _held(lake, tenant, traffic)
        lost = sure.get(place, set()) - set(held)
        strange = set(held) - sure.get(place, set()) - unsure.get(place, set())
        doubled = [one for one, times in held.items() if times > 1]
        in_bronze = rows_in_bronze(lake, tenant) - before[place]
        waiting = pending(lake.store, tenant).count
        wrong += [
            f"{tenant.id}: {len(some)} incidents {what}: {sorted(some)[:5]}"
            for what, some in (("lost", lost), ("doubled", doubled), ("nobody sent", strange))
            if some
        ]
        if in_bronze != len(held):
            wrong.append(f"{tenant.id}: {in_bronze} rows in bronze for {len(held)} incidents")
        if waiting:
            wrong.append(f"{tenant.id}: {waiting} changes still wait for the lake")
    return wrong


def _held(lake: Lake, tenant: Tenant, traffic: Traffic) -> "Counter[str]":
    """Return how often silver holds each incident of this traffic."""
    ref = lake.ref(tenant, "silver", TABLE)
    if not lake.exists(ref):
        return Counter()
    found = lake.arrow(ref, ["incident_id"])["incident_id"].to_pylist()
    return Counter(one for one in found if str(one).startswith(traffic.prefix))

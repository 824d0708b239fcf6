"""``/v1/limits``: what a tenant may ask of the service, and how much of its day is used."""

from dataclasses import asdict
from typing import Any

from apiflask import APIFlask
from flask import g, request

from foundation.clock import utc_now
from serving.caller import caller_of
from serving.docs.document import SECURITY, refusals
from serving.door.schemas import LimitsSaid
from serving.house import House
from tenancy.limits import day_of, used_today


def add(app: APIFlask, house: House) -> None:
    """Add the route."""

    @app.get("/v1/limits")
    @app.output(LimitsSaid)
    @app.doc(
        summary=house.said("limits.docs_limits"),
        operation_id="limits",
        responses=refusals(house),
        security=SECURITY,
    )
    def limits() -> dict[str, Any]:
        caller = caller_of(request, house.lake, "read")
        day, left = day_of(caller.tenant, utc_now())
        return {
            "plan": caller.tenant.plan,
            "limits": asdict(g.known.allowance.limits),
            "day": day,
            "day_ends_in_seconds": round(left),
            "records_used": used_today(house.lake.store, caller.tenant, day),
        }

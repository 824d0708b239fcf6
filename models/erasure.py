"""Erasing a person everywhere (Ley 1581 de 2012, GDPR art. 17), step by step, with a receipt.

First what bronze leads to (landing, quarantine, bronze itself), then every table by the person's
tokens, then what models were judged on, then the past of all tables. Each step finds what there is
and can be cut short: the same request again does the rest, and its receipt counts everything once.
While it runs, no file of the tenant comes in and no model is refreshed. A file that brings the
person again later is a new matter.
"""

import re
from typing import TYPE_CHECKING

from foundation.errors import Busy, InvalidRequest
from ingestion.persons import Person
from ingestion.unfinished import end_unfinished
from lakehouse.boundary import Boundary, no_fault
from models.erasure_past import forget_pasts
from models.erasure_store import forget_calls, forget_stored
from models.erasure_tables import erase_bronze, erase_in, in_order, note_scores_of, remains
from models.erasure_task import Task
from models.forget import forget_judged
from models.tenant_leases import alone
from tenancy.erasures import Erasure, begin_erasure, finish_erasure
from tenancy.holds import OFFICERS, require_free
from tenancy.tenants import get_tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.actor import Actor
    from tenancy.tenant import Tenant

REQUEST = re.compile(r"[\w .:/#()-]{1,80}")
ROUNDS = 3
"""A process that was reading before we began may write the person again; then once more."""


def erase_person(
    lake: "Lake",
    tenant: "Tenant",
    actor: "Actor",
    person: Person,
    *,
    request: str,
    pause: Boundary = no_fault,
) -> Erasure:
    """Erase a person from all that the platform keeps of a tenant, and return the receipt.

    Parameters
    ----------
    request
        Number of the request or decision that asks for it; it must not name the person.
    pause
        Called before each step, through which tests make a process die.

    Raises
    ------
    Held
        A legal hold covers the person; what was erased before it was placed stays erased.
    Busy
        Uploads or a refresh did not end in time, or something writes the person again and again.
    InvalidRequest
        The request is not told by a number.
    NotFound, NotAllowed
        Another tenant's actor, or neither privacy officer nor manager.
    """
    get_tenant(lake.store, actor, tenant.id)
    actor.require(*OFFICERS)
    if not REQUEST.fullmatch(request) or person.is_named_in(request):
        raise InvalidRequest("law.bad_request")
    require_free(lake.store, tenant, person_marks=person.marks)
    erasure = begin_erasure(
        lake.store, actor, tenant, "person", request=request, person_mark=person.mark
    )
    contract = lake.contract_of(tenant)
    with alone(lake, tenant, (table.name for table in contract.tables)) as still_ours:
        for table in contract.tables:
            end_unfinished(lake, tenant, actor, table.name, still_ours)
        for number in range(ROUNDS):
            task = Task(lake, tenant, contract, person, erasure, pause, number)
            _erase(task)
            if not remains(task):
                break
        else:
            raise Busy("law.person_returns", erasure=erasure.id)
        forget_pasts(task)
    return finish_erasure(lake.store, actor, erasure)


def _erase(task: Task) -> None:
    """Take the person out of everything in its newest version."""
    forget_calls(task)
    keys = erase_bronze(task)
    note_scores_of(task)
    for ref in in_order(task):
        erase_in(task, ref, keys)
    with task.step("models"):
        judged = forget_judged(task.lake.settings, task.tenant.id, task.person.tokens)
        if judged:
            task.note("models", rows=judged)
    forget_stored(task)

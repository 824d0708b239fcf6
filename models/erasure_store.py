"""Erasing a person from the store: calls, incidents, messages, consents and what waits there."""

from features.online_persons import ways_of
from ingestion.extractors.gone import forget_gone
from models.erasure_task import Task
from tenancy.calls import forget_calls_of
from tenancy.consents import forget_consent
from tenancy.erasures import note_scores
from tenancy.incident_endings import forget_incidents, scores_of_person
from tenancy.incident_files import FILES, contents_of, files_lease
from tenancy.outbox import forget_person
from tenancy.tokens import token
from tenancy.webhook_deliveries import forget_told


def forget_calls(task: Task) -> None:
    """Forget the person's calls in operation, while the vault still knows their telephones."""
    told = task.lake.vault.known(task.tenant, task.person.tokens)
    ways = [way for way, form in ways_of(task.contract).items() if form == "phone"]
    numbers = {values.get(way) for values in told.values() for way in ways}
    phones = {token(number, task.person.key, "phone") for number in numbers if number}
    with task.step("calls"):
        gone = forget_calls_of(task.lake.store, task.tenant, task.person.tokens, phones)
        if gone:
            task.note("calls", rows=gone)


def forget_stored(task: Task) -> None:
    """Forget what waits for the lake, registered incidents, messages and consents."""
    with task.step("outbox"):
        changes = forget_person(task.lake.store, task.tenant, task.person.tokens)
        if changes:
            task.note("outbox", rows=changes)
    with task.step("incidents"):
        _incidents(task)
    with task.step("webhooks"):
        told = forget_told(task.lake.store, task.tenant, task.person.tokens)
        if told:
            task.note("webhooks", rows=told)
    with task.step("consents"):
        for mark in sorted(task.person.marks):
            if forget_consent(task.lake.store, task.tenant, mark):
                task.note("consents", rows=1)


def _incidents(task: Task) -> None:
    """Erase the person's incidents in the store, with what was answered and the files they sent."""
    lake, tenant, tokens = task.lake, task.tenant, task.person.tokens
    keys, scores = lake.keys.of(tenant), scores_of_person(lake.store, tenant, tokens)
    note_scores(lake.store, task.erasure, {keys.mark("score", one) for one in scores})
    gone = forget_incidents(lake.store, tenant, tokens=tokens)
    if gone:
        task.note("incidents", rows=gone)
    with lake.lease(files_lease(tenant)):
        files = lake.objects.keep_only(tenant, FILES, contents_of(lake.store, tenant))
    if files:
        task.note("incident_files", files=files)
    for ref, rows in forget_gone(lake, tenant).items():
        task.note(f"silver.{ref.name}", rows=rows)

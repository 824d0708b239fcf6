"""Taking the past away, in which a person is still: of tables, and of what is copied from them."""

from features.online_store import build_online, online_of
from lakehouse.online_file import forget_online
from lakehouse.search_folder import forget_search
from models.erasure_task import Task
from tenancy.erasures import get_erasure


def forget_pasts(task: Task) -> None:
    """Bring figures of gold up to date, then take every table's past away."""
    from ingestion.gold.refine import refine

    with task.step("gold"):
        refine(task.lake, task.tenant, task.contract, finishing=False)
    for ref in task.lake.refs(task.tenant):
        place = f"{ref.layer}.{ref.name}"
        with task.step(f"past of {place}"):
            past = task.lake.forget_past(ref)
            if past is not None:
                known = get_erasure(task.lake.store, task.tenant, task.erasure.id).places
                told = {**known.get(place, {}), "version": past.version}
                if past.files:
                    told["old_files"] = int(told.get("old_files", 0)) + past.files
                task.note(place, **told)
    with task.step("online"):
        _renew_online(task)
    with task.step("search"):
        # Whoever searches next has it made anew, of what is left.
        files = forget_search(task.lake, task.tenant)
        if files:
            task.note("search", files=files)
    with task.step("sql"):
        from lakehouse.sql_copy import renew, rows_of

        rows = rows_of(task.lake, task.tenant, task.person.tokens)
        if renew(task.lake, task.tenant, whole=True) is not None and rows:
            task.note("sql", rows=rows)


def _renew_online(task: Task) -> None:
    """Take the online store away, and make it anew of what is left."""
    facts = online_of(task.lake, task.tenant)
    if facts is None:
        return
    known = any(facts.person(one).is_known for one in task.person.tokens)
    forget_online(task.lake, task.tenant)
    if known:
        task.note("online", files=1)
    build_online(task.lake, task.tenant, task.contract)

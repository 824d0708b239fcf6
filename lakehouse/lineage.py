"""Runs as the outside is told of them: what ran for whom, what it read and what it wrote.

A function says once that it is a run (``@observed``). What it reads and writes is noted where the
lake is read and written, so that nobody lists tables. Off unless ``ABCALL_OPENLINEAGE`` names a
receiver; then ``openlineage`` says it in that standard's words.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from uuid import uuid4

if TYPE_CHECKING:
    from foundation.settings import Settings
    from lakehouse.commits import Committed
    from lakehouse.refs import TableRef

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Thing:
    """What a run reads or writes: a table, by its reference; a model; the files of a table.

    Attributes
    ----------
    tenant_id
        Whose it is.
    name
        ``silver.customers``, ``model.churn``, ``landing.customers``.
    """

    tenant_id: str
    name: str
    ref: "TableRef | None" = field(default=None, compare=False)


@dataclass(frozen=True)
class Check:
    """An expectation of a table's, and whether it was met; it holds no value of a cell."""

    kind: str
    column: str | None
    passed: bool


@dataclass
class Written:
    """What was written of a thing in one run; ``rows``: inserted and updated."""

    version: str
    rows: int = 0


@dataclass
class Run:
    """One run of a job for one tenant.

    Attributes
    ----------
    read
        Thing → the version that was read first.
    wrote
        Thing → what was written of it.
    checked
        Thing → what was expected of it.
    """

    tenant_id: str
    job: str
    parent: "Run | None" = None
    id: str = field(default_factory=lambda: str(uuid4()))
    read: dict[Thing, str] = field(default_factory=dict)
    wrote: dict[Thing, Written] = field(default_factory=dict)
    checked: dict[Thing, Sequence[Check]] = field(default_factory=dict)


_current: ContextVar[Run | None] = ContextVar("abcall_run", default=None)


def observed(job: str, of: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return what makes a function of ``lake`` and ``tenant`` a run that the outside is told of.

    Parameters
    ----------
    job
        Its name: ``gold``.
    of
        The parameter that says of what: ``train`` of ``model_name`` is ``train.churn``.
    """

    def around(function: Callable[P, R]) -> Callable[P, R]:
        parameters = signature(function)

        @wraps(function)
        def inside(*args: P.args, **kwargs: P.kwargs) -> R:
            given = parameters.bind(*args, **kwargs).arguments
            settings = given["lake"].settings
            if not settings.openlineage:
                return function(*args, **kwargs)
            named = job if of is None else f"{job}.{given[of]}"
            with _told(settings, Run(given["tenant"].id, named, _current.get())):
                return function(*args, **kwargs)

        return inside

    return around


@contextmanager
def _told(settings: "Settings", run: Run) -> Iterator[None]:
    """Tell of a run's beginning and end; what it is that fails goes on its way."""
    from lakehouse.openlineage import tell

    tell(settings, run, "START")
    before = _current.set(run)
    try:
        yield
    except Exception as error:
        tell(settings, run, "FAIL", error)
        raise
    except BaseException:
        tell(settings, run, "ABORT")
        raise
    else:
        tell(settings, run, "COMPLETE")
    finally:
        _current.reset(before)


def note_read(ref: "TableRef", version: int | None = None) -> None:
    """Note that the run reads a table, at its newest or at a given version."""
    run, thing = _current.get(), _table(ref)
    if run is not None and thing not in run.read:
        from lakehouse.commits import open_table

        table = open_table(ref.path) if version is None else None
        found = version if table is None else table.version()
        if found is not None:
            run.read[thing] = str(found)


def note_written(ref: "TableRef", done: "Committed") -> None:
    """Note what the run wrote of a table."""
    run = _current.get()
    if run is not None and done.version >= 0:
        written = run.wrote.setdefault(_table(ref), Written(""))
        written.version = str(done.version)
        written.rows += done.inserted + done.updated


def note_checked(ref: "TableRef", checks: Sequence[Check]) -> None:
    """Note what was expected of a table that the run has read."""
    run = _current.get()
    if run is not None:
        run.checked[_table(ref)] = checks


def note_used(tenant_id: str, name: str, version: str) -> None:
    """Note that the run uses what is no table: a version of a model, the file of an upload."""
    run = _current.get()
    if run is not None:
        run.read.setdefault(Thing(tenant_id, name), version)


def note_made(tenant_id: str, name: str, version: str) -> None:
    """Note that the run made what is no table."""
    run = _current.get()
    if run is not None:
        run.wrote[Thing(tenant_id, name)] = Written(version)


def _table(ref: "TableRef") -> Thing:
    return Thing(ref.tenant, f"{ref.layer}.{ref.name}", ref)

"""Whether the vertical is scored, shown on pages, and seen by nobody else."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from cli.conformance.finding import Finding, broken, sound, tried
from cli.conformance.persons import persons_in_the_open
from cli.conformance.trial import OTHER, TRIED, Trial
from data_contracts.contract import OPEN, Contract
from foundation.errors import NotFound
from tenancy.actor import Actor
from tenancy.tenants import tenant_for

if TYPE_CHECKING:
    from dashboards.gold import Gold


def check_scoring(trial: Trial) -> Iterator[Finding]:
    """Score everyone twice: once, and then nobody again."""
    for model in trial.contract.models:
        yield tried("scoring", model.name, partial(_scored, trial, model.name))


def _scored(trial: Trial, model: str) -> Finding:
    from models.batch import score_current

    tenant = trial.tenant(TRIED)
    run = score_current(trial.lake, tenant, model, trial.contract)
    again = score_current(trial.lake, tenant, model, trial.contract)
    if not run.scored:
        return broken("scoring", "nobody_scored", model=model)
    if not again.already:
        return broken("scoring", "scored_twice", model=model)
    return sound("scoring", model=model, rows=run.scored)


def check_dashboard(trial: Trial) -> Iterator[Finding]:
    """Ask of gold what the pages ask: the newest run, who comes first, and each dimension."""
    from dashboards.gold import Gold
    from dashboards.predictions import KNOWN, outlooks
    from dashboards.queries import Filters, latest_run, risk_of, scored
    from dashboards.words import Words

    gold, contract = Gold(trial.lake, trial.tenant(TRIED)), trial.contract
    told = {one.model.name for one in outlooks(gold, contract, Words("es", "USD"))} | set(KNOWN)
    for model in contract.models:
        run = latest_run(gold, model.name)
        if run is None or model.name not in told or not scored(gold, run, Filters(), limit=1):
            yield broken("dashboard", "not_shown", model=model.name)
        else:
            risk_of(gold, run)
    yield from _declared(gold, contract)
    dashboard = contract.dashboard
    counts = {"dimensions": len(dashboard.dimensions), "metrics": len(dashboard.metrics)}
    yield sound("dashboard", models=len(contract.models), **counts)


def _declared(gold: "Gold", contract: Contract) -> Iterator[Finding]:
    """Look at what the contract groups pages by, and at its own figures."""
    from dashboards.own_metrics import measured
    from dashboards.queries import values_of

    customers = contract.table("customers")
    for dimension in contract.dashboard.dimensions:
        if customers.column(dimension).classification not in OPEN:
            yield broken("dashboard", "personal_dimension", column=dimension)
        elif not values_of(gold, dimension):
            yield broken("dashboard", "empty_dimension", column=dimension)
    for metric in measured(gold, contract):
        if metric.mean is None:
            yield broken("dashboard", "empty_metric", column=metric.column.name)


def check_isolation(trial: Trial) -> Iterator[Finding]:
    """Ask as another tenant's manager, and look for persons in what is kept in the clear."""
    from dashboards.gold import Gold

    mine, other = trial.tenant(TRIED), trial.tenant(OTHER)
    outsider = Actor("user:other", "user", other.id, frozenset({"manager"}))
    try:
        tenant_for(trial.lake.store, outsider, mine.id)
        yield broken("isolation", "let_in")
    except NotFound:
        pass
    gold = Gold(trial.lake, other)
    tables = [name for name in ("customer", "incident", "score") if gold.has(name)]
    if tables:
        yield broken("isolation", "sees_tables", tables=", ".join(tables))
    for table in trial.contract.tables:
        stored = set(trial.lake.arrow(trial.lake.ref(mine, "silver", table.name)).column_names)
        personal = {c.name for c in table.columns if c.classification == "personal"}
        for column in sorted(stored & personal):
            yield broken("isolation", "in_the_clear", table=table.name, column=column)
    yield from persons_in_the_open(trial)
    yield sound("isolation")

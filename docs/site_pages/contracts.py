"""The reference of contracts: what each vertical's says of tables, models, dashboard and offers."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from data_contracts.contract import Column, Contract, Model, Table
from data_contracts.loader import load_contracts
from site_pages.markdown import code, page, plain, table, terms

HISTORY = Path(__file__).resolve().parents[1] / "contracts"
PROTECTED = {
    "identifier": "kept as a keyed token",
    "personal": "only in the vault",
    "free_text": "masked",
}
"""What becomes of a protected column from silver onward."""


def contract_pages() -> Iterator[tuple[str, str]]:
    """Yield each vertical's name and page."""
    for vertical, contract in load_contracts().items():
        yield vertical, _page(contract)


def _page(contract: Contract) -> str:
    return page(
        f"# {plain(contract.label['en'])}",
        f"{plain(contract.description)} Version {contract.version}, declared in "
        f"`data_contracts/{contract.vertical}.odcs.yaml`.",
        *(part for one in contract.tables for part in _table(one)),
        "## What is learned",
        *(part for model in contract.models for part in _model(model)),
        "## What is shown",
        f"Metrics: {_listed(contract.dashboard.metrics)}. "
        f"Grouped by: {_listed(contract.dashboard.dimensions)}.",
        *_offers(contract),
        *_retention(contract),
        _history(contract.vertical),
    )


def _table(declared: Table) -> list[str]:
    kinds = f"Key: {_listed(declared.key_kinds)}. Files: {_listed(declared.upload_kinds)}."
    past = "Its past is kept, version by version." if declared.history else ""
    entries = [(_column(one), _meaning(one)) for one in declared.columns]
    return [
        f"## Table `{declared.name}`",
        plain(declared.description["en"]),
        f"{kinds} {past}".strip(),
        terms(entries),
    ]


def _column(column: Column) -> str:
    needed = "key" if column.key else "required" if column.required else ""
    return " · ".join(filter(None, [code(column.name), column.type, needed]))


def _meaning(column: Column) -> str:
    limits = [str(v) if v is not None else "" for v in (column.minimum, column.maximum)]
    allowed = _listed(column.allowed) if column.allowed else ""
    said = [
        plain(column.description["en"]),
        f"Role: {column.role.replace('_', ' ')}.",
        f"Protected: {PROTECTED[column.classification]}."
        if column.classification in PROTECTED
        else "",
        f"In {plain(column.unit)}." if column.unit else "",
        f"From {limits[0] or '−∞'} to {limits[1] or '∞'}." if any(limits) else "",
        f"One of {allowed}." if allowed else "",
    ]
    return " ".join(filter(None, said))


def _model(model: Model) -> list[str]:
    label = model.label
    outcome = f"{code(label.outcome)} of table {code(label.table)}"
    return [
        f"### Model `{model.name}`",
        f"{plain(model.title['en'])}: predicts {outcome} within {label.horizon_days} days, for "
        f"each {model.entity} ({model.task}), judged by {code(model.metric)}.",
        f"Features: {_listed(model.features)}.",
        f"Estimators: {_listed(model.estimators)}. "
        f"Classes: {_listed([one.name for one in model.classes]) or 'none'}.",
    ]


def _offers(contract: Contract) -> list[str]:
    if not contract.offers:
        return []
    rows = [(code(o.name), plain(o.label["en"]), str(o.cost_months)) for o in contract.offers]
    share = f"{contract.offer_policy.hold_out_share:.0%}"
    held = (
        f"{share} of those who would get an offer get none, by chance: so its effect is measured."
    )
    return [
        "## What is offered",
        table(["offer", "in words", "cost, in months of value"], rows),
        held,
    ]


def _retention(contract: Contract) -> list[str]:
    if not contract.retention:
        return []
    units = {"d": "days", "y": "years"}
    rows = [(code(one.element), f"{one.value} {units[one.unit]}") for one in contract.retention]
    return ["## How long it is kept", table(["what", "for"], rows)]


def _history(vertical: str) -> str:
    """Return the change log of a contract, its headings one level lower."""
    path = HISTORY / f"{vertical}.md"
    if not path.exists():
        return ""
    _, _, changes = path.read_text(encoding="utf-8").partition("\n## ")
    return "## What changed\n\n" + re.sub("^(##+ )", r"#\1", f"## {changes}", flags=re.MULTILINE)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(code, names))

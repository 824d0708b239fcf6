"""Little data: learning curves with the vertical's prior, and without it.

Companies are groups of one file's rows: a newcomer learns from a few of its own, its prior comes
from the other groups alone. That is kinder than life, where companies differ more. The first
setting is not: the prior knows generated companies only, and the newcomer is a real one.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.models_tabular import ESTIMATORS, SOURCES
from benchmarks.real_tables import Columns, read, read_columns, rows_of
from benchmarks.table import Line
from data_contracts.contract import Column
from data_contracts.loader import load_contracts
from models.arrays import Floats, Ints
from models.calibration import log_loss_of
from models.columns import category, is_missing
from models.cross import fit
from models.prior import FEWEST_PERSONS, Prior, part_of
from models.ranking import auc_of_draws
from models.rows import Rows
from models.threads import bounded

DRAWS = {50: 4, 100: 4, 500: 2, 1_000: 2, 5_000: 1}
"""Rows learned from → draws of them, each of every newcomer."""
QUICK_DRAWS = {50: 2}
ASKED_LEAST, ASKED_MOST = 500, 3_000
MOST_NEWCOMERS = 2
USEFUL = (50, 100)
"""Where the prior must not be below the model without it, and above it on average."""
SEED = 0


@dataclass(frozen=True)
class Newcomer:
    """A company that begins: its rows, and what its vertical knows of others."""

    name: str
    rows: Rows
    prior: Prior


@dataclass(frozen=True)
class Setting:
    """Newcomers that are averaged, and in words where their priors come from."""

    name: str
    newcomers: tuple[Newcomer, ...]
    told: str


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures and the notes of this part."""
    settings = [payments()] if quick else [generated(), payments(), jobs()]
    figures = [line for setting in settings for line in _curve(setting, quick=quick)]
    return figures, [NOTE]


NOTE = (
    "both learn from the same drawn rows and are asked about the same others; ± 1.96 standard "
    "errors of the mean over draws and newcomers; in brackets the log loss"
)


def payments() -> Setting:
    """Telco customers by how they pay: four companies, the largest newcomers in turn."""
    rows = telco()
    newcomers = tuple(among(rows, "payment_method", MOST_NEWCOMERS))
    return Setting("Telco by payment", newcomers, "prior: the other three ways of paying")


def jobs() -> Setting:
    """Telemarketing by job: the largest are newcomers, the prior is of all others."""
    source = next(one for one in SOURCES if one.name == "telemarketing")
    newcomers = tuple(among(read(source), "job", MOST_NEWCOMERS))
    return Setting(
        "telemarketing by job", newcomers, "prior: the other jobs of 500 persons or more"
    )


def generated() -> Setting:
    """All of Telco is the newcomer; what the vertical knows is generated."""
    from cli.prior_generated import generated_parts

    parts = generated_parts("telecom", 1.0)["churn"]
    newcomer = Newcomer("Telco", telco(), Prior("generated", tuple(parts)))
    rows = sum(part.rows for part in parts)
    told = f"prior: {len(parts)} generated companies, {rows:,} rows, nobody's data"
    return Setting("Telco, prior generated", (newcomer,), told)


def among(rows: Rows, column: str, most: int) -> Iterator[Newcomer]:
    """Yield the largest groups of a column as newcomers to the others."""
    groups = np.array([category(record[column]) for record in rows.records])
    names, counts = np.unique(groups, return_counts=True)
    names = names[np.argsort(-counts, kind="stable")]
    kinds = {name: kind for name, kind in rows.kinds.items() if name != column}
    rows = replace(rows, kinds=kinds)
    companies = {name: rows.take(np.flatnonzero(groups == name)) for name in names}
    parts = {n: part_of(c, kinds) for n, c in companies.items() if len(c) >= FEWEST_PERSONS}
    for name in names[:most]:
        others = tuple(part for other, part in parts.items() if other != name)
        yield Newcomer(str(name), companies[name], Prior("tenants", others))


def telco() -> Rows:
    """Return the Telco file under the names and values of the telecom contract."""
    source = next(one for one in SOURCES if one.name == "Telco churn")
    columns, codes = read_columns(source)
    known = load_contracts()["telecom"].table("customers").columns
    by_header = {word.lower(): one for one in known for word in (one.name, *one.synonyms)}
    named: Columns = {}
    for header, values in columns.items():
        column = by_header[header.lower()]
        named[column.name] = [_as_stored(column, value) for value in values]
    return rows_of(named, codes)


def _as_stored(column: Column, value: object) -> object:
    """Return a value as the contract stores it; booleans as 1 and 0, as features are."""
    if is_missing(value):
        return None
    writings = {written.lower(): stored for written, stored in column.writings()}
    plain = category(value)
    if column.type == "boolean":
        return float(plain.lower() in ("1", "yes", "true"))
    return writings.get(plain.lower(), plain) if column.type == "string" else value


def _curve(setting: Setting, *, quick: bool) -> Iterator[Line]:
    for size, draws in (QUICK_DRAWS if quick else DRAWS).items():
        started = time.perf_counter()
        usable = [n for n in setting.newcomers if len(n.rows) >= size + ASKED_LEAST]
        if not usable:
            continue
        found = np.array([_pair(n, size, draw) for n in usable for draw in range(draws)])
        print(
            f"· {setting.name}, {size} rows: {time.perf_counter() - started:.0f} s",
            file=sys.stderr,
            flush=True,
        )
        yield _line(setting, size, found, least=size in USEFUL and not quick)


def _line(setting: Setting, size: int, found: Floats, *, least: bool) -> Line:
    """Return a point of the curve; ``found``: AUC and log loss with and without, (draws, 4)."""
    gained = found[:, 0] - found[:, 2]
    spread = "one draw"
    if len(gained) > 1:
        error = 1.96 * gained.std(ddof=1) / np.sqrt(len(gained))
        spread = f"± {error:.4f}, {len(gained)} draws"
    with_, loss, without, other = found.mean(axis=0)
    return Line(
        f"{setting.name}, {size:,} rows: AUC with the prior less without",
        float(gained.mean()),
        unit="",
        least=0.0 if least else None,
        peer=f"{without:.4f} ({other:.4f}) without",
        configuration=f"{spread}; {with_:.4f} ({loss:.4f}) with; " + setting.told,
        digits=4,
    )


def _pair(newcomer: Newcomer, size: int, draw: int) -> tuple[float, float, float, float]:
    """Return AUC and log loss with the prior, then without, for one draw of rows."""
    from sklearn.model_selection import StratifiedShuffleSplit

    rows = newcomer.rows
    most = min(len(rows) - size, ASKED_MOST)
    split = StratifiedShuffleSplit(1, train_size=size, test_size=most, random_state=draw)
    learn, asked = next(split.split(np.zeros(len(rows)), rows.codes))
    told = [_said(replace(rows, prior=known), learn, asked) for known in (newcomer.prior, None)]
    return (*told[0], *told[1])


def _said(rows: Rows, learn: Ints, asked: Ints) -> tuple[float, float]:
    with bounded():
        pipeline = fit(rows.take(learn), ESTIMATORS, "auc", SEED)
    judged = rows.take(asked)
    margins = pipeline.margins(judged.records)
    auc = auc_of_draws(judged.codes, margins[:, 0])(np.ones((1, len(asked))))
    return float(auc[0]), log_loss_of(margins, judged.codes)

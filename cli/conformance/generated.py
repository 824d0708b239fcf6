"""Rows made from a contract alone, with outcomes that can be learned: golden rows, many of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from data_contracts.contract import Column, Contract, Model, Table
from data_contracts.golden import Row, good_row

ROWS = 500
SEED = 7
NOISE = 0.1
"""Share of outcomes that go against what the features say: nothing is quite certain."""
START = datetime(2025, 1, 1)
YEAR = timedelta(days=365)
TIMES = ("date", "timestamp")
GOLDEN_RATIO = 0.618034
CLASSES = ("one", "two", "three")


def generated_rows(contract: Contract, table: Table) -> list[Row]:
    """Return rows of a table; the same contract gives the same rows."""
    random = Random(f"{SEED} {contract.vertical} {table.name}")
    rows = [_plain(table, good_row(table, n, random)) for n in range(1, ROWS + 1)]
    models = [model for model in contract.models if model.label.table == table.name]
    telling = _telling(table)
    kinds = _kinds(table)
    for rank, row in zip(_ranks(rows, telling), rows, strict=True):
        if kinds is not None:
            row[kinds.name] = kinds.allowed[int(rank * len(kinds.allowed))]
        for model in models:
            _plant(model, table, row, rank, random)
    return rows


def _plain(table: Table, row: Row) -> Row:
    """Return a row of somebody who is known from the start, and refuses nothing.

    What dates them, as when they signed up, lies before.
    """
    for column in table.columns:
        if column.role in ("consent", "objection"):
            row[column.name] = ""
        if column.role == "effective_time":
            row[column.name] = _written(column, START)
        elif table.history and column.role == "attribute" and column.type in TIMES:
            row[column.name] = _written(column, _moment_of(row[column.name]) - YEAR)
    return row


def _telling(table: Table) -> Column | None:
    """Return the first measure that is a number: what the outcomes are made to depend on."""
    numbers = (c for c in table.by_role("measure") if c.type in ("integer", "number", "money"))
    return next(numbers, None)


def _kinds(table: Table) -> Column | None:
    """Return the first column of listed kinds: where facts have no numbers, it tells."""
    return next((c for c in table.columns if c.allowed and c.role == "attribute"), None)


def _ranks(rows: Sequence[Row], telling: Column | None) -> Iterator[float]:
    """Yield each row's rank by what tells, 0 to 1; spread evenly where no number does."""
    if telling is None:
        yield from (place * GOLDEN_RATIO % 1 for place in range(len(rows)))
        return
    values = [float(row[telling.name]) for row in rows]
    order = sorted(range(len(rows)), key=lambda place: values[place])
    ranks = {place: rank / len(rows) for rank, place in enumerate(order)}
    yield from (ranks[place] for place in range(len(rows)))


def _plant(model: Model, table: Table, row: Row, rank: float, random: Random) -> None:
    """Make a row's outcome follow from its rank, but for some noise."""
    rank = random.random() if random.random() < NOISE else rank
    label = model.label
    if label.column is not None:
        row[label.column] = _outcome(model, table.column(label.column), rank)
    if label.time_column is not None:
        happens = rank < 0.5
        late = label.is_late and happens
        days = label.horizon_days * (1.5 if late else random.uniform(0.1, 0.9))
        since = _began(table, row) + timedelta(days=0 if label.is_late else _moment(table, random))
        told = happens or label.is_late
        time = table.column(label.time_column)
        row[label.time_column] = _written(time, since + timedelta(days=days)) if told else ""


def _moment(table: Table, random: Random) -> float:
    """Return days from a row's beginning to the month of its outcome; an event's comes at once."""
    return random.uniform(90, 300) if table.history else 0


def _began(table: Table, row: Row) -> datetime:
    times = table.by_role("event_time") or table.by_role("effective_time")
    return _moment_of(row[times[0].name])


def _outcome(model: Model, column: Column, rank: float) -> str:
    if model.task == "binary":
        return "true" if rank < 0.5 else "false"
    if model.task == "number":
        low = float(column.minimum or 0)
        high = min(float(column.maximum or 100), low + 1000)
        return str(round(low + (high - low) * rank))
    classes = classes_of(column)
    return classes[min(int(rank * len(classes)), len(classes) - 1)]


def classes_of(column: Column) -> tuple[str, ...]:
    """Return the classes that a generated outcome of several takes."""
    return (column.allowed or column.examples or CLASSES)[: len(CLASSES)]


def _moment_of(written: str) -> datetime:
    return datetime.fromisoformat(written.removesuffix("Z"))


def _written(column: Column, moment: datetime) -> str:
    if column.type == "date":
        return moment.date().isoformat()
    return f"{moment.isoformat(timespec='seconds')}Z"

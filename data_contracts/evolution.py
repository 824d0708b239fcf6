"""What changed between two contracts, and how grave each change is: two values in, a list out.

``major``: what a tenant sends, stores or learns from may no longer fit; ``minor``: something was
added or loosened, and all that fitted fits; ``patch``: only words changed.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from data_contracts.contract import Contract, Model, Table
from data_contracts.evolution_columns import Difference, column_differences
from data_contracts.versions import LEVELS, Level
from foundation.texts import Language, text


@dataclass(frozen=True)
class Change:
    """One change of a contract.

    Attributes
    ----------
    kind
        ``column_removed``, ``range_narrowed`` …: the key of its sentence.
    table, column
        Where; empty for what concerns the whole vertical.
    subject
        Model, offer, metric or dimension that it concerns.
    arguments
        What was and what is, for the sentence.
    """

    kind: str
    level: Level
    table: str = ""
    column: str = ""
    subject: str = ""
    arguments: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def place(self) -> str:
        """``table.column``, ``table`` or the subject: how a migration names it."""
        return ".".join(name for name in (self.table, self.column) if name) or self.subject

    def say(self, language: Language = "es") -> str:
        """Return the change as a sentence."""
        return text(
            f"contract_changes.{self.kind}",
            language,
            table=self.table,
            column=self.column,
            subject=self.subject,
            **self.arguments,
        )


def compare(old: Contract, new: Contract) -> tuple[Change, ...]:
    """Return what changed from one contract to another, the gravest first."""
    changes = [
        *_tables(old, new),
        *_models(old.models, new.models),
        *_names("metric", old.dashboard.metrics, new.dashboard.metrics),
        *_names("dimension", old.dashboard.dimensions, new.dashboard.dimensions),
        *_offers(old, new),
    ]
    if (old.label, old.description) != (new.label, new.description):
        changes.append(Change("vertical_words", "patch", subject=new.vertical))
    return tuple(sorted(changes, key=lambda change: -LEVELS.index(change.level)))


def gravest(changes: Sequence[Change]) -> Level:
    """Return the level that the changes need together; ``patch`` where there are none."""
    return max((change.level for change in changes), key=LEVELS.index, default="patch")


def _tables(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = ({t.name: t for t in contract.tables} for contract in (old, new))
    yield from (Change("table_removed", "major", name) for name in before if name not in after)
    yield from (Change("table_added", "minor", name) for name in after if name not in before)
    for name in before.keys() & after.keys():
        yield from _table(before[name], after[name])


def _table(old: Table, new: Table) -> Iterator[Change]:
    for what in ("key_kinds", "upload_kinds"):
        was, now = getattr(old, what), getattr(new, what)
        yield from _kinds(old.name, what, was, now)
    if [c.name for c in old.keys] != [c.name for c in new.keys]:
        was, now = (", ".join(c.name for c in table.keys) or "-" for table in (old, new))
        yield Change("key_changed", "major", old.name, arguments={"was": was, "now": now})
    if old.history != new.history:
        yield Change("history_changed", "major", old.name)
    if (old.label, old.description) != (new.label, new.description):
        yield Change("table_words", "patch", old.name)
    yield from _columns(old, new)


def _kinds(table: str, what: str, was: Sequence[str], now: Sequence[str]) -> Iterator[Change]:
    gone, come = _only(was, now), _only(now, was)
    if gone:
        yield Change(f"{what}_removed", "major", table, arguments={"kinds": ", ".join(gone)})
    if come:
        yield Change(f"{what}_added", "minor", table, arguments={"kinds": ", ".join(come)})


def _columns(old: Table, new: Table) -> Iterator[Change]:
    before, after = ({c.name: c for c in table.columns} for table in (old, new))
    for name in _only(before, after):
        yield Change("column_removed", "major", old.name, name)
    for name in _only(after, before):
        demanded = after[name].key or (after[name].required and after[name].blank_means is None)
        if demanded:
            yield Change("column_demanded", "major", old.name, name)
        else:
            yield Change("column_added", "minor", old.name, name)
    for name, column in before.items():
        if name in after:
            yield from (
                _of_column(old.name, name, found)
                for found in column_differences(column, after[name])
            )


def _of_column(table: str, column: str, found: Difference) -> Change:
    arguments = {"was": found.was, "now": found.now}
    return Change(found.kind, found.level, table, column, arguments=arguments)


def _models(old: Sequence[Model], new: Sequence[Model]) -> Iterator[Change]:
    before, after = ({m.name: m for m in models} for models in (old, new))
    for name in _only(before, after):
        yield Change("model_removed", "major", subject=name)
    for name in _only(after, before):
        yield Change("model_added", "minor", subject=name)
    for name, model in before.items():
        if name in after:
            yield from _model(model, after[name])


def _model(old: Model, new: Model) -> Iterator[Change]:
    if (old.entity, old.task) != (new.entity, new.task):
        yield Change("model_task", "major", subject=old.name)
    loosened = set(old.label.kinds) <= set(new.label.kinds)
    named = ("table", "column", "time_column", "horizon_days")
    same = all(getattr(old.label, one) == getattr(new.label, one) for one in named)
    if not (same and loosened):
        arguments = {"was": str(old.label.horizon_days), "now": str(new.label.horizon_days)}
        yield Change("model_label", "major", subject=old.name, arguments=arguments)
    elif come := _only(new.label.kinds, old.label.kinds):
        yield Change("model_label_kinds", "minor", subject=old.name, arguments=_listed(come))
    gone, come = _only(old.features, new.features), _only(new.features, old.features)
    if gone:
        yield Change("features_removed", "major", subject=old.name, arguments=_listed(gone))
    if come:
        yield Change("features_added", "minor", subject=old.name, arguments=_listed(come))
    judged = ("estimators", "metric", "money", "classes")
    if any(getattr(old, one) != getattr(new, one) for one in judged):
        yield Change("model_decisions", "minor", subject=old.name)
    if old.title != new.title:
        yield Change("model_words", "patch", subject=old.name)


def _names(what: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    for name in _only(old, new):
        yield Change(f"{what}_removed", "major", subject=name)
    for name in _only(new, old):
        yield Change(f"{what}_added", "minor", subject=name)


def _offers(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = ({o.name: o for o in contract.offers} for contract in (old, new))
    yield from _names("offer", list(before), list(after))
    for name, offer in before.items():
        if name in after and after[name] != offer:
            yield Change("offer_changed", "minor", subject=name)


def _only(these: Iterable[str], others: Container[str]) -> list[str]:
    return [name for name in these if name not in others]


def _listed(names: Sequence[str]) -> dict[str, str]:
    return {"names": ", ".join(names)}

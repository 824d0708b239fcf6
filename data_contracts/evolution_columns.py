"""What changed in one column, and how grave that is: one rule a property."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from data_contracts.contract import Column
from data_contracts.versions import Level


@dataclass(frozen=True)
class Difference:
    """One changed property: the kind of change, its level, what was and what is, as texts."""

    kind: str
    level: Level
    was: str = ""
    now: str = ""


Rule = Callable[[Column, Column], Iterator[Difference]]


def column_differences(old: Column, new: Column) -> Iterator[Difference]:
    """Yield what changed from one declaration of a column to another."""
    for rule in RULES:
        yield from rule(old, new)


def _meaning(old: Column, new: Column) -> Iterator[Difference]:
    """Compare what a stored value is: any change makes older ones mean something else."""
    kinds = {
        "type": "type_changed",
        "classification": "classification_changed",
        "unit": "unit_changed",
        "blank_means": "blank_changed",
        "canonical": "canonical_changed",
    }
    for name, kind in kinds.items():
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield Difference(kind, "major", _text(was), _text(now))


def _role(old: Column, new: Column) -> Iterator[Difference]:
    """Compare roles: an attribute that becomes a measure is one feature more."""
    if old.role != new.role:
        gained = (old.role, new.role) == ("attribute", "measure")
        yield Difference("role_changed", "minor" if gained else "major", old.role, new.role)


def _knowledge(old: Column, new: Column) -> Iterator[Difference]:
    """Compare whether the guard against leaks may ask: what is stored stays what it is."""
    if old.known_in_time != new.known_in_time:
        yield Difference("known_in_time" if new.known_in_time else "known_no_more", "minor")


def _presence(old: Column, new: Column) -> Iterator[Difference]:
    was, now = (c.required and c.blank_means is None for c in (old, new))
    if now and not was:
        yield Difference("required_now", "major")
    if was and not now:
        yield Difference("required_no_more", "minor")


def _range(old: Column, new: Column) -> Iterator[Difference]:
    lower = _tighter(_negative(new.minimum), _negative(old.minimum))
    upper = _tighter(new.maximum, old.maximum)
    yield from _limits("range", lower, upper, (_range_text(old), _range_text(new)))


def _length(old: Column, new: Column) -> Iterator[Difference]:
    limits = [None if c.max_length is None else Decimal(c.max_length) for c in (old, new)]
    texts = (_text(old.max_length), _text(new.max_length))
    yield from _limits("length", _tighter(limits[1], limits[0]), 0, texts)


def _mean(old: Column, new: Column) -> Iterator[Difference]:
    (old_low, old_high), (new_low, new_high) = (c.mean_between or (None, None) for c in (old, new))
    lower, upper = _tighter(_negative(new_low), _negative(old_low)), _tighter(new_high, old_high)
    yield from _limits("mean", lower, upper, (_ends(old), _ends(new)))


def _limits(what: str, lower: int, upper: int, texts: tuple[str, str]) -> Iterator[Difference]:
    """Yield ``<what>_narrowed`` where either end is tighter, else ``<what>_widened``."""
    if max(lower, upper) > 0:
        yield Difference(f"{what}_narrowed", "major", *texts)
    elif min(lower, upper) < 0:
        yield Difference(f"{what}_widened", "minor", *texts)


def _pattern(old: Column, new: Column) -> Iterator[Difference]:
    if old.pattern == new.pattern:
        return
    if new.pattern:
        yield Difference("pattern_changed", "major", _text(old.pattern), new.pattern)
    else:
        yield Difference("pattern_dropped", "minor", _text(old.pattern))


def _values(old: Column, new: Column) -> Iterator[Difference]:
    """Compare allowed values; none declared means that all are allowed."""
    gone = [value for value in old.allowed if value not in new.allowed]
    come = [value for value in new.allowed if value not in old.allowed]
    if new.allowed and (gone or not old.allowed):
        yield Difference("values_narrowed", "major", ", ".join(gone or ["*"]), _list(new.allowed))
    elif old.allowed and not new.allowed:
        yield Difference("values_widened", "minor", _list(old.allowed), "*")
    elif come:
        yield Difference("values_widened", "minor", _list(old.allowed), ", ".join(come))


def _writings(old: Column, new: Column) -> Iterator[Difference]:
    """Compare other writings of values: one that is gone or means another value breaks."""
    before, after = (
        {word.casefold(): value for value, words in c.value_synonyms.items() for word in words}
        for c in (old, new)
    )
    lost = sorted(word for word, value in before.items() if after.get(word, "") != value)
    if lost:
        yield Difference("writings_lost", "major", ", ".join(lost))
    elif before != after:
        yield Difference("writings_added", "patch", "", ", ".join(sorted(after.keys() - before)))


def _words(old: Column, new: Column) -> Iterator[Difference]:
    told = ("label", "description", "value_labels", "examples")
    if any(getattr(old, name) != getattr(new, name) for name in told):
        yield Difference("column_words", "patch")
    if set(old.synonyms) != set(new.synonyms):
        yield Difference("headers_changed", "patch", _list(old.synonyms), _list(new.synonyms))


def _tighter(now: Decimal | None, was: Decimal | None) -> int:
    """Return 1 where an upper limit became tighter, -1 where looser, 0 where it stayed."""
    if now == was:
        return 0
    if now is None:
        return -1
    return 1 if was is None or now < was else -1


def _negative(limit: Decimal | None) -> Decimal | None:
    """Return a lower limit as an upper one of the opposite numbers."""
    return None if limit is None else -limit


def _range_text(column: Column) -> str:
    return f"{_text(column.minimum)} … {_text(column.maximum)}"


def _ends(column: Column) -> str:
    return "-" if column.mean_between is None else " … ".join(map(str, column.mean_between))


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(values) or "*"


def _text(value: object) -> str:
    return "-" if value is None else str(value)


RULES: tuple[Rule, ...] = (
    _meaning,
    _role,
    _knowledge,
    _presence,
    _range,
    _length,
    _mean,
    _pattern,
    _values,
    _writings,
    _words,
)

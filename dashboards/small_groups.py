"""The policy of small groups: no figure over fewer than five persons, nor what would reveal it.

A group of nobody is shown: it says nothing about anybody. Where exactly one group of a breakdown is
hidden, the total would give it away, so the smallest of the others is hidden too (complementary
suppression; Hundepool et al., *Statistical Disclosure Control*, 2012, 4.3).
"""

from collections.abc import Collection, Mapping
from typing import TypeVar

SMALLEST = 5

Name = TypeVar("Name")


def may_show(persons: int) -> bool:
    """Tell whether a figure over so many persons may be shown.

    >>> may_show(0), may_show(1), may_show(4), may_show(5)
    (True, False, False, True)
    """
    return persons == 0 or persons >= SMALLEST


def shown_groups(persons: Mapping[Name, int]) -> frozenset[Name]:
    """Return the groups of a breakdown whose figures may be shown beside its total.

    >>> sorted(shown_groups({"low": 40, "medium": 9, "high": 6, "critical": 3}))
    ['low', 'medium']
    """
    hidden = {name for name, count in persons.items() if not may_show(count)}
    others = [name for name, count in persons.items() if name not in hidden and count]
    if len(hidden) == 1 and others:
        hidden.add(min(others, key=lambda name: persons[name]))
    return frozenset(persons).difference(hidden)


def shown_halves(
    persons: Mapping[Name, int], risky: Collection[Name], risky_persons: int
) -> frozenset[Name]:
    """Return the groups that may be shown beside the total *and* the sum of the risky ones.

    Each half is a breakdown of a known sum; and where that of the risky ones is itself hidden, one
    of the others is too, or it would be what the others leave of the total.

    >>> sorted(shown_halves({"low": 40, "high": 20, "critical": 3}, {"high", "critical"}, 23))
    ['low']
    >>> sorted(shown_halves({"low": 40, "medium": 9, "critical": 3}, {"critical"}, 3))
    ['low']
    """
    halves = (
        {name: count for name, count in persons.items() if name in risky},
        {name: count for name, count in persons.items() if name not in risky},
    )
    shown = shown_groups(halves[0]) | shown_groups(halves[1])
    calm = [name for name in halves[1] if name in shown and halves[1][name]]
    everything_else_shown = len(calm) == sum(1 for count in halves[1].values() if count)
    if not may_show(risky_persons) and calm and everything_else_shown:
        shown -= {min(calm, key=lambda name: persons[name])}
    return shown

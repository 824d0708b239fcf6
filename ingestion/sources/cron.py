"""Schedules as five cron fields – minute, hour, day, month, weekday – in UTC."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from foundation.errors import InvalidRequest

_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_LONGEST = timedelta(days=4 * 366)
"""The rarest day, 29 February, comes back within it."""


@dataclass(frozen=True)
class Schedule:
    """Moments that repeat: a minute matches when all its fields do.

    As in cron, where both day and weekday are restricted, one of them is enough.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool

    def last_before(self, moment: datetime) -> datetime | None:
        """Return the newest matching minute that is not after ``moment``."""
        day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        while day > moment - _LONGEST:
            if self._has(day):
                times = [
                    day + timedelta(hours=h, minutes=m) for h in self.hours for m in self.minutes
                ]
                past = [time for time in times if time <= moment]
                if past:
                    return max(past)
            day -= timedelta(days=1)
        return None

    def _has(self, day: datetime) -> bool:
        by_day, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        either = self.any_day or self.any_weekday
        in_month = by_day and by_weekday if either else by_day or by_weekday
        return day.month in self.months and in_month


def parse_schedule(fields: str) -> Schedule:
    """Return the schedule that five fields write.

    Raises
    ------
    InvalidRequest
        They are no five fields of ``*``, ``*/n``, numbers, ranges and lists of them.
    """
    parts = fields.split()
    try:
        minutes, hours, days, months, weekdays = (
            _numbers(part, *bounds) for part, bounds in zip(parts, _RANGES, strict=True)
        )
    except ValueError as error:
        raise InvalidRequest("sources.bad_schedule", schedule=fields) from error
    sunday = {0} if 7 in weekdays else set()
    return Schedule(
        minutes, hours, days, months, weekdays - {7} | sunday, parts[2] == "*", parts[4] == "*"
    )


def due_at(fields: str, since: datetime, now: datetime) -> datetime | None:
    """Return the newest scheduled minute after ``since`` and not after ``now``, if there is one."""
    last = parse_schedule(fields).last_before(now)
    return last if last is not None and last > since else None


def _numbers(field: str, lowest: int, highest: int) -> frozenset[int]:
    """Return the numbers of a field; ``ValueError`` where it writes none or others."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        if span == "*":
            first, last = lowest, highest
        else:
            first, last = (int(end) for end in (span.split("-") if "-" in span else (span, span)))
            last = highest if step and "-" not in span else last
        if not lowest <= first <= last <= highest or (step and int(step) < 1):
            raise ValueError(field)
        found |= set(range(first, last + 1, int(step or 1)))
    return frozenset(found)

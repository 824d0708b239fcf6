"""What keeping recordings costs: bytes a call-minute as measured, by a price list that is given.

In the steady state of year N a month's bill is, over storage classes, bytes of that age × price,
plus the month's requests: each new recording is written once, moved into each later class once, and
read as often as the list says. Money is decimal in the list's currency; a gigabyte is 10⁹ bytes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from foundation.errors import InvalidRequest
from ingestion.media.policy import kept_form
from ingestion.media.sound import decoded

GIGABYTE = Decimal(10**9)
DAYS_A_YEAR, DAYS_A_MONTH = Decimal("365.25"), Decimal("365.25") / 12
SAMPLE_BYTES = 2
PER = Decimal(1000)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class PriceClass:
    """A storage class: what it costs, and until what age recordings stay in it.

    Attributes
    ----------
    gb_month, thousand_writes, thousand_reads
        Prices of a gigabyte a month, and of a thousand requests; moving in is a write.
    until_days
        None: to the end.
    """

    name: str
    gb_month: Decimal
    until_days: int | None
    thousand_writes: Decimal
    thousand_reads: Decimal


@dataclass(frozen=True)
class Prices:
    """A price list: classes in the order of age, and how often a recording is read at all."""

    currency: str
    classes: tuple[PriceClass, ...]
    reads_a_call: Decimal


@dataclass(frozen=True)
class Load:
    """How much is recorded: calls a minute through so many hours a day, and how long each is."""

    calls_a_minute: Decimal = Decimal(100)
    minutes_a_call: Decimal = Decimal(4)
    hours_a_day: Decimal = Decimal(24)
    years: Decimal = Decimal(10)

    @property
    def calls_a_day(self) -> Decimal:
        """Calls of a day."""
        return self.calls_a_minute * 60 * self.hours_a_day


@dataclass(frozen=True)
class CostLine:
    """A class's share of the bill; ``requests`` are the month's, ``amount`` holds both."""

    name: str
    gigabytes: Decimal
    storage: Decimal
    requests: Decimal

    @property
    def amount(self) -> Decimal:
        """Storage and requests."""
        return self.storage + self.requests


@dataclass(frozen=True)
class Measured:
    """Bytes a minute over some recordings, as 16-bit WAV of their rate and as Opus."""

    minutes: float
    wav: float
    opus: float


def measured(clips: Iterable[bytes], kilobits: int) -> Measured:
    """Encode recordings and return the bytes a minute; ``kilobits`` of Opus a second and channel.

    Raises
    ------
    InvalidRequest
        There is no recording.
    InvalidUpload, MissingPart
        As ``decoded``.
    """
    minutes = wav = opus = 0.0
    for clip in clips:
        sound = decoded(clip)
        minutes += sound.seconds / 60
        wav += sound.channels.size * SAMPLE_BYTES
        opus += len(kept_form(clip, "audio/wav", kilobits))
    if not minutes:
        raise InvalidRequest("media.no_clips")
    return Measured(minutes, wav / minutes, opus / minutes)


def monthly(bytes_a_minute: float, prices: Prices, load: Load) -> list[CostLine]:
    """Return the bill of the month in which ``load.years`` of recordings lie there."""
    bytes_a_day = Decimal(round(bytes_a_minute)) * load.minutes_a_call * load.calls_a_day
    calls = load.calls_a_day * DAYS_A_MONTH
    end = load.years * DAYS_A_YEAR
    edges = [Decimal(0)]
    edges += [
        end if c.until_days is None else min(end, Decimal(c.until_days)) for c in prices.classes
    ]
    lines = []
    for one, (begin, until) in zip(prices.classes, pairwise(edges), strict=True):
        gigabytes = bytes_a_day * max(Decimal(0), until - begin) / GIGABYTE
        reached = begin < end
        # Read where it is youngest: what is asked for again is nearly always of these days.
        read = prices.reads_a_call if begin == 0 else Decimal(0)
        requests = calls * (one.thousand_writes * reached + one.thousand_reads * read) / PER
        storage = (gigabytes * one.gb_month).quantize(CENT)
        lines.append(CostLine(one.name, gigabytes, storage, requests.quantize(CENT)))
    return lines


def read_prices(path: Path) -> Prices:
    """Return a price list from YAML.

    Raises
    ------
    InvalidRequest
        It is not there, is no price list, or its classes are not in the order of their days.
    """
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        classes = tuple(_class(one) for one in told["classes"])
        prices = Prices(str(told["currency"]), classes, _amount(told.get("reads_a_call", 0)))
    except OSError as error:
        raise InvalidRequest("media.no_prices", file=path.name) from error
    except (yaml.YAMLError, KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise InvalidRequest("media.bad_prices", file=path.name) from error
    days = [one.until_days for one in classes]
    ages = [one for one in days[:-1] if one is not None]
    ordered = len(ages) == len(days) - 1 and ages == sorted(set(ages))
    if not days or days[-1] is not None or not ordered:
        raise InvalidRequest("media.price_days", file=path.name)
    return prices


def _class(told: dict[str, Any]) -> PriceClass:
    days = told.get("until_days")
    return PriceClass(
        name=str(told["name"]),
        gb_month=_amount(told["gb_month"]),
        until_days=None if days is None else int(days),
        thousand_writes=_amount(told.get("thousand_writes", 0)),
        thousand_reads=_amount(told.get("thousand_reads", 0)),
    )


def _amount(told: object) -> Decimal:
    amount = Decimal(str(told))
    if not amount.is_finite() or amount < 0:
        raise ValueError(told)
    return amount

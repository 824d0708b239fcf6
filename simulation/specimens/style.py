"""How one client writes values: decimals, dates, truths, and what stands for no value."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from simulation.grid import Random

DATES = {
    "iso": "%Y-%m-%d %H:%M:%S",
    "iso_t": "%Y-%m-%dT%H:%M:%S",
    "zulu": "%Y-%m-%dT%H:%M:%SZ",
    "offset": "%Y-%m-%d %H:%M:%S-05:00",
    "slashes": "%d/%m/%Y %H:%M:%S",
    "dashes": "%d-%m-%Y %H:%M",
    "dots": "%d.%m.%Y %H:%M",
    "half_days": "%d/%m/%Y %I:%M %p",
}
"""Name of a style → its form; all keep whole minutes."""

BOGOTA = timezone(timedelta(hours=-5))
TRUTHS = (("Sí", "No"), ("sí", "no"), ("SI", "NO"), ("Yes", "No"), ("true", "false"), ("1", "0"),
          ("Verdadero", "Falso"), ("S", "N"), ("T", "F"))  # fmt: skip
BLANKS = ("", "", "NULL", "n/a", " ", "NaN")
CURRENCIES = ("", "", "", "$", "$ ", "COP ", "USD")
PADDINGS = ("", "", "", " ", "\u00a0")


@dataclass(frozen=True)
class Style:
    """A client's way of writing.

    Attributes
    ----------
    decimal, grouped
        Decimal separator, and whether the other of comma and point groups thousands.
    currency
        What stands before an amount.
    dates
        Name of a form of ``DATES``; moments are UTC unless the form says otherwise.
    truths
        Words for yes and no.
    blank
        What stands for no value.
    padding
        What stands around values.
    """

    decimal: str = "."
    grouped: bool = False
    currency: str = ""
    dates: str = "iso"
    truths: tuple[str, str] = ("Sí", "No")
    blank: str = ""
    padding: str = ""

    def write(self, meaning: object) -> str:
        """Return a value as this client writes it."""
        match meaning:
            case None:
                return self.blank
            case bool():
                word = self.truths[0] if meaning else self.truths[1]
            case Decimal():
                word = self.currency + self._amount(meaning)
            case datetime():
                word = self._moment(meaning)
            case _:
                word = str(meaning)
        return f"{self.padding}{word}{self.padding}"

    def number(self, text: str) -> str:
        """Return a number that is written with a point in this client's decimals."""
        return text.replace(".", self.decimal)

    def _amount(self, value: Decimal) -> str:
        text = f"{value:,.2f}" if self.grouped else f"{value:.2f}"
        swapped = str.maketrans(",.", ".,")
        return text if self.decimal == "." else text.translate(swapped)

    def _moment(self, value: datetime) -> str:
        local = value.astimezone(BOGOTA) if self.dates == "offset" else value
        return local.strftime(DATES[self.dates])


def draw_style(rng: Random) -> Style:
    """Draw a client's way of writing."""
    return Style(
        decimal=str(rng.choice((".", ","))),
        grouped=bool(rng.random() < 0.3),
        currency=CURRENCIES[int(rng.integers(len(CURRENCIES)))],
        dates=str(rng.choice(list(DATES))),
        truths=TRUTHS[int(rng.integers(len(TRUTHS)))],
        blank=BLANKS[int(rng.integers(len(BLANKS)))],
        padding=PADDINGS[int(rng.integers(len(PADDINGS)))],
    )

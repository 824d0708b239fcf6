"""Frames of words: what a notebook tells in a table, shown whole and without row numbers."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from foundation.texts import Language, text

MOST_ROWS = 100


class Told(pd.DataFrame):  # type: ignore[misc]
    """A frame that a person reads: no text of it is cut short."""

    @property
    def _constructor(self) -> type["Told"]:
        return Told

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            return str(self.to_html(index=False, max_rows=MOST_ROWS, border=0, classes="told"))


def told(name: str, rows: Iterable[Sequence[Any]], language: Language = "es") -> Told:
    """Return rows under the headers ``<name>_headers`` of the catalogue."""
    headers = text(f"notebooks.{name}_headers", language).split("|")
    return Told(list(rows), columns=headers)

"""What a text says beside its words, as models take it: the catalogue's features of ``gold.text``.

Which they are, the contract says: those that its models of incidents take. A model of texts may
take the same, computed by the same functions, and nothing else.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.contract import Contract
from features.catalogue import features, is_of_text
from features.known import KnownRow
from features.shapes import Record

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

TABLE, KEY = "text", "incident_id"
_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""What a text says depends on no moment."""


def taken_of_texts(contract: Contract) -> tuple[str, ...]:
    """Return the features of texts that a contract's models take, each once, in its order."""
    names = (name for model in contract.models for name in model.features)
    return tuple(dict.fromkeys(name for name in names if is_of_text(name)))


def signals(contract: Contract) -> tuple[str, ...]:
    """Return those of them that are numbers of our own catalogue: what a model of texts may take.

    A package's feature is computed by the engine alone.
    """
    every = features()
    return tuple(
        name
        for name in taken_of_texts(contract)
        if every[name].type == "numeric" and every[name].plugin is None
    )


@cache
def columns_read(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of ``gold.text`` that features of our own catalogue read.

    >>> columns_read(("text_sentiment", "text_words"))
    ('sentiment', 'words')
    """
    noted = _Noted()
    for name in names:
        features()[name].compute(KnownRow(noted, _ANY_TIME, "UTC"))
    return tuple(noted)


def signals_in(row: Mapping[str, Any], names: Sequence[str]) -> Record:
    """Return signals by what was read from a text; NaN where nothing was.

    Parameters
    ----------
    row
        A row of ``gold.text``, or what would be one; empty where nobody read the text.
    """
    known = KnownRow(row or _Noted(), _ANY_TIME, "UTC")
    found = {name: features()[name].compute(known) for name in names}
    return {name: math.nan if value is None else value for name, value in found.items()}


def signals_of(
    lake: "Lake", tenant: "Tenant", contract: Contract, incident_ids: Sequence[str]
) -> list[Record]:
    """Return the signals of incidents in their order; NaN where nobody has read the text yet."""
    names, ref = signals(contract), lake.ref(tenant, "gold", TABLE)
    rows: dict[str, dict[str, Any]] = {}
    if names and incident_ids and lake.exists(ref):
        asked = pc.field(KEY).isin(pa.array(incident_ids, pa.string()))
        read = lake.arrow(ref, [KEY, *columns_read(names)], asked)
        rows = {row[KEY]: row for row in read.to_pylist()}
    return [signals_in(rows.get(one, {}), names) for one in incident_ids]


class _Noted(dict[str, None]):
    """A row of which nothing is known; it keeps the names of what it was asked for."""

    def __missing__(self, name: str) -> None:
        self[name] = None

"""Photos that a tenant was sent before, scaled, compressed anew or retouched: by their hashes."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from ingestion.extractors.found import extract_ref
from ingestion.extractors.images import NAME
from ingestion.extractors.images.alike import MOST_BITS, as_numbers, bits_apart
from ingestion.extractors.images.sharpness import LEAST_CONTRAST

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

PRINTED = ("issued_on", "total")
"""Two receipts of one company look alike; what was read in them tells them apart."""
COLUMNS = ("object_id", "extractor_version", "hash", *PRINTED)
Row = Mapping[str, Any]


def near_duplicates_of(
    lake: "Lake", tenant: "Tenant", objects: Collection[str]
) -> dict[str, dict[str, int]]:
    """Return, of each photo, the tenant's others that are like it, with the bits that differ.

    A photo that shows nothing is like none: its hash is one of chance. The nearest come first.
    """
    rows = _telling(lake, tenant)
    names, hashes = list(rows), as_numbers(row["hash"] for row in rows.values())
    places = {name: place for place, name in enumerate(names)}
    found = {}
    for one in (name for name in objects if name in places):
        apart = bits_apart(hashes[places[one]], hashes)
        near = {names[n]: int(apart[n]) for n in np.flatnonzero(apart <= MOST_BITS)}
        same = {n: bits for n, bits in near.items() if n != one and _agree(rows[n], rows[one])}
        found[one] = dict(sorted(same.items(), key=lambda pair: pair[1]))
    return found


def _telling(lake: "Lake", tenant: "Tenant") -> dict[str, Row]:
    """Return the newest rows of the photos that show something, by their objects."""
    ref = extract_ref(lake, tenant, NAME)
    if not lake.exists(ref):
        return {}
    telling = pc.field("hash").is_valid() & (pc.field("contrast") >= LEAST_CONTRAST)
    there = lake.schema(ref).names
    rows = lake.arrow(ref, [name for name in COLUMNS if name in there], telling)
    return {row["object_id"]: row for row in rows.sort_by("extractor_version").to_pylist()}


def _agree(one: Row, other: Row) -> bool:
    """Tell whether nothing that was read in both differs."""
    pairs = [(one.get(name), other.get(name)) for name in PRINTED]
    return all(None in pair or pair[0] == pair[1] for pair in pairs)

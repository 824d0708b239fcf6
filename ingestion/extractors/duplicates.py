"""Photos that a tenant was sent before, scaled, compressed anew or retouched: by their hashes."""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from ingestion.extractors.found import extract_ref
from ingestion.extractors.images import NAME
from ingestion.extractors.images.alike import MOST_BITS
from ingestion.extractors.images.sharpness import LEAST_CONTRAST

if TYPE_CHECKING:
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant


def near_duplicates_of(
    lake: "Lake", tenant: "Tenant", object_id: str, most_bits: int = MOST_BITS
) -> dict[str, int]:
    """Return the tenant's photos that are like one, with the bits in which their hashes differ.

    A photo that shows nothing is like none: its hash is one of chance. The nearest come first.
    """
    ref = extract_ref(lake, tenant, NAME)
    if not lake.exists(ref):
        return {}
    telling = pc.field("hash").is_valid() & (pc.field("contrast") >= LEAST_CONTRAST)
    rows = lake.arrow(ref, ["object_id", "extractor_version", "hash"], telling)
    hashes = dict(
        zip(*(rows.sort_by("extractor_version")[n].to_pylist() for n in ("object_id", "hash")),
            strict=True)
    )  # fmt: skip
    asked = hashes.pop(object_id, None)
    if asked is None or not hashes:
        return {}
    others = np.array([int(one, 16) for one in hashes.values()], np.uint64)
    apart = np.bitwise_count(others ^ np.uint64(int(asked, 16)))
    found = zip(hashes, apart.tolist(), strict=True)
    near = {name: bits for name, bits in found if bits <= most_bits}
    return dict(sorted(near.items(), key=lambda one: one[1]))

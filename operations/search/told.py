"""Hits as they are told: files by the hashes that the tenant knows, not by their objects."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from operations.search.files import hashes_of
from operations.search.gathered import own_texts
from operations.search.index import Hit
from operations.search.places import Excerpt, Place

if TYPE_CHECKING:
    from data_contracts.contract import Contract
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

Of = TypeVar("Of", Place, Excerpt)


def as_told(lake: "Lake", tenant: "Tenant", contract: "Contract", hits: Sequence[Hit]) -> list[Hit]:
    """Return hits whose parts answers may name: what is no text of the incident's is a file."""
    own = set(own_texts(contract))
    numbers = {hit.document.incident_id for hit in hits if _parts(hit) - own}
    if not numbers:
        return list(hits)
    hashes = hashes_of(lake, tenant, numbers)
    return [_told(hit, hashes.get(hit.document.incident_id, {})) for hit in hits]


def _parts(hit: Hit) -> set[str]:
    return {one.part for one in (*hit.places, hit.excerpt) if one is not None}


def _told(hit: Hit, hashes: Mapping[str, str]) -> Hit:
    places = [_named(place, hashes) for place in hit.places]
    excerpt = None if hit.excerpt is None else _named(hit.excerpt, hashes)
    return replace(hit, places=places, excerpt=excerpt)


def _named(one: Of, hashes: Mapping[str, str]) -> Of:
    return replace(one, part=hashes.get(one.part, one.part))

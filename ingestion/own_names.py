"""A company's own names, which masking leaves alone: its own, and those of its products.

A name of a person among the products would leave persons in the open wherever they are named, so
products that may be called as persons are, are masked as before; so are those whose names are whole
sentences, which are no names.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from ingestion.extractors.persons.names import LEGAL_FORMS
from ingestion.extractors.persons.own import Own, Phrase, may_be_person
from ingestion.extractors.persons.vocabulary import sort_of
from ingestion.extractors.plain import plain

if TYPE_CHECKING:
    from data_contracts.contract import Contract
    from lakehouse.lake import Lake
    from tenancy.tenant import Tenant

_WORD = re.compile(r"[^\W\d_]+")
SHORTEST = 3
"""Letters of a single word that stands for a company."""
LONGEST = 12
"""Words of a product's name: who looks for longer ones at every word of a text never ends."""


def own_names(tenant: "Tenant", products: Iterable[str] = ()) -> Own:
    """Return what spares a company's own names and those of some products."""
    return _own(tenant.name, frozenset(products))


@lru_cache(maxsize=256)
def _own(name: str, products: frozenset[str]) -> Own:
    return Own.of([*_of_company(name), *_of_products(products)])


def known_products(lake: "Lake", tenant: "Tenant", contract: "Contract") -> frozenset[str]:
    """Return the names of products that a company's tables hold."""
    from ingestion.extractors.words.table import catalogue_of

    return frozenset(catalogue_of(lake, tenant, contract))


def _of_company(name: str) -> Iterator[Phrase]:
    """Yield the name with and without its legal form, and the word that it is known by."""
    words = _words_of(name)
    yield words
    bare = words
    while bare and (bare[-1] in LEGAL_FORMS or len(bare[-1]) == 1):
        bare = bare[:-1]
    yield bare
    if bare and len(bare[0]) >= SHORTEST and sort_of(bare[0]) == "unknown":
        yield bare[:1]


def _of_products(names: Iterable[str]) -> Iterator[Phrase]:
    phrases = map(_words_of, names)
    return (one for one in phrases if 0 < len(one) <= LONGEST and not may_be_person(one))


def _words_of(name: str) -> Phrase:
    return tuple(_WORD.findall(plain(name)))

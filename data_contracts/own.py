"""The contract of one tenant: its vertical's, with its own columns."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from data_contracts.contract import Contract
from data_contracts.extension import OwnColumn, extended
from data_contracts.loader import contract_in, load_documents
from data_contracts.odcs import check
from data_contracts.place import Node, Place

CONTRACTS_KEPT = 256


def own_contract(
    folders: tuple[Path, ...], vertical: str, revision: int, columns: Sequence[Mapping[str, Any]]
) -> Contract:
    """Return a vertical's contract with a tenant's own columns; made once for each revision.

    Parameters
    ----------
    folders
        Where contracts are, besides ours.
    columns
        What ``OwnColumn.to_dict`` wrote.

    Raises
    ------
    InvalidContract
        A column cannot be as it is declared.
    """
    return _made(folders, vertical, revision, json.dumps([dict(one) for one in columns]))


@lru_cache(CONTRACTS_KEPT)
def _made(folders: tuple[Path, ...], vertical: str, revision: int, columns: str) -> Contract:
    document = load_documents(folders)[vertical]
    own = [OwnColumn.from_dict(one) for one in json.loads(columns)]
    return extended_contract(document, own, revision)


def extended_contract(document: Node, own: Sequence[OwnColumn], revision: int) -> Contract:
    """Return the contract of a resolved document with own columns; every part of it checked."""
    return contract_in(extended(document, own, revision), Place(Path(str(document["name"]))))


def own_document(document: Node, own: Sequence[OwnColumn], revision: int) -> Node:
    """Return the whole as a document that keeps the standard's schema, to be shown or sent."""
    whole = extended(document, own, revision)
    check(whole, Place(Path(str(document["name"]))))
    return whole

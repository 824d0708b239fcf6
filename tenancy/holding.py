"""The contract that holds for a tenant now."""

from functools import cache
from pathlib import Path

from data_contracts.contract import Contract
from data_contracts.loader import load_contracts, load_documents
from data_contracts.own import own_contract
from tenancy.contract_versions import content_hash
from tenancy.extensions import current_extension
from tenancy.publishing import settle
from tenancy.store import Store
from tenancy.tenant import Tenant


def holding_contract(store: Store, tenant: Tenant, folders: tuple[Path, ...]) -> Contract:
    """Return the tenant's contract: its vertical's as published, with its own columns.

    Asked anew each time: another process may have published a version or accepted a column.

    Raises
    ------
    OperatorError
        The installation lacks the vertical's contract, or has one that was not published.
    """
    contract = load_contracts(folders)[tenant.vertical]
    sha256 = _content_hash(folders, tenant.vertical)
    settle(store, load_documents(folders)[tenant.vertical], sha256)
    extension = current_extension(store, tenant)
    if extension is None:
        return contract
    return own_contract(folders, tenant.vertical, extension.revision, extension.columns)


@cache
def _content_hash(folders: tuple[Path, ...], vertical: str) -> str:
    """Return the hash of what the file declares: read once in a process, and so hashed once."""
    return content_hash(load_documents(folders)[vertical])

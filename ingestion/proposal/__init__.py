"""A mapping proposed by names, synonyms, types and values."""

from data_contracts.contract import Contract, Table
from ingestion.mapping import labels_of
from ingestion.proposal.kinds import build_mapping
from ingestion.proposal.match import match
from ingestion.proposal.proposal import Choice, Proposal, Why
from ingestion.reading.raw import RawTable

__all__ = ["Choice", "Proposal", "Why", "propose_mapping"]


def propose_mapping(table: Table, raw: RawTable, contract: Contract | None = None) -> Proposal:
    """Propose what each source column stands for, and the kinds of key, label and upload.

    Parameters
    ----------
    table
        The contract's table.
    raw
        The file as read; with few rows or none, only names speak.
    contract
        The vertical's contract, whose models say what is predicted from the table; without it
        no kind of label is proposed.
    """
    choices, profiles = match(table, raw)
    labels = labels_of(contract, table) if contract is not None else ()
    return Proposal(build_mapping(table, choices, profiles, labels), choices)

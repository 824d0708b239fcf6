"""Which table of a contact centre each sample file fills."""

from data_contracts.contract import Contract, Table
from ingestion.drafting.samples import Sample
from ingestion.parts.tables import named_tables
from ingestion.recognise import tables_filled

ENTITY_TABLE = "customers"


def table_of(sample: Sample, base: Contract) -> Table:
    """Return the table that a file fills.

    The one whose key and columns it has; else the one that its name says; else customers: a file
    of an unknown kind says of whom the vertical knows what.
    """
    fits = tables_filled(sample.raw, base)
    named = named_tables(sample.file_name, base)
    possible = list(fits) or named or [ENTITY_TABLE]
    return base.table(max(possible, key=lambda name: (name in named, fits.get(name, 0))))

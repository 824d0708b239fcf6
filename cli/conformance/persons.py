"""Whether something of a person is left in the clear that the contract calls nobody's."""

from collections.abc import Iterator

from cli.conformance.finding import Finding, broken
from cli.conformance.trial import SAMPLED, Trial
from data_contracts.contract import OPEN, Column, Table
from ingestion.drafting.draft import base_contract
from ingestion.evolution.guess import words_of
from ingestion.evolution.personal import has_personal_values, is_named_personal


def persons_in_the_open(trial: Trial) -> Iterator[Finding]:
    """Look at the names of what stays as it is, and at its values in samples."""
    for table in trial.contract.tables:
        columns = list(_own_and_open(table))
        for column in columns:
            header = _personal_header(column)
            if header is not None:
                details = {"table": table.name, "column": column.name, "header": header}
                yield broken("isolation", "named_personal", **details)
        if trial.samples:
            yield from _by_values(trial, table, columns)


def _own_and_open(table: Table) -> Iterator[Column]:
    """Yield the columns in the clear that the contact centre does not have, or not so."""
    base = next((one for one in base_contract().tables if one.name == table.name), None)
    known = {} if base is None else {one.name: one.classification for one in base.columns}
    for column in table.columns:
        if column.classification in OPEN and known.get(column.name) != column.classification:
            yield column


def _personal_header(column: Column) -> str | None:
    headers = (column.name, *column.synonyms)
    return next((one for one in headers if is_named_personal(words_of(one), column.type)), None)


def _by_values(trial: Trial, table: Table, columns: list[Column]) -> Iterator[Finding]:
    import pyarrow as pa

    from ingestion.proposal.profile import profile

    ref = trial.lake.ref(trial.tenant(SAMPLED), "silver", table.name)
    if not trial.lake.exists(ref):
        return
    rows = trial.lake.arrow(ref)
    for column in columns:
        if column.name not in rows.column_names:
            continue
        seen = profile(rows[column.name].cast(pa.string()))
        if has_personal_values(seen, column.type):
            details = {"table": table.name, "column": column.name}
            yield broken("isolation", "values_personal", **details)

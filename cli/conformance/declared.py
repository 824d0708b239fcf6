"""Whether what a contract declares is there, told in both languages, and kept by its own rows."""

from collections.abc import Iterator

from cli.conformance.finding import Finding, advice, broken, sound
from cli.conformance.trial import Trial
from data_contracts.contract import Contract
from features.build import declared
from foundation.texts import LANGUAGES
from ingestion.drafting.nodes import untranslated
from models.catalogue import candidates

SHOWN = 8
"""So many names stand in a sentence; the rest are counted."""


def check_schema(trial: Trial) -> Iterator[Finding]:
    """Read every name of the contract, and send its golden rows through the door."""
    contract = trial.contract
    for model in contract.models:
        declared(model, contract)
        candidates(model.estimators)
    for name, (expected, receipt) in trial.fill_golden().items():
        rejected = receipt.upload.counts.get("quarantined", 0)
        if rejected != expected:
            details = {"table": name, "expected": expected, "rejected": rejected}
            yield broken("schema", "golden_rejected", **details)
    open_words = _untranslated(contract)
    if open_words:
        names = ", ".join(open_words[:SHOWN]) + (" …" if len(open_words) > SHOWN else "")
        yield advice("schema", "untranslated", columns=names, count=len(open_words))
    columns = sum(len(table.columns) for table in contract.tables)
    yield sound("schema", tables=len(contract.tables), columns=columns)


def _untranslated(contract: Contract) -> list[str]:
    """Return the columns whose words somebody has yet to translate."""
    return [
        column.name
        for table in contract.tables
        for column in table.columns
        if any(untranslated(lang) in column.label[lang] for lang in LANGUAGES)
    ]

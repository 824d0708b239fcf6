"""The kinds a file suggests: its key, its outcome, its upload; and values spelled otherwise."""

from collections.abc import Iterable

from data_contracts.contract import Column, KeyKind, Label, LabelKind, Table, UploadKind
from ingestion.mapping import Mapping, label_column
from ingestion.proposal.evidence import known_values, stored_value
from ingestion.proposal.profile import Profile
from ingestion.proposal.proposal import Choice

_WRITINGS_LOOKED_AT = 60
_TRUE = ("yes", "si", "y", "s", "true", "verdadero", "t", "v", "1", "x")
_FALSE = ("no", "n", "false", "falso", "f", "0")


def build_mapping(
    table: Table, choices: Iterable[Choice], profiles: dict[str, Profile], labels: tuple[Label, ...]
) -> Mapping:
    """Return the mapping that the choices make, with kinds that its columns allow."""
    columns = {c.source: c.target for c in choices if c.target is not None}
    sources = {target: source for source, target in columns.items()}
    seen = {target: profiles[source] for target, source in sources.items()}
    return Mapping(
        columns=columns,
        key=_key(table, seen),
        label=_label(labels, seen),
        upload=_upload(table, seen),
        values=_values(table, seen),
    )


def _key(table: Table, seen: dict[str, Profile]) -> KeyKind:
    """Return natural where the key's columns are there, never blank and (a single one) unique."""
    keys = [seen.get(column.name) for column in table.keys]
    sound = bool(keys) and all(
        p is not None
        and p.blank_share == 0
        and (p.unique_share == 1 or len(keys) > 1 or p.is_empty)
        for p in keys
    )
    if "row" not in table.key_kinds or (sound and "natural" in table.key_kinds):
        return "natural"
    return "row"


def _label(labels: tuple[Label, ...], seen: dict[str, Profile]) -> LabelKind | None:
    """Return event where its time is there, else column where the outcome is, else none."""
    order: tuple[LabelKind, ...] = ("event", "column")
    for kind in order:
        if any(kind in label.kinds and label_column(label, kind) in seen for label in labels):
            return kind
    return None


def _upload(table: Table, seen: dict[str, Profile]) -> UploadKind:
    """Return changes where each row says its operation, else an increment."""
    operations = [column.name for column in table.by_role("operation")]
    if "changes" in table.upload_kinds and any(name in seen for name in operations):
        return "changes"
    return "increment" if "increment" in table.upload_kinds else table.upload_kinds[0]


def _values(table: Table, seen: dict[str, Profile]) -> dict[str, dict[str, str]]:
    """Return, for columns with known values, what writings the contract does not know mean."""
    found: dict[str, dict[str, str]] = {}
    for column in table.columns:
        if column.name in seen and seen[column.name].distinct <= _WRITINGS_LOOKED_AT:
            translations = _translations(column, seen[column.name])
            if translations:
                found[column.name] = translations
    return found


def _translations(column: Column, values: Profile) -> dict[str, str]:
    """Return source writing → stored value, where the contract itself would not recognise it."""
    writings = known_values(column)
    if column.type == "boolean":
        writings |= {w: "true" for w in _TRUE if w not in writings}
        writings |= {w: "false" for w in _FALSE if w not in writings}
    elif not writings:
        return {}
    recognised = _recognised(column)
    found = {}
    for value in values.values:
        if value.casefold() in recognised:
            continue
        stored = stored_value(value, writings)
        if stored is not None:
            found[value] = stored
    return found


def _recognised(column: Column) -> set[str]:
    """Return the writings that the contract knows by itself, without case."""
    known = {*column.allowed, *column.value_synonyms}
    known |= {w for writings in column.value_synonyms.values() for w in writings}
    if column.type == "boolean":
        known |= {"true", "false", "yes", "no", "sí", "si", "0", "1"}
    return {writing.casefold() for writing in known}

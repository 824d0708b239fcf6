"""The kinds a file suggests: its key, its outcome, its upload; and values spelled otherwise."""

from collections.abc import Sequence

from data_contracts.contract import Column, KeyKind, Label, LabelKind, Table, UploadKind
from ingestion.mapping import Mapping, label_column
from ingestion.proposal.evidence import known_values, stored_value
from ingestion.proposal.profile import Profile
from ingestion.proposal.proposal import Choice
from ingestion.proposal.words import plain
from ingestion.vocabulary import FALSE_WORDS, OPERATIONS, TRUE_WORDS, fold, folded

_WRITINGS_LOOKED_AT = 60


def build_mapping(
    table: Table, choices: Sequence[Choice], profiles: dict[str, Profile], labels: tuple[Label, ...]
) -> Mapping:
    """Return the mapping that the choices make, with kinds that its columns allow."""
    columns = {c.source: c.target for c in choices if c.target is not None}
    sources = {target: source for source, target in columns.items()}
    seen = {target: profiles[source] for target, source in sources.items()}
    named = frozenset(c.target for c in choices if c.target and c.why in {"name", "synonym"})
    return Mapping(
        columns=columns,
        key=_key(table, seen, named),
        label=_label(labels, seen),
        upload=_upload(table, seen),
        values=_values(table, seen),
    )


def _key(table: Table, seen: dict[str, Profile], named: frozenset[str]) -> KeyKind:
    """Return natural where the key's columns are there and tell the rows apart.

    A key that the header names may have dirt: a blank row is rejected, a repeated one replaced,
    and the receipt says so; knowing rows by their content instead would lose every person.
    """
    keys = [column.name for column in table.keys]
    dated = any(column.name in seen for column in table.by_role("effective_time"))
    changed = any(column.name in seen for column in table.by_role("operation"))
    sound = bool(keys) and all(
        name in seen
        and (
            _tells_apart(seen[name], len(keys) > 1)
            or (name in named and _mostly_tells_apart(seen[name], dated or changed))
        )
        for name in keys
    )
    if "row" not in table.key_kinds or (sound and "natural" in table.key_kinds):
        return "natural"
    return "row"


def _tells_apart(values: Profile, is_part: bool) -> bool:
    """Say whether a key is never blank and (a single one) never repeated."""
    return values.blank_share == 0 and (values.unique_share == 1 or is_part or values.is_empty)


def _mostly_tells_apart(values: Profile, has_versions: bool) -> bool:
    """Say whether most rows have a key of their own, or may be versions of the same one."""
    return values.blank_share < 0.5 and (has_versions or values.unique_share > 0.5)


def _label(labels: tuple[Label, ...], seen: dict[str, Profile]) -> LabelKind | None:
    """Return event or late where its time is there, else column where the outcome is, else none."""
    order: tuple[LabelKind, ...] = ("event", "late", "column")
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
    writings = known_values(column) | {
        plain(word): stored for stored, words in _own_words(column).items() for word in words
    }
    own = [word for words in _own_words(column).values() for word in words]
    recognised = set(folded([*own, *_declared(column)]))
    found = {}
    for value in values.values if writings else ():
        stored = None if fold(value) in recognised else stored_value(value, writings)
        if stored is not None:
            found[value] = stored
    return found


def _own_words(column: Column) -> dict[str, tuple[str, ...]]:
    """Return the writings that silver knows for every contract: yes and no, operations."""
    if column.type == "boolean":
        return {"true": TRUE_WORDS, "false": FALSE_WORDS}
    return OPERATIONS if column.role == "operation" else {}


def _declared(column: Column) -> list[str]:
    """Return the writings that the contract itself declares for the column's values."""
    synonyms = [word for words in column.value_synonyms.values() for word in words]
    return [*column.allowed, *column.value_synonyms, *synonyms]

"""How a tenant's own columns stand for the contract's: the mapping, and what makes it valid."""

from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self, get_args

from data_contracts.contract import Column, Contract, KeyKind, Label, LabelKind, Table, UploadKind
from foundation.errors import InvalidMapping, NotFound
from foundation.texts import LANGUAGES, Language
from ingestion.vocabulary import fold, folded


@dataclass(frozen=True)
class Mapping:
    """A tenant's choices for one table and one set of headers.

    Attributes
    ----------
    columns
        Source header → contract column. A header that is not named is kept aside as unknown.
    key
        ``natural``: the contract's key columns; ``row``: content hash and occurrence number.
    label
        How the outcome comes: ``event`` (its time), ``column`` (its value), or not at all.
    upload
        ``snapshot`` (all customers of now), ``increment`` (some) or ``changes`` (with operation).
    values
        Contract column → value as the source writes it → value as the contract stores it.
    plain
        A program wrote the rows as the contract names and spells things: numbers with a point,
        nothing decided by what else the file holds. So a row's verdict is the same in any company.
    """

    columns: dict[str, str]
    key: KeyKind
    label: LabelKind | None
    upload: UploadKind
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    plain: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the mapping as JSON can hold it."""
        told = asdict(self)
        return told if self.plain else {name: told[name] for name in told if name != "plain"}

    @classmethod
    def from_dict(cls, payload: AnyMapping[str, Any]) -> Self:
        """Return the mapping that ``to_dict`` wrote; ``InvalidMapping`` where it is none."""
        try:
            mapping = cls(
                columns=_texts(payload["columns"]),
                key=payload["key"],
                label=payload["label"],
                upload=payload["upload"],
                values={str(c): _texts(v) for c, v in dict(payload.get("values", {})).items()},
                plain=payload.get("plain", False) is True,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidMapping("mapping.unreadable", part=str(error)) from error
        mapping._check_kinds()
        return mapping

    def _check_kinds(self) -> None:
        """Refuse a kind that is none: JSON can hold any word."""
        for part, kind, kinds in (
            ("key", self.key, get_args(KeyKind)),
            ("label", self.label, (None, *get_args(LabelKind))),
            ("upload", self.upload, get_args(UploadKind)),
        ):
            if kind not in kinds:
                raise InvalidMapping("mapping.unreadable", part=f"{part}: {kind}")

    @property
    def sources(self) -> dict[str, str]:
        """Contract column → source header."""
        return {target: source for source, target in self.columns.items()}


def sources_of(mapping: AnyMapping[str, AnyMapping[str, str]]) -> dict[str, str]:
    """Return contract column → header, from the mapping that an upload's record keeps."""
    return {column: source for source, column in mapping.get("columns", {}).items()}


def table_of(contract: Contract, name: str) -> Table:
    """Return a table of the contract; ``NotFound`` says which there are."""
    try:
        return contract.table(name)
    except KeyError as error:
        tables: dict[Language, str] = {
            language: ", ".join(f"{t.label[language]} ({t.name})" for t in contract.tables)
            for language in LANGUAGES
        }
        raise NotFound("ingestion.unknown_table", table=name, tables=tables) from error


def named_table(contract: Contract, named: str) -> Table:
    """Return the table that a person names as the contract does or as sentences call it."""
    word = fold(named)
    called = (t for t in contract.tables if word in folded(t.label.values()))
    return next(called, None) or table_of(contract, named)


def labels_of(contract: Contract, table: Table) -> tuple[Label, ...]:
    """Return what the contract's models predict from this table."""
    return tuple(m.label for m in contract.models if m.label.table == table.name)


def validate_mapping(
    mapping: Mapping, table: Table, headers: Iterable[str], labels: Iterable[Label] = ()
) -> None:
    """Raise ``InvalidMapping`` where the mapping contradicts the contract or the file.

    Parameters
    ----------
    mapping
        The choices.
    table
        The contract's table.
    headers
        The file's headers.
    labels
        What is predicted from the table (``labels_of``); they say which label kinds are allowed.
    """
    _check_columns(mapping, table, set(headers))
    _check_key(mapping, table)
    _check_upload(mapping, table)
    _check_label(mapping, table, tuple(labels))
    _check_values(mapping, table)


def _texts(pairs: AnyMapping[str, str]) -> dict[str, str]:
    """Return a dictionary of texts; ``TypeError`` where it holds anything else."""
    texts = dict(pairs)
    for item in (*texts, *texts.values()):
        if not isinstance(item, str):
            raise TypeError(str(item))
    return texts


def _check_columns(mapping: Mapping, table: Table, headers: set[str]) -> None:
    """Check that there are some, sources stand in the file, targets in the contract, none twice."""
    if not mapping.columns:
        raise InvalidMapping("mapping.empty", table=table.name)
    names = {column.name for column in table.columns}
    taken: dict[str, str] = {}
    for source, target in mapping.columns.items():
        if source not in headers:
            raise InvalidMapping("mapping.unknown_source", source=source, target=target)
        if target not in names:
            raise InvalidMapping(
                "mapping.unknown_target", source=source, target=target, table=table.name
            )
        if target in taken:
            raise InvalidMapping(
                "mapping.target_twice", target=target, first=taken[target], second=source
            )
        taken[target] = source


def _check_key(mapping: Mapping, table: Table) -> None:
    """Check that the key's kind is allowed, and that a natural key has all its columns."""
    if mapping.key not in table.key_kinds:
        raise InvalidMapping(
            "mapping.key_kind", kind=mapping.key, allowed=", ".join(table.key_kinds)
        )
    missing = [c.name for c in table.keys if c.name not in mapping.sources]
    if mapping.key == "natural" and missing:
        way_out = "row" if "row" in table.key_kinds else "natural"
        raise InvalidMapping(f"mapping.key_missing_{way_out}", column=missing[0], table=table.name)


def _check_upload(mapping: Mapping, table: Table) -> None:
    """Check that the upload's kind is allowed; changes need their operation."""
    if mapping.upload not in table.upload_kinds:
        raise InvalidMapping(
            "mapping.upload_kind", kind=mapping.upload, allowed=", ".join(table.upload_kinds)
        )
    operations = table.by_role("operation")
    if mapping.upload == "changes" and not any(c.name in mapping.sources for c in operations):
        name = operations[0].name if operations else "operation"
        raise InvalidMapping("mapping.operation_missing", column=name)


def _check_label(mapping: Mapping, table: Table, labels: tuple[Label, ...]) -> None:
    """Check that the label's kind is allowed and has its column."""
    if mapping.label is None:
        return
    allowing = [label for label in labels if mapping.label in label.kinds]
    if not allowing:
        allowed = ", ".join(dict.fromkeys(kind for label in labels for kind in label.kinds))
        raise InvalidMapping("mapping.label_kind", kind=mapping.label, allowed=allowed or "-")
    columns = [label_column(label, mapping.label) for label in allowing]
    if not any(column in mapping.sources for column in columns):
        raise InvalidMapping(
            "mapping.label_missing", kind=mapping.label, column=columns[0], table=table.name
        )


def label_column(label: Label, kind: LabelKind) -> str | None:
    """Return the column that a label of this kind needs."""
    return label.column if kind == "column" else label.time_column


def _check_values(mapping: Mapping, table: Table) -> None:
    """Check that values are translated only for mapped columns, into what the contract stores."""
    for name, translations in mapping.values.items():
        if name not in mapping.sources:
            raise InvalidMapping("mapping.values_unmapped", column=name)
        stored = stored_values(table.column(name))
        for source, target in translations.items():
            if stored and target not in stored:
                raise InvalidMapping(
                    "mapping.value_not_allowed",
                    column=name,
                    source=source,
                    target=target,
                    allowed=", ".join(stored),
                )


def stored_values(column: Column) -> tuple[str, ...]:
    """Return the values that a column may store; empty where any is allowed."""
    return ("true", "false") if column.type == "boolean" else column.allowed

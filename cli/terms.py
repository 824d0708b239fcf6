"""The terms of an upload given on the command line, laid over what the platform proposes."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, get_args

from data_contracts.contract import KeyKind, LabelKind, UploadKind
from foundation.errors import InvalidRequest
from ingestion.mapping import Mapping
from tenancy.tenant import Tenant

if TYPE_CHECKING:
    from lakehouse.lake import Lake

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class TermOptions:
    """What the person gave: ``source=target`` pairs (an empty target leaves it out) and kinds."""

    columns: tuple[str, ...] = ()
    key: str | None = None
    label: str | None = None
    upload: str | None = None

    @property
    def given(self) -> bool:
        """Whether anything was given at all."""
        return bool(self.columns or self.key or self.label or self.upload)


def mapping_from(
    lake: "Lake", tenant: Tenant, table: str, file: Path, options: TermOptions
) -> Mapping | None:
    """Return the proposal with the person's terms laid over it; None where none was given."""
    if not options.given:
        return None
    from ingestion.preview import preview

    proposed = preview(lake, tenant, file, table).proposal.mapping
    columns = dict(proposed.columns)
    for source, target in map(_pair, options.columns):
        columns = {s: t for s, t in columns.items() if t != target and s != source}
        if target:
            columns[source] = target
    return replace(
        proposed,
        columns=columns,
        key=one_of(options.key, get_args(KeyKind), proposed.key),
        label=one_of(options.label, get_args(LabelKind), proposed.label),
        upload=one_of(options.upload, get_args(UploadKind), proposed.upload),
    )


def _pair(option: str) -> tuple[str, str]:
    source, sign, target = option.rpartition("=")
    if not sign:
        raise InvalidRequest("cli.bad_map", option=option)
    return source, target


def one_of(given: str | None, allowed: tuple[Kind, ...], proposed: Kind) -> Kind:
    """Return what was given, or what is proposed; ``InvalidRequest`` says what is allowed."""
    if given is None:
        return proposed
    if given not in allowed:
        known = ", ".join(map(str, allowed))
        raise InvalidRequest("cli.bad_kind", given=given, known=known)
    return allowed[allowed.index(given)]

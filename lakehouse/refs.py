"""Where a table lies: ``<lake>/<tenant>/<layer>/<name>``, and no way out of that folder."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from foundation.errors import OperatorError

Layer = Literal["bronze", "silver", "quarantine", "gold", "features", "vault", "redrive"]
LAYERS: tuple[Layer, ...] = get_args(Layer)
LOG = "_delta_log"
"""Folder of a Delta table's log, within the table's own."""

TENANT_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,40}")
TABLE_NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")


def safe_name(name: str, pattern: re.Pattern[str], what: str) -> str:
    """Return ``name`` where all of it matches ``pattern``.

    Raises
    ------
    OperatorError
        It does not: no name with a separator, a dot or a capital becomes part of a path.
    """
    if not pattern.fullmatch(name):
        raise OperatorError("lakehouse.unsafe_name", what=what, name=name)
    return name


@dataclass(frozen=True)
class TableRef:
    """One table of one tenant.

    Attributes
    ----------
    lake
        Root folder of the tables, or its ``s3://`` URL.
    tenant
        Identifier of the tenant that owns the table.
    layer
        bronze, silver, quarantine, gold, features, vault, or redrive: what is being made anew.
    name
        Lower-case name of the table in its layer.
    """

    lake: Path | str
    tenant: str
    layer: Layer
    name: str

    def __post_init__(self) -> None:
        safe_name(self.tenant, TENANT_ID, "tenant")
        safe_name(self.name, TABLE_NAME, "table")
        if self.layer not in LAYERS:
            raise OperatorError("lakehouse.unsafe_name", what="layer", name=self.layer)

    @property
    def path(self) -> str:
        """Folder of the Delta table, or its URL."""
        return f"{self.lake}/{self}"

    def __str__(self) -> str:
        return f"{self.tenant}/{self.layer}/{self.name}"

"""A private place for what an upload holds between two steps: Parquet files, no table.

They lie beside the tables, in the folder or bucket of the lake, under the tenant's own prefix, so
that an engine elsewhere can read them, and end with the upload. What is personal goes in sealed.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, BinaryIO

from lakehouse.places import Place
from lakehouse.refs import TENANT_ID, safe_name

if TYPE_CHECKING:
    import pyarrow as pa

PURPOSE = re.compile(r"[a-z0-9][a-z0-9_-]{0,80}")
PIECE = re.compile(r"[a-z0-9][a-z0-9_-]{0,80}\.[a-z0-9]{1,10}")


class Staging:
    """Files of one purpose (an upload) of one tenant.

    Parameters
    ----------
    place
        Where staged files lie.
    tenant_id, purpose
        Whose they are, and what for: by custom the upload's id.
    """

    def __init__(self, place: Place, tenant_id: str, purpose: str) -> None:
        self._place = place
        owner = safe_name(tenant_id, TENANT_ID, "tenant")
        self._folder = f"{owner}/{safe_name(purpose, PURPOSE, 'staging')}"

    def uri_of(self, name: str) -> str:
        """Return one file's path or URL."""
        return f"{self._place.root}/{self._at(name)}"

    def write(self, name: str, schema: "pa.Schema", pieces: "Iterable[pa.RecordBatch]") -> str:
        """Write a Parquet file piece by piece; it is there whole or not at all.

        What bears the name already stays: a step that runs again after a crash finds it.

        Returns
        -------
        str
            Its path or URL.
        """
        from pyarrow import parquet

        def fill(target: BinaryIO) -> str:
            with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
                for piece in pieces:
                    writer.write_batch(piece)
            return safe_name(name, PIECE, "staging")

        if not self.exists(name):
            self._place.store(self._folder, fill)
        return self.uri_of(name)

    def exists(self, name: str) -> bool:
        """Say whether a file was written."""
        return self._place.exists(self._at(name))

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading; ``FileNotFoundError`` where there is none."""
        return self._place.open(self._at(name))

    def names(self) -> list[str]:
        """Return the names of the files, sorted; not what a killed process left half written."""
        found = (name.rsplit("/", 1)[-1] for name in self._place.names(self._folder))
        return [name for name in found if not name.startswith(".")]

    def clear(self) -> int:
        """Delete all files; return how many there were."""
        return self._place.delete_prefix(self._folder)

    def _at(self, name: str) -> str:
        return f"{self._folder}/{safe_name(name, PIECE, 'staging')}"

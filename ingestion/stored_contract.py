"""What silver holds of a tenant, as a contract that other programs can check the lake by.

A tenant's own contract speaks of the files that it sends. In silver the person is a token, names
and phones are not there, and the platform's columns are: this document says so, in the words of
the Open Data Contract Standard alone, and names the folder where the tables lie.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import cast

import pyarrow as pa

from data_contracts.contract import Contract, Table
from data_contracts.odcs import check
from data_contracts.place import Node, Place
from ingestion.schema import TYPES, silver_keys, silver_schema, stored_columns

KEPT = ("logicalType", "physicalType", "classification", "description", "enum")
"""Of a column: what holds in silver as it holds in a file. Spellings and examples do not."""

LIMITS = ("minimum", "maximum", "pattern")
"""Of ``logicalTypeOptions``: a masked text may be longer than the one that came."""

LOGICAL = {str(TYPES[name]): name for name in ("string", "integer", "timestamp")}
PLATFORM: Mapping[str, str] = {
    "row_key": "Names the row; the same in every version of it. / Nombra la fila.",
    "person_token": "The person, as a keyed token. / La persona, como código con clave.",
    "recorded_at": "When the platform learned of it. / Cuándo lo supo la plataforma.",
    "upload_id": "The upload that brought it. / La carga que la trajo.",
    "row_number": "Its row in that upload's file. / Su fila en el archivo de esa carga.",
    "row_hash": "Fingerprint of its values. / Huella de sus valores.",
    "masker_version": "What masked its texts. / Lo que enmascaró sus textos.",
    "valid_from": "Since when it holds. / Desde cuándo vale.",
    "valid_to": "Until when it held; empty: still. / Hasta cuándo valió; vacío: aún vale.",
}


def stored_document(document: Node, contract: Contract, tables: Collection[str], root: str) -> Node:
    """Return the contract of a tenant's silver tables; it keeps the standard's schema.

    Parameters
    ----------
    document
        The tenant's contract as a document, its own columns among the others.
    contract
        The same, read.
    tables
        The tables that the tenant has in silver.
    root
        Folder or ``s3://`` URL of the tenant's tables.
    """
    nodes = {str(n["name"]): n for n in cast(list[Node], document.get("schema") or [])}
    whole: Node = {
        **{name: document[name] for name in ("apiVersion", "kind", "name", "version", "status")},
        "id": f"{document['id']}.silver",
        "servers": [server(root)],
        "schema": [_table(t, nodes[t.name]) for t in contract.tables if t.name in tables],
    }
    check(whole, Place(Path(contract.vertical)))
    return whole


def server(root: str) -> Node:
    """Return where silver lies, as the standard names it."""
    place = f"{root}/silver/{{model}}"
    at: Node = (
        {"type": "s3", "location": place} if "://" in root else {"type": "local", "path": place}
    )
    return {"server": "lake", **at, "format": "delta"}


def _table(table: Table, node: Node) -> Node:
    declared = {str(c["name"]): c for c in cast(list[Node], node.get("properties") or [])}
    contracted = {column.name for column in stored_columns(table)}
    keys = silver_keys(table)
    columns = [
        _declared(declared[field.name]) if field.name in contracted else _platform(field, keys)
        for field in silver_schema(table)
    ]
    kept: Node = {name: node[name] for name in node if name in ("logicalType", "description")}
    return {"name": table.name, "physicalName": table.name, **kept, "properties": columns}


def _declared(column: Node) -> Node:
    options = cast(Node, column.get("logicalTypeOptions") or {})
    token = column.get("classification") == "identifier"
    limits = {name: options[name] for name in LIMITS if name in options and not token}
    kept: Node = {"name": column["name"], **{name: column[name] for name in KEPT if name in column}}
    if column.get("required") and not column.get("primaryKey"):
        kept["required"] = True  # a number of theirs is not there where rows are known by content
    return kept | ({"logicalTypeOptions": limits} if limits else {})


def _platform(field: pa.Field, keys: list[str]) -> Node:
    node: Node = {
        "name": field.name,
        "logicalType": LOGICAL[str(field.type)],
        "classification": "internal",
        "description": PLATFORM[field.name],
    }
    if field.name in keys:
        node |= {
            "required": True,
            "primaryKey": True,
            "primaryKeyPosition": keys.index(field.name) + 1,
        }
    return node

"""Contracts of a made vertical, ``lender``, as files: a test says which columns a version has."""

from collections.abc import Mapping
from pathlib import Path

import yaml

VERTICAL = "lender"
Described = Mapping[str, object]


def column(
    name: str, type_: str = "string", role: str = "measure", **properties: object
) -> dict[str, object]:
    """Return a column of the standard; ``properties`` are the standard's own."""
    return {
        "name": name,
        "logicalType": type_,
        "classification": "internal",
        "description": "A column. / Una columna.",
        "customProperties": [
            {"property": "columnRole", "value": role},
            {"property": "label", "value": {"en": name, "es": name}},
        ],
        **properties,
    }


def write_contract(
    folder: Path, version: str, *columns: Described, migrations: object = None
) -> Path:
    """Write ``lender.odcs.yaml`` into a folder of its own version, and return the folder."""
    place = folder / f"contracts-{version}"
    place.mkdir(exist_ok=True)
    properties: list[dict[str, object]] = [
        {"property": "extends", "value": "contact_center"},
        {"property": "label", "value": {"en": "Lenders", "es": "Prestamistas"}},
    ]
    if migrations is not None:
        properties.append({"property": "migrations", "value": migrations})
    document = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": f"abcall.{VERTICAL}",
        "name": VERTICAL,
        "version": version,
        "status": "active",
        "description": {"purpose": "What a lender sends."},
        "customProperties": properties,
        "schema": [{"name": "customers", "properties": [dict(one) for one in columns]}],
    }
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    (place / f"{VERTICAL}.odcs.yaml").write_text(text, encoding="utf-8")
    return place

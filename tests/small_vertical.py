"""A vertical of one model and few tables, drafted from a gym's members: quick to try whole."""

from pathlib import Path
from typing import cast

from data_contracts.odcs import custom, resolve
from data_contracts.place import Node
from ingestion.drafting.answers import Answers
from ingestion.drafting.document import document_of
from ingestion.drafting.draft import draft
from ingestion.drafting.samples import read_samples
from ingestion.drafting.written import written

LIMIT = 10**8
TITLE = {"es": "Gimnasios", "en": "Gyms"}


def small_document(file: Path, folder: Path, model: str, tables: tuple[str, ...]) -> Node:
    """Return a whole contract with one of its models and a few of its tables."""
    answers = Answers("gym", TITLE, "renueva")
    write(document_of(draft(read_samples([file], LIMIT), answers)), folder)
    document = dict(resolve(folder / "gym.odcs.yaml"))
    document["schema"] = [
        one for one in cast(list[Node], document["schema"]) if one["name"] in tables
    ]
    document.pop("slaProperties", None)
    values = custom(document)
    models = cast(list[Node], values["models"])
    values["models"] = [one for one in models if one["name"] == model]
    document["customProperties"] = [{"property": n, "value": v} for n, v in values.items()]
    return document


def write(document: Node, folder: Path) -> Path:
    """Write a contract where an installation finds it."""
    folder.mkdir(exist_ok=True)
    path = folder / "gym.odcs.yaml"
    path.write_text(written(document, "tried"), encoding="utf-8")
    return path


def column_of(document: Node, table: str, name: str) -> Node:
    """Return a column's declaration."""
    columns = columns_of(document, table)
    return next(one for one in columns if one["name"] == name)


def columns_of(document: Node, table: str) -> list[Node]:
    """Return a table's declarations of columns."""
    tables = cast(list[Node], document["schema"])
    return cast(list[Node], next(one for one in tables if one["name"] == table)["properties"])


def model_of(document: Node) -> Node:
    """Return the declaration of the one model."""
    return cast(list[Node], custom(document)["models"])[0]

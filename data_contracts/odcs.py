"""Contract files as the Open Data Contract Standard 3.2 has them: read, checked, resolved.

A file that ``extends`` another names only what it adds or changes; ``resolve`` returns the whole,
which is itself a contract of the standard. The standard's JSON schema decides, not the pydantic
model beside it, which accepts ``kind: Nope``.
"""

import hashlib
import importlib.util
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from data_contracts.place import Node, Place, listed

MergeOne = Callable[[Node, Node], Node]
HERE = Path(__file__).parent
SUFFIX = ".odcs.yaml"
CHECKED_FILE = HERE / "checked.sha256"
"""Digests of what has been checked against the schema: checking it again takes 0.1 s a file."""


@cache
def schema() -> bytes:
    """Return the JSON schema that ``open_data_contract_standard`` ships.

    Read without importing that package, whose pydantic takes a third of a second.
    """
    spec = importlib.util.find_spec("open_data_contract_standard")
    folders = (spec.submodule_search_locations if spec else None) or ["."]
    return (Path(folders[0]) / "schema.json").read_bytes()


def read(path: Path) -> Node:
    """Return a contract file that keeps the standard's schema, as it stands in the file."""
    try:
        return parse(path, path.read_bytes())
    except OSError as error:
        raise Place(path).wrong("not_found") from error


@cache
def parse(path: Path, content: bytes) -> Node:
    """Return the checked content of a file; shared by all that read it, so never changed."""
    place = Place(path)
    try:
        document = yaml.load(content, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise place.wrong("not_yaml", problem=str(error)) from error
    if digest(content) not in checked():
        check(document, place)
    return cast(Node, document)


def check(document: object, place: Place) -> None:
    """Raise ``InvalidContract`` where a document does not keep the standard's schema."""
    import jsonschema

    validator = jsonschema.Draft201909Validator(json.loads(schema()))
    error = jsonschema.exceptions.best_match(validator.iter_errors(document))
    if error is not None:
        raise Place(place.file, named(document, error.absolute_path)).wrong(
            "not_odcs", problem=problem(error.message, error.validator, error.validator_value)
        )


def problem(message: str, rule: object, allowed: object) -> str:
    """Return what the schema found, with what it allows where it lists that."""
    short = message if len(message) < 300 else f"{message[:300]}…"
    if rule == "enum" and isinstance(allowed, list):
        return f"{short} ({listed(allowed)})"
    return short


def named(document: object, steps: Sequence[str | int]) -> str:
    """Return a path by names: ``schema.0.properties.3`` is ``schema.customers.properties.age``."""
    place = Place(Path())
    for step in steps:
        document = cast(dict[str | int, object], document)[step]
        name = document.get("name") or document.get("property") if isinstance(document, dict) else 0
        place = place.at(name or step)
    return place.path


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file together with the schema it was checked against."""
    return hashlib.sha256(schema() + content).hexdigest()


@cache
def checked() -> frozenset[str]:
    """Return the digests of files already checked; any other file is checked when it is read.

    ``python -m data_contracts.refresh`` writes them anew.
    """
    lines = CHECKED_FILE.read_text(encoding="utf-8").splitlines() if CHECKED_FILE.exists() else []
    return frozenset(line.split()[0] for line in lines)


def custom(element: Node) -> dict[str, object]:
    """Return an element's ``customProperties`` by name."""
    entries = cast(list[Node], element.get("customProperties") or [])
    return {str(entry["property"]): entry.get("value") for entry in entries}


def resolve(path: Path, folders: Sequence[Path] = (), below: tuple[Path, ...] = ()) -> Node:
    """Return a contract with all that it inherits; itself a contract of the standard.

    Parameters
    ----------
    path
        The contract's file.
    folders
        Where a base is looked for after the file's own folder; the built-in folder comes last.
    below
        The files that extend this one, to notice a circle.
    """
    document = read(path)
    base = custom(document).get("extends")
    if base is None:
        return document
    place = Place(path, "customProperties.extends")
    if path in below:
        raise place.wrong("extends_itself", name=str(base))
    return merge(resolve(find(str(base), path, folders, place), folders, (*below, path)), document)


def find(name: str, path: Path, folders: Sequence[Path], place: Place) -> Path:
    """Return the file of the contract ``name``."""
    for folder in (path.parent, *folders, HERE):
        file = folder / f"{name}{SUFFIX}"
        if file.exists():
            return file
    known = sorted({f.name.removesuffix(SUFFIX) for f in HERE.glob(f"*{SUFFIX}")})
    raise place.wrong_value(name, listed(known))


def merge(base: Node, over: Node) -> Node:
    """Return ``base`` with what ``over`` adds or changes.

    Tables and columns are matched by name, custom properties by property, synonyms are added.
    Columns that ``over`` names come first, in its order; the base's others follow.
    """
    merged = {**base, **over}
    merged["customProperties"] = merge_custom(base, over)
    if "schema" in base:
        merged["schema"] = merge_named(base["schema"], over.get("schema"), merge_table)
    return merged


def merge_table(base: Node, over: Node) -> Node:
    """Return a table with what ``over`` adds or changes."""
    columns = merge_named(base.get("properties"), over.get("properties"), merge_column)
    first = [c["name"] for c in cast(list[Node], over.get("properties") or [])]
    ranks = {name: rank for rank, name in enumerate(first)}
    columns.sort(key=lambda column: ranks.get(column["name"], len(first)))
    return {**merge_element(base, over), "properties": columns}


def merge_column(base: Node, over: Node) -> Node:
    """Return a column with what ``over`` adds or changes."""
    merged = merge_element(base, over)
    synonyms = [*cast(list[Node], base.get("synonyms") or [])]
    own = cast(list[Node], over.get("synonyms") or [])
    synonyms += [synonym for synonym in own if synonym not in synonyms]
    return {**merged, "synonyms": synonyms} if synonyms else merged


def merge_element(base: Node, over: Node) -> Node:
    """Return a table or column with ``over``'s values and custom properties on top."""
    properties = merge_custom(base, over)
    merged = {**base, **over}
    return {**merged, "customProperties": properties} if properties else merged


def merge_custom(base: Node, over: Node) -> list[object]:
    """Return custom properties by name; ``models`` are merged by their own names."""
    values = custom(base) | custom(over)
    for own in ("abstract", "extends"):  # what the base is and what was merged is no inheritance
        values.pop(own, None)
    if "migrations" not in custom(over):  # they speak of the base's own versions
        values.pop("migrations", None)
    if "models" in custom(base) and "models" in custom(over):
        values["models"] = merge_named(
            custom(base)["models"], custom(over)["models"], lambda b, o: {**b, **o}
        )
    return [{"property": name, "value": value} for name, value in values.items()]


def merge_named(base: object, over: object, merge_one: MergeOne) -> list[Node]:
    """Return two lists of named elements as one; those of one name are merged."""
    mine = {str(e["name"]): e for e in cast(list[Node], base or [])}
    for element in cast(list[Node], over or []):
        name = str(element["name"])
        mine[name] = merge_one(mine[name], element) if name in mine else element
    return list(mine.values())

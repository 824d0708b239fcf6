"""The one way from contract files to contracts: read, resolve, check, freeze."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

from data_contracts.columns import once
from data_contracts.contract import Contract
from data_contracts.migration import read_migrations, read_version
from data_contracts.odcs import HERE, SUFFIX, custom, read, resolve
from data_contracts.place import Node, Place, listed
from data_contracts.predictions import read_dashboard, read_models, read_offer_policy, read_offers
from data_contracts.retention import read_retention
from data_contracts.tables import read_table
from foundation.errors import OperatorError

VERTICAL_PROPERTIES = (
    *("extends", "abstract", "label", "models", "dashboard", "offers"),
    *("migrations", "offerPolicy"),
)


Read = TypeVar("Read")


class ByVertical(dict[str, Read]):
    """What files declare, by vertical; asked for one that is not there, they say which there are.

    One that was drafted since is read when it is first asked for: what runs need not be started
    again. Tenants outlive settings: a process that was started without its contracts' folder must
    tell its operator so, and not look like a bug.
    """

    def __init__(self, folders: tuple[Path, ...], one: Callable[[Path], Read]) -> None:
        super().__init__({_vertical(path): one(path) for path in _files(folders).values()})
        self._folders, self._one = folders, one

    def __missing__(self, vertical: str) -> Read:
        """Read a file that is new; raise ``OperatorError`` where there is none."""
        file = _files(self._folders).get(f"{vertical}{SUFFIX}")
        if file is None:
            known = listed(sorted(self))
            raise OperatorError("data_contracts.no_vertical", vertical=vertical, known=known)
        return self.setdefault(vertical, self._one(file))


def load_contract(path: Path, folders: Sequence[Path] = ()) -> Contract:
    """Return the contract of one file.

    Parameters
    ----------
    path
        ``<vertical>.odcs.yaml``.
    folders
        Where a base that it extends is looked for, besides the file's own folder and ours.

    Raises
    ------
    InvalidContract
        The sentence names the file, the path inside it, and what is allowed there.
    """
    document = resolve(path, folders)
    vertical_name(path, document)
    return contract_in(document, Place(path))


def contract_in(document: Node, place: Place) -> Contract:
    """Return the contract that a resolved document declares, every part of it checked.

    Parameters
    ----------
    place
        The file that it is from, for what is said where it is wrong.
    """
    properties = place.at("customProperties").node(custom(document), VERTICAL_PROPERTIES)
    at = place.at("customProperties").at
    elements = cast(list[Node], document.get("schema") or [])
    tables = tuple(read_table(node, place.at("schema").at(node["name"])) for node in elements)
    once([table.name for table in tables], place.at("schema"))
    description = cast(Node, document.get("description") or {})
    version = str(read_version(document.get("version"), place.at("version")))
    return Contract(
        vertical=str(document.get("name")),
        version=version,
        label=at("label").words(properties.get("label")),
        description=place.at("description.purpose").string(description.get("purpose")).strip(),
        tables=tables,
        models=read_models(properties.get("models"), tables, at("models")),
        dashboard=read_dashboard(properties.get("dashboard"), tables, at("dashboard")),
        offers=read_offers(properties.get("offers"), at("offers")),
        offer_policy=read_offer_policy(properties.get("offerPolicy"), at("offerPolicy")),
        retention=read_retention(
            document.get("slaProperties"), [t.name for t in tables], place.at("slaProperties")
        ),
        migrations=read_migrations(properties.get("migrations"), version, at("migrations")),
    )


def vertical_name(path: Path, document: Node) -> str:
    """Return the vertical's name, which is also the file's."""
    return Place(path, "name").choice(document.get("name"), [path.name.removesuffix(SUFFIX)])


@cache
def load_contracts(folders: tuple[Path, ...] = ()) -> dict[str, Contract]:
    """Return every vertical's contract by name: ours, and those in ``folders``.

    Read once in a process. Abstract bases are left out. See ``ByVertical`` for a name that is none.
    """
    return ByVertical(folders, lambda path: load_contract(path, folders))


@cache
def load_documents(folders: tuple[Path, ...] = ()) -> dict[str, Node]:
    """Return every vertical's resolved document by name; shared by all, so never changed."""
    return ByVertical(folders, lambda path: resolve(path, folders))


def forget_contracts() -> None:
    """Read every contract anew when it is next asked for: one was written."""
    load_contracts.cache_clear()
    load_documents.cache_clear()


def _vertical(path: Path) -> str:
    return path.name.removesuffix(SUFFIX)


def _files(folders: Sequence[Path]) -> dict[str, Path]:
    """Return the files of all verticals by their names, of which none may stand twice."""
    files: dict[str, Path] = {}
    for path in vertical_files(folders):
        other = files.setdefault(path.name, path)
        if other != path:
            raise Place(path, "name").wrong("two_files", other=str(other))
    return files


def vertical_files(folders: Sequence[Path] = ()) -> list[Path]:
    """Return the files of every vertical, abstract bases left out."""
    files = [file for folder in (HERE, *folders) for file in sorted(folder.glob(f"*{SUFFIX}"))]
    return [file for file in files if custom(read(file)).get("abstract") is not True]

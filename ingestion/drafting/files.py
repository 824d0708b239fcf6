"""A drafted vertical on disk: its contract, and golden rows made from the contract alone."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from data_contracts.golden import golden_files
from data_contracts.loader import forget_contracts, load_contract
from data_contracts.odcs import HERE, SUFFIX
from data_contracts.place import Node
from data_contracts.refresh import refresh_files
from foundation.errors import InvalidRequest
from ingestion.drafting.written import written

GOLDEN = "golden"


def contract_folder(contract_dirs: Sequence[Path]) -> Path:
    """Return where a new vertical's contract is written: the first folder of others', else ours."""
    return contract_dirs[0] if contract_dirs else HERE


def write_vertical(document: Node, folders: Sequence[Path]) -> list[Path]:
    """Write a vertical's contract and golden rows; return the files that were written.

    Among our own contracts, what is made from them all follows (``data_contracts.refresh``).

    Raises
    ------
    InvalidRequest
        There is such a contract: nothing is overwritten.
    InvalidContract
        The draft is no sound contract; nothing was written.
    """
    name, folder = str(document["name"]), contract_folder(folders)
    path = folder / f"{name}{SUFFIX}"
    for other in (*folders, HERE):
        if (other / path.name).exists():
            raise InvalidRequest("verticals.exists", name=name, file=str(other / path.name))
    content = written(document, f"Drafted from samples; `abcall vertical check {name}` tries it.")
    golden = _tried(path.name, content, folders)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    forget_contracts()
    if folder == HERE:
        return [path, *refresh_files()]
    return [path, *_written(folder / GOLDEN / name, golden)]


def _tried(file_name: str, content: str, folders: Sequence[Path]) -> dict[str, str]:
    """Return the golden rows of a contract that has been read once, beside where it will lie."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / file_name
        path.write_text(content, encoding="utf-8")
        return golden_files(load_contract(path, folders))


def _written(folder: Path, files: dict[str, str]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in files]

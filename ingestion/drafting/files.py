"""A drafted vertical on disk: its contract, and golden rows made from the contract alone."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from data_contracts.golden import golden_files
from data_contracts.loader import forget_contracts, load_contract
from data_contracts.odcs import HERE, SUFFIX
from data_contracts.place import Node
from data_contracts.refresh import refresh_files
from foundation.errors import InvalidRequest, OperatorError
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
    OperatorError
        The folder may not be written.
    """
    name, folder = str(document["name"]), contract_folder(folders)
    path = folder / f"{name}{SUFFIX}"
    for other in (*folders, HERE):
        if (other / path.name).exists():
            raise InvalidRequest("verticals.exists", name=name, file=str(other / path.name))
    content = written(document, f"Drafted from samples; `abcall vertical check {name}` tries it.")
    golden = _tried(path.name, content, folders)
    try:
        if folder == HERE:
            _put(path, content)
            forget_contracts()
            return [path, *refresh_files()]
        made = _written(folder / GOLDEN / name, golden)
        _put(path, content)  # last: what is read as a vertical is whole
    except OSError as error:
        raise OperatorError("verticals.not_written", folder=str(folder)) from error
    forget_contracts()
    return [path, *made]


def _tried(file_name: str, content: str, folders: Sequence[Path]) -> dict[str, str]:
    """Return the golden rows of a contract that has been read once, beside where it will lie."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / file_name
        path.write_text(content, encoding="utf-8")
        return golden_files(load_contract(path, folders))


def _written(folder: Path, files: dict[str, str]) -> list[Path]:
    for name, content in files.items():
        _put(folder / name, content)
    return [folder / name for name in files]


def _put(path: Path, content: str) -> None:
    """Write a file whole or not at all: another process may read the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(content, encoding="utf-8")
    beside.replace(path)

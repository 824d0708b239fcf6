"""Write anew what is made from the contracts: ``python -m data_contracts.refresh``.

The golden rows under ``tests/golden``, the digests of the contract files that keep the standard's
schema, the released versions and their change logs under ``docs/contracts``. A test fails while one
of them is out of date, and names this command.
"""

import sys
from pathlib import Path

from data_contracts.golden import golden_files
from data_contracts.loader import load_contracts
from data_contracts.odcs import CHECKED_FILE, HERE, SUFFIX, digest, read
from data_contracts.released import released_files

GOLDEN = HERE.parent / "tests" / "golden"


def made_files() -> dict[Path, str]:
    """Return every file made from the contracts, with the content that it should have."""
    files = {CHECKED_FILE: digests(), **released_files()}
    for vertical, contract in load_contracts().items():
        for name, content in golden_files(contract).items():
            files[GOLDEN / vertical / name] = content
    return files


def digests() -> str:
    """Return the digest of each contract file here; reading it checks it."""
    lines = []
    for path in sorted(HERE.glob(f"*{SUFFIX}")):
        read(path)
        lines.append(f"{digest(path.read_bytes())}  {path.name}\n")
    return "".join(lines)


def refresh_files() -> list[Path]:
    """Write the files that differ, and return them."""
    changed = []
    for path, content in made_files().items():
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            changed.append(path)
    return changed


def main() -> int:
    """Write the files that differ and name them."""
    for path in refresh_files():
        sys.stdout.write(f"{path.relative_to(HERE.parent)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

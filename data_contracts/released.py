"""The versions of our own contracts as they were released, whole, and their change logs.

``python -m data_contracts.refresh`` keeps the version that lies in the contract file; one that the
number has left behind is never touched again.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data_contracts.changelog import changelog
from data_contracts.loader import load_documents
from data_contracts.odcs import HERE

RELEASED = HERE / "released"
PAGES = HERE.parent / "docs" / "contracts"
COMMAND = "python -m data_contracts.refresh"


def released_files() -> dict[Path, str]:
    """Return the released documents of now and the change-log pages, with their content."""
    files = {}
    for vertical, document in load_documents().items():
        now = RELEASED / vertical / f"{document['version']}.json"
        files[now] = _written(document)
        others = [path for path in (RELEASED / vertical).glob("*.json") if path != now]
        documents = [document, *(json.loads(path.read_text(encoding="utf-8")) for path in others)]
        files[PAGES / f"{vertical}.md"] = changelog(documents, COMMAND, "en")
    return files


def _written(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=1, sort_keys=True, default=str, ensure_ascii=False) + "\n"

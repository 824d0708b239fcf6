"""The pages on what is read of attachments name every column of its tables, in both languages."""

import re

import pyarrow as pa
import pytest

from ingestion.extractors.audio.table import COLUMNS as SOUND
from ingestion.extractors.registry import EXTRACTORS
from ingestion.extractors.run import ABOUT
from ingestion.extractors.transcripts.columns import COLUMNS as TRANSCRIPT
from ingestion.extractors.words.table import COLUMNS as TEXT
from tests.documentation.console import DOCS

SCHEMAS = {
    "about": ABOUT,
    "transcript": TRANSCRIPT,
    "gold.text": TEXT,
    "gold.sound": SOUND,
    **{one.name: one.columns for one in EXTRACTORS},
}


def names_in(schema: pa.Schema) -> set[str]:
    """Return the columns of a table, and the parts of those that hold lists of rows."""
    found = set(schema.names)
    for field in schema:
        inner = field.type.value_type if pa.types.is_list(field.type) else field.type
        if pa.types.is_struct(inner):
            found |= {part.name for part in inner.fields}
    return found


@pytest.mark.parametrize("page", ["lectores", "readers"])
@pytest.mark.parametrize("table", SCHEMAS)
def test_every_column_is_told(page: str, table: str):
    told = set(re.findall(r"`([^`\s]+)`", (DOCS / "how-to" / f"{page}.md").read_text("utf-8")))
    assert names_in(SCHEMAS[table]) - told == set()

"""``abcall search``: where a hit is, in words."""

import pytest

from cli.search import where_written
from foundation.texts import Language
from operations.search.document import Box
from operations.search.places import Place

SHA256 = "3b3aebb3" + "0" * 56
NOTE = Place(SHA256, "text", 15, 20)
CALL = Place(SHA256, "transcript", 3, 8, second=5.0)
PHOTO = Place(SHA256, "image", 3, 8, box=Box(41, 200, 90, 40))


@pytest.mark.parametrize(
    ("place", "language", "said"),
    [
        (Place("subject", "text", 0, 4), "es", "asunto, letra 1"),
        (Place("text", "text", 15, 20), "en", "text, letter 16"),
        (NOTE, "es", "nota 3b3aebb3, letra 16"),
        (CALL, "en", "recording 3b3aebb3, second 5"),
        (PHOTO, "es", "imagen 3b3aebb3, página 1, en (41, 200)"),
    ],
)
def test_a_hit_is_told_in_words(place: Place, language: Language, said: str):
    assert where_written(place, language) == said

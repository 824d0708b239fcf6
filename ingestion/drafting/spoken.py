"""Which language the headers of samples are in: by the headers that the contracts know."""

from collections import Counter
from collections.abc import Sequence
from typing import cast

from data_contracts.place import Node
from foundation.texts import LANGUAGES, Language
from ingestion.drafting.samples import Sample
from ingestion.proposal.words import plain


def spoken_in(samples: Sequence[Sample], base: Node) -> Language:
    """Return the language that has more words in common with the headers; English where neither."""
    vocabulary = {lang: _words(base, lang) for lang in LANGUAGES}
    said = {word for one in samples for header in one.raw.headers for word in plain(header).split()}
    found = Counter({lang: len(said & vocabulary[lang]) for lang in LANGUAGES})
    return "es" if found["es"] > found["en"] else "en"


def _words(base: Node, language: Language) -> set[str]:
    synonyms = [
        str(one["synonym"])
        for table in cast(list[Node], base["schema"])
        for column in cast(list[Node], table["properties"])
        for one in cast(list[Node], column.get("synonyms") or [])
        if one.get("locale") == language
    ]
    return {word for synonym in synonyms for word in plain(synonym).split()}

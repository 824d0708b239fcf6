"""The catalogue of features and estimators, as contracts name them."""

from features.catalogue import features
from features.definition import Feature, words
from models.catalogue import ESTIMATORS
from site_pages.markdown import code, plain, table


def features_table() -> str:
    """Return the table of the features, each with the words in which a reason names it."""
    rows = [
        (code(f.name), plain(f.source), plain(f.type), plain(_said(f)), ", ".join(f.entities))
        for f in features().values()
    ]
    return table(["name", "from", "type", "a reason reads", "of"], rows)


def estimators_table() -> str:
    """Return the table of the estimators."""
    tried = [(code(name), str(len(candidates))) for name, candidates in ESTIMATORS.items()]
    return table(["name", "settings that are always tried"], tried)


def _said(feature: Feature) -> str:
    return (feature.told or words(feature.name)).get("en", "").replace("{n}", "…")

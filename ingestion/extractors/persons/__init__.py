"""Personal data in a text: names, documents, tax numbers, cards, telephones, e-mail, addresses.

One reading serves all who need it: silver, the search index, other roles, providers of models.
"""

from ingestion.extractors.persons.find import VERSION, apart, find
from ingestion.extractors.persons.found import Found, Kind
from ingestion.extractors.persons.own import NONE, Own
from ingestion.extractors.persons.signs import signs_of_all

__all__ = ["NONE", "VERSION", "Found", "Kind", "Own", "apart", "find", "signs_of_all"]

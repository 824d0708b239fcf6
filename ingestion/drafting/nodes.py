"""A drafted column as the standard writes it."""

from dataclasses import dataclass

import numpy as np

from data_contracts.columns import MONEY
from data_contracts.contract import Column
from data_contracts.place import Node
from data_contracts.tables import plain as compared
from foundation.texts import LANGUAGES, Language, text
from ingestion.drafting.columns import Drafted
from ingestion.drafting.limits import LENGTHS, length_limit, number_limits
from ingestion.proposal.profile import Profile
from ingestion.proposal.words import plain

NUMBERS = ("integer", "number", "money")
MOST_EXAMPLES = 12
CODES = 200
"""Characters that a name, an address or an identifier may have at least."""


@dataclass(frozen=True)
class Outcome:
    """The column to predict: its header, and which of its values mean yes and no."""

    header: str
    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()


def untranslated(language: Language) -> str:
    """Return the mark of words that nobody has yet said in a language."""
    return text("verticals.untranslated", language)


def label_of(one: Drafted, spoken: Language) -> dict[Language, str]:
    """Return the column's words: as a person says them, else its header, marked where foreign."""
    if one.said.label is not None:
        return one.said.label
    header = plain(one.header) or one.header
    return {
        lang: header if lang == spoken else f"{header} {untranslated(lang)}" for lang in LANGUAGES
    }


def own_node(one: Drafted, spoken: Language, outcome: Outcome | None) -> Node:
    """Return the declaration of a column that the contact centre does not have."""
    guess, label = one.guess, label_of(one, spoken)
    money = guess.type == "money"
    node: Node = {
        "name": one.name,
        "logicalType": "number" if money else guess.type,
        **({"physicalType": MONEY} if money else {}),
        "classification": guess.classification,
        "description": " / ".join(f"{_sentence(label[lang])}." for lang in ("en", "es")),
    }
    return (
        node
        | _checks(one)
        | _examples(one)
        | ({"synonyms": synonyms} if (synonyms := _synonyms(one, spoken)) else {})
        | {"customProperties": _custom(one, label, outcome)}
    )


def base_node(one: Drafted, spoken: Language, outcome: Outcome | None) -> Node | None:
    """Return what changes of a column of the base; None where nothing does."""
    assert one.base is not None, "a column of the base"
    is_outcome = outcome is not None and outcome.header == one.header
    known = {compared(header) for header in (one.base.name, *one.base.synonyms)}
    is_named = compared(one.header) in known
    properties = [*_base_role(one, is_outcome), *_values(one, outcome), *_known(one)]
    if one.is_suited and is_named and not properties:
        return None
    node: Node = {"name": one.name, "logicalType": _logical(one)}
    if not is_named:
        node["synonyms"] = [{"synonym": one.header, "locale": spoken}]
    if not one.is_suited and not _within(one.seen, one.base):
        node |= _checks(one)
    return node | ({"customProperties": properties} if properties else {})


def _base_role(one: Drafted, is_outcome: bool) -> list[Node]:
    """Return the role of a column of the base where it is another one here."""
    assert one.base is not None, "a column of the base"
    role = "outcome" if is_outcome else "attribute" if one.is_late else one.base.role
    if role == one.base.role or (one.is_late and one.base.role != "measure"):
        return []
    return [{"property": "columnRole", "value": role}]


def _within(seen: Profile, base: Column) -> bool:
    """Say whether the base's own limits hold the numbers that were seen."""
    known = seen.numbers[~np.isnan(seen.numbers)]
    if not len(known) or base.minimum is None or base.maximum is None:
        return False
    return bool(base.minimum <= known.min() and known.max() <= base.maximum)


def _logical(one: Drafted) -> str:
    type_ = one.guess.type if not one.is_suited or one.base is None else one.base.type
    return "number" if type_ == "money" else type_


def _sentence(label: str) -> str:
    return label[:1].upper() + label[1:]


def _checks(one: Drafted) -> Node:
    type_, kind = one.guess.type, one.guess.classification
    if type_ in NUMBERS:
        limits = number_limits(one.seen)
        return {"logicalTypeOptions": limits} if limits else {}
    if type_ != "string" or kind == "free_text":
        return {}
    at_least = CODES if kind in ("personal", "identifier") else LENGTHS[0]
    return {"logicalTypeOptions": {"maxLength": length_limit(one.seen, at_least)}}


def _examples(one: Drafted) -> Node:
    """Return values that are nobody's: so many persons share them."""
    if one.guess.type != "string" or one.guess.classification != "internal":
        return {}
    return {"examples": list(one.shared[:MOST_EXAMPLES])} if one.shared else {}


def _synonyms(one: Drafted, spoken: Language) -> list[Node]:
    """Return the header, and the label in the other language where a person said it."""
    found: list[Node] = [{"synonym": header, "locale": spoken} for header in one.guess.headers]
    if one.said.label is not None:
        others = {lang: "_".join(plain(word).split()) for lang, word in one.said.label.items()}
        found += [
            {"synonym": word, "locale": lang}
            for lang, word in others.items()
            if lang != spoken and word
        ]
    return found


def _custom(one: Drafted, label: dict[Language, str], outcome: Outcome | None) -> list[Node]:
    properties: list[Node] = [
        {"property": "columnRole", "value": one.guess.role},
        {"property": "label", "value": dict(label)},
    ]
    unit = one.said.unit or one.guess.unit
    if unit:
        properties.append({"property": "unit", "value": unit})
    properties += [*_values(one, outcome), *_known(one)]
    if one.said.values:
        properties.append({"property": "valueLabels", "value": one.said.values})
    return properties


def _known(one: Drafted) -> list[Node]:
    return [{"property": "knownInTime", "value": True}] if one.is_known else []


def _values(one: Drafted, outcome: Outcome | None) -> list[Node]:
    """Return which values of a yes-or-no outcome mean yes and no, where they do not say so."""
    if outcome is None or outcome.header != one.header or not outcome.positive:
        return []
    value = {"true": list(outcome.positive), "false": list(outcome.negative)}
    return [{"property": "valueSynonyms", "value": value}]

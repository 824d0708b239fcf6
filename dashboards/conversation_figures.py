"""Sentences and figures of a case: pure functions from what is known to what a person reads."""

from dashboards import figures
from dashboards.conversation import RISK, Case, common, lasted
from dashboards.figures import Figure
from dashboards.formats import NOTHING
from dashboards.words import Words, capital
from data_contracts.contract import Contract
from foundation.clock import utc_now
from foundation.texts import alone, catalogue
from operations.conversation.files import Row

GOOD, FAIR = 85.0, 60.0
"""From which quality on a call sounds well, or well enough: a convention of these pages."""
KINDS = ("kind", "channel", "product")


def first_sentence(case: Case, contract: Contract, words: Words) -> str:
    """Return whether a case is open, since when, and what becomes of cases like it."""
    if case.row.get("closed_at") is not None:
        return words.say("is_closed", after=_lasted(case, words))
    opened = words.say("is_open", since=_lasted(case, words))
    if case.risk is None or case.risk["probability"] is None:
        return opened
    label = contract.model(RISK).label
    odds = figures.odds(case.risk["probability"], common(words))
    told = common(words).say(f"case_{figures.outcome_of(label)}", odds=odds)
    return f"{opened} {told}."


def what_case(case: Case, contract: Contract, words: Words) -> str:
    """Return kind, channel and product of a case, and when it was opened."""
    table = contract.table("incidents")
    named = [common(words).value(table.column(one), case.row.get(one)) for one in KINDS]
    told = [one for one in named if one != NOTHING]
    opened_on = words.say("opened_on", at=words.moment(case.row.get("opened_at")))
    return capital(" · ".join([*told, opened_on]))


def case_figures(case: Case, contract: Contract, words: Words) -> list[Figure]:
    """Return the figures that head the page: state, risk, and how the call sounds."""
    return [_state(case, words), _risk(case, contract, words), *_sounds(case, words)]


def quality_word(quality: float, words: Words) -> str:
    """Return in a word how a call sounds."""
    name = "good" if quality >= GOOD else "fair" if quality >= FAIR else "poor"
    return words.say(f"quality_{name}")


def reason_sentence(reason: Row, words: Words) -> str:
    """Return why points of quality were lost: «−16 puntos: 2 silencios largos»."""
    key, amount = f"reason_{reason['kind']}", reason["amount"]
    if f"conversation.{key}" in catalogue(words.language):
        said = words.say(key, amount=words.number(amount, 1))
    else:
        said = words.count(key, round(amount))
    return words.say("lost", points=words.number(reason["points"], 1), reason=said)


def problem_sentence(key: str, words: Words) -> str:
    """Return why a file could not be read; in general words where the sentence needs details."""
    return alone(key, words.language) or words.say("unreadable")


def _lasted(case: Case, words: Words) -> str:
    opened_at = case.row.get("opened_at")
    if opened_at is None:
        return NOTHING
    return lasted((case.row.get("closed_at") or utc_now()) - opened_at, words)


def _state(case: Case, words: Words) -> Figure:
    closed_at, solved = case.row.get("closed_at"), case.row.get("solved")
    told = None if solved is None else "was_solved" if solved else "was_not_solved"
    if closed_at is None:
        at = words.moment(case.row.get("opened_at"))
        detail = words.say(told) if told else words.say("open_since", at=at)
        return Figure(words.say("state"), words.say("open"), detail, words.say("state_help"))
    said = [
        words.say("closed_on", at=words.moment(closed_at)),
        *([words.say(told)] if told else []),
    ]
    return Figure(words.say("state"), words.say("shut"), " ".join(said), words.say("state_help"))


def _risk(case: Case, contract: Contract, words: Words) -> Figure:
    title, meaning = words.say("risk"), words.say("risk_help")
    if case.objects:
        return Figure(title, NOTHING, words.say("customers.objects"), meaning)
    if case.risk is None:
        return Figure(title, NOTHING, words.say("no_risk"), meaning)
    label = contract.model(RISK).label
    odds = figures.odds(case.risk["probability"], common(words))
    detail = common(words).say(f"case_{figures.outcome_of(label)}", odds=odds)
    return Figure(
        title, figures.class_name(case.risk["risk_class"], common(words)), detail, meaning
    )


def _sounds(case: Case, words: Words) -> list[Figure]:
    """Return how the worst of the recordings sounds; nothing where none was analysed."""
    heard = [one.sound["quality"] for one in case.files if one.sound and not one.sound["problem"]]
    known = [one for one in heard if one is not None]
    if not known:
        return []
    worst = min(known)
    value = words.say("of_hundred", points=words.number(worst))
    detail = quality_word(worst, words)
    return [Figure(words.say("quality"), value, detail, words.say("quality_help"))]

"""What happened in a case, in order: opened, calls, messages, answers, feedback, closed. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboards import figures
from dashboards.conversation import Case, common, lasted
from dashboards.formats import NOTHING, duration
from dashboards.gold import Row
from dashboards.words import Words, capital
from data_contracts.contract import Contract

SAME_MOMENT = timedelta(minutes=1)
"""Who registers a case while it is opened does one thing, not two."""


@dataclass(frozen=True)
class Moment:
    """Something that happened: when, what, and what is to be said of it."""

    at: datetime
    title: str
    detail: str = ""


def timeline(case: Case, contract: Contract, words: Words) -> list[Moment]:
    """Return the moments of a case, oldest first.

    Parameters
    ----------
    words
        Of the room ``conversation``.
    """
    told = [
        *_opened(case, contract, words),
        *_risk(case, words),
        *_feedback(case, contract, words),
        *(_reply(row, words) for row in case.around.replies),
        *(_call(row, contract, words) for row in case.around.calls),
        *(_offer(row, contract, words) for row in case.around.offers),
        *(_other(row, contract, words) for row in case.around.others),
        *_outcomes(case, contract, words),
    ]
    return sorted(told, key=lambda moment: moment.at)


def _opened(case: Case, contract: Contract, words: Words) -> Iterator[Moment]:
    opened_at = case.row.get("opened_at")
    said = _said(case.row, contract, "incidents", words, "kind", "channel", "product")
    if opened_at is not None:
        yield Moment(opened_at, words.say("opened"), said)
    if case.registered is None:
        return
    received_at, files = case.registered.incident.received_at, len(case.files)
    came = words.count("with_files", files) if files else ""
    if opened_at is None or abs(received_at - opened_at) > SAME_MOMENT or came:
        yield Moment(received_at, words.say("registered"), came)


def _risk(case: Case, words: Words) -> Iterator[Moment]:
    if case.risk is None:
        return
    name = figures.class_name(case.risk["risk_class"], common(words))
    yield Moment(
        case.risk["scored_at"], words.say("foretold"), words.say("foretold_risk", name=name)
    )


def _feedback(case: Case, contract: Contract, words: Words) -> Iterator[Moment]:
    told: dict[str, Any] = {} if case.registered is None else case.registered.content.feedback
    if not told:
        return
    said = []
    if "reply" in told:
        said.append(words.say("reply_used" if told["reply"] else "reply_unused"))
    if told.get("solved") is not None:
        said.append(words.say("was_solved" if told["solved"] else "was_not_solved"))
    if "offer" in told:
        name = _offer_name(told["offer"], contract, words)
        said.append(words.say("offer_made", offer=name) if told["offer"] else words.say("no_offer"))
    yield Moment(_moment(told["given_at"]), words.say("feedback"), " ".join(said))
    if told.get("accepted") and told.get("accepted_at"):
        yield Moment(_moment(told["accepted_at"]), words.say("offer_accepted"))


def _reply(row: Row, words: Words) -> Moment:
    return Moment(row["replied_at"], words.say("reply_sent"), row["text"] or row["title"] or "")


def _call(row: Row, contract: Contract, words: Words) -> Moment:
    said = _said(row, contract, "calls", words, "direction", "queue")
    key = "call_abandoned" if row["abandoned"] else "call_answered"
    length = duration(row["handle_seconds"], words.language)
    return Moment(row["started_at"], words.say(key, duration=length), said)


def _offer(row: Row, contract: Contract, words: Words) -> Moment:
    name = _offer_name(row["offer"], contract, words)
    key = {True: "accepted_then", False: "refused"}.get(row["accepted"], "open")
    return Moment(row["offered_at"], words.say("offered", offer=name), words.say(f"offer_{key}"))


def _other(row: Row, contract: Contract, words: Words) -> Moment:
    title = words.say("other_case", name=row["incident_id"])
    said = _said(row, contract, "incidents", words, "kind", "channel", "product")
    return Moment(row["opened_at"], title, said)


def _outcomes(case: Case, contract: Contract, words: Words) -> Iterator[Moment]:
    for column in contract.table("incidents").by_role("outcome_time"):
        at = case.row.get(column.name)
        if at is None:
            continue
        if column.name != "closed_at":
            yield Moment(at, words.label(column))
            continue
        solved, opened_at = case.row.get("solved"), case.row.get("opened_at")
        said = (
            [words.say("was_solved" if solved else "was_not_solved")] if solved is not None else []
        )
        if opened_at is not None and at >= opened_at:
            said.append(words.say("took", duration=lasted(at - opened_at, words)))
        yield Moment(at, words.say("closed"), " ".join(said))


def _said(row: Row, contract: Contract, table: str, words: Words, *names: str) -> str:
    declared = contract.table(table)
    told = [common(words).value(declared.column(n), row.get(n)) for n in names]
    return capital(" · ".join(one for one in told if one != NOTHING))


def _offer_name(name: str | None, contract: Contract, words: Words) -> str:
    labels = {spec.name: spec.label[words.language] for spec in contract.offers}
    return labels.get(name or "", name or NOTHING)


def _moment(told: str) -> datetime:
    return datetime.fromisoformat(told).astimezone(UTC)

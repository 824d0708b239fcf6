"""Incidents, calls, responses and offers as sheets in a client's own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulation.calls import QUEUES, Calls
from simulation.grid import DAY, HOUR, Ints, Random
from simulation.incidents import CHANNELS, ESCALATION_DAYS, NEVER, Opened, Outcomes
from simulation.offers import MARGIN_DAYS, Offers
from simulation.people import People
from simulation.sheets import Habits, Sheet, make_sheet
from simulation.texts import Written
from simulation.topics import Topic

CHANNEL_WORDS = dict(
    zip(
        CHANNELS,
        ("Teléfono", "Correo", "Chat", "Aplicación", "Página web", "Sucursal", "Redes sociales"),
        strict=True,
    )
)
KIND_WORDS = ("Petición", "Queja", "Reclamo")
PRIORITY_WORDS = ("Baja", "Media", "Alta")
QUEUE_WORDS = dict(zip(QUEUES, ("Ventas", "Soporte", "Facturación", "Retención"), strict=True))
Names = Mapping[str, str]
"""Contract column → the client's header."""


@dataclass(frozen=True)
class Cases:
    """All that is known about a tenant's incidents."""

    prefix: str
    topics: tuple[Topic, ...]
    people: People
    opened: Opened
    outcomes: Outcomes
    written: Written

    def ids(self) -> list[str]:
        """Return the incidents' numbers."""
        return [f"{self.prefix}-{i:06d}" for i in range(1, len(self.opened.at) + 1)]


def incident_sheet(cases: Cases, habits: Habits, names: Names, known_at: int) -> Sheet:
    """Return all incidents with the outcomes that are known at a moment."""
    opened, outcomes = cases.opened, cases.outcomes
    closed = outcomes.closed_at <= known_at
    ids = cases.ids()
    ripe = opened.at + ESCALATION_DAYS * DAY <= known_at
    escalated = outcomes.escalated_at <= known_at
    values: dict[str, list[str]] = {
        "incident_id": ids,
        "customer_id": _pick(cases.people.national_id, opened.owner),
        "opened_at": habits.times(opened.at),
        "kind": _pick(KIND_WORDS, opened.kind),
        "channel": [CHANNEL_WORDS[CHANNELS[c]] for c in opened.channel.tolist()],
        "product": [cases.topics[t].product for t in opened.topic.tolist()],
        "subject": cases.written.subjects,
        "text": cases.written.texts,
        "priority": _pick(PRIORITY_WORDS, (opened.at + opened.owner) % 3),
        "agent_id": [f"AG{(a % 40) + 1:03d}" for a in (opened.owner * 7 + opened.at).tolist()],
        "closed_at": habits.times(np.where(closed, outcomes.closed_at, NEVER)),
        "escalated": _where(habits.flags(escalated), escalated | ripe),
        "escalated_at": habits.times(np.where(escalated, outcomes.escalated_at, NEVER)),
        "disputed": _where(habits.flags(outcomes.disputed), closed),
        "satisfaction": _where(
            [str(s) for s in outcomes.satisfaction.tolist()], closed & (outcomes.satisfaction > 0)
        ),
        "solved": _where(habits.flags(outcomes.solved), closed),
    }
    return _sheet(values, names, ids)


def call_sheet(calls: Calls, people: People, habits: Habits, names: Names) -> Sheet:
    """Return all calls; an outbound call has no waiting time."""
    ids = [f"L{i:07d}" for i in range(1, len(calls.at) + 1)]
    values: dict[str, list[str]] = {
        "call_id": ids,
        "customer_id": _pick(people.national_id, calls.owner),
        "started_at": habits.times(calls.at),
        "direction": ["Saliente" if o else "Entrante" for o in calls.outbound.tolist()],
        "queue": [QUEUE_WORDS[QUEUES[q]] for q in calls.queue.tolist()],
        "wait_seconds": _where([str(w) for w in calls.wait.tolist()], ~calls.outbound),
        "answered": habits.flags(calls.answered),
        "talk_seconds": [str(t) for t in calls.talk.tolist()],
        "hold_seconds": [str(t) for t in calls.hold.tolist()],
        "after_call_seconds": [str(t) for t in calls.after.tolist()],
        "agent_id": _where([f"AG{a:03d}" for a in calls.agent.tolist()], calls.answered),
        "transferred": habits.flags(calls.transferred),
    }
    return _sheet(values, names, ids)


def offer_sheet(
    offers: Offers,
    people: People,
    habits: Habits,
    names: Names,
    *,
    kinds: Sequence[str],
    known_at: int,
) -> Sheet:
    """Return all offers with what had come of them by a moment; ``kinds`` are the arms' names."""
    ripe = offers.at + MARGIN_DAYS * DAY <= known_at
    accepted = offers.accepted & (offers.accepted_at <= known_at)
    ids = [f"O-{i:06d}" for i in range(1, len(offers.at) + 1)]
    values: dict[str, list[str]] = {
        "offer_id": ids,
        "customer_id": _pick(people.national_id, offers.owner),
        "offered_at": habits.times(offers.at),
        "offer": _pick(kinds, offers.offer),
        "randomised": habits.flags(offers.randomised),
        "propensity_probability": habits.amounts(offers.propensity, 4),
        "accepted": habits.flags(accepted),
        "accepted_at": habits.times(np.where(accepted, offers.accepted_at, NEVER)),
        "margin": _where(habits.amounts(offers.margin), ripe),
    }
    return _sheet(values, names, ids)


def response_sheet(
    rng: Random, cases: Cases, habits: Habits, names: Names, start: int
) -> tuple[Sheet, Ints]:
    """Return articles and replies with their moments (UTC seconds), in order of time."""
    replied = np.flatnonzero(rng.random(len(cases.opened.at)) < 0.6)
    topic = np.concatenate([np.arange(len(cases.topics)), cases.opened.topic[replied]])
    articles = len(cases.topics)
    moments = np.concatenate(
        [start + np.arange(articles) * HOUR, cases.outcomes.closed_at[replied] - HOUR]
    ).astype(np.int64)
    amounts = rng.integers(12, 420, len(topic)).tolist()
    good = np.concatenate([np.ones(articles, dtype=bool), cases.outcomes.solved[replied]])
    ids = [f"R-{i:06d}" for i in range(1, len(topic) + 1)]
    incident_ids = cases.ids()
    subjects = [cases.topics[t].subject for t in topic.tolist()]
    bodies = [
        cases.topics[t].answer.format(amount=f"${a}.000")
        for t, a in zip(topic.tolist(), amounts, strict=True)
    ]
    reply = np.arange(len(topic)) >= articles
    values: dict[str, list[str]] = {
        "response_id": ids,
        "incident_id": [""] * articles + [incident_ids[i] for i in replied.tolist()],
        "replied_at": habits.times(moments),
        "kind": ["Respuesta" if r else "Artículo" for r in reply.tolist()],
        "title": subjects,
        "text": [f"Buen día. {b}" if r else b for b, r in zip(bodies, reply.tolist(), strict=True)],
        "language": ["es"] * len(ids),
        "used": _where(habits.flags(rng.random(len(ids)) < 0.8), reply),
        "solved": _where(habits.flags(good), reply),
    }
    order = np.argsort(moments, kind="stable")
    return _sheet(values, names, ids).only(order.tolist()), moments[order]


def changed_rows(before: Sheet, after: Sheet) -> list[int]:
    """Return the positions of rows that differ between two states of the same sheet."""
    pairs = zip(before.rows, after.rows, strict=True)
    return [i for i, (old, new) in enumerate(pairs) if old != new]


def _sheet(values: dict[str, list[str]], names: Names, keys: list[str]) -> Sheet:
    return make_sheet({header: (column, values[column]) for column, header in names.items()}, keys)


def _pick(words: Sequence[str], which: Ints) -> list[str]:
    return [words[i] for i in which.tolist()]


def _where(values: list[str], known: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> list[str]:
    return [v if k else "" for v, k in zip(values, known.tolist(), strict=True)]

"""Composing what customers write: a problem, a tone and, in some texts, personal data.

``text = [greeting] + problem(topic) + phrase(tone) + [personal data] + [closing]``, in an order
that varies. The personal data planted in a text are returned beside it, so that a test of the
masker knows what must not be left.
"""

from dataclasses import dataclass

import numpy as np

from simulation.grid import Ints, Random
from simulation.incidents import Opened
from simulation.people import CITIES, People, draw_cards
from simulation.topics import TONES, Topic

PERSONAL_SHARE = 0.28
"""Share of texts that hold personal data."""

_GREETINGS = ("", "Buenos días.", "Buenas tardes.", "Hola.", "Cordial saludo.", "Señores:")
_CLOSINGS = ("", "", "Gracias.", "Atentamente.", "Feliz día.", "Espero solución.")


@dataclass(frozen=True)
class Planted:
    """A personal value that stands in an incident's text."""

    incident: int
    kind: str
    value: str


@dataclass(frozen=True)
class Written:
    """Texts and subjects, one an incident, and what was planted in them."""

    subjects: list[str]
    texts: list[str]
    planted: tuple[Planted, ...]


def grouped(number: str) -> str:
    """Write thousands with dots, as identity numbers and pesos are written: ``1.032.456``."""
    return f"{int(number):,}".replace(",", ".")


def write_texts(rng: Random, topics: tuple[Topic, ...], opened: Opened, people: People) -> Written:
    """Compose one text for each incident."""
    n = len(opened.topic)
    picks = rng.integers(0, 60, (n, 5)).tolist()
    amounts = [f"${grouped(str(a))}" for a in (rng.integers(12, 420, n) * 1_000).tolist()]
    days = rng.integers(2, 15, n).tolist()
    planted = _plant(rng, opened.owner, people)
    extra = {p.incident: sentence for p, sentence in planted}
    texts = []
    for i, (which, how) in enumerate(zip(opened.topic.tolist(), opened.tone.tolist(), strict=True)):
        a, b, c, d, e = picks[i]
        subject = topics[which]
        problem = subject.problems[a % len(subject.problems)].format(
            amount=amounts[i], days=days[i], city=CITIES[b % len(CITIES)]
        )
        phrase = TONES[how].phrases[c % len(TONES[how].phrases)]
        body = [phrase, problem] if d % 4 == 0 else [problem, phrase]
        parts = [_GREETINGS[d % 6], *body, extra.get(i, ""), _CLOSINGS[e % 6]]
        texts.append(" ".join(part for part in parts if part))
    subjects = [topics[which].subject for which in opened.topic.tolist()]
    return Written(subjects, texts, tuple(p for p, _ in planted))


def _plant(rng: Random, owner: Ints, people: People) -> list[tuple[Planted, str]]:
    """Draw which incidents hold personal data and the sentence that holds it."""
    chosen = np.flatnonzero(rng.random(len(owner)) < PERSONAL_SHARE)
    shapes = rng.integers(0, len(_SHAPES), len(chosen)).tolist()
    cards = draw_cards(rng, len(chosen))
    out = []
    for incident, shape, card in zip(chosen.tolist(), shapes, cards, strict=True):
        kind, template, spelling = _SHAPES[shape]
        person = int(owner[incident])
        value = spelling(_value(kind, person, people, card))
        out.append((Planted(incident, kind, value), template.format(value)))
    return out


def _value(kind: str, person: int, people: People, card: str) -> str:
    values = {
        "national_id": people.national_id[person],
        "phone": people.phone[person],
        "email": people.email[person],
        "name": people.full_name[person],
        "card": card,
    }
    return values[kind]


def _as_is(value: str) -> str:
    return value


def _phone_spaced(value: str) -> str:
    return f"{value[:3]} {value[3:6]} {value[6:]}"


def _phone_abroad(value: str) -> str:
    return f"+57 {value}"


def _card_spaced(value: str) -> str:
    return " ".join(value[i : i + 4] for i in range(0, 16, 4))


_SHAPES = (
    ("national_id", "Mi cédula es {}.", grouped),
    ("national_id", "Titular con CC {}.", _as_is),
    ("phone", "Me pueden llamar al {}.", _as_is),
    ("phone", "Mi celular es {}.", _phone_spaced),
    ("phone", "Whatsapp {}.", _phone_abroad),
    ("email", "Escribir a {} por favor.", _as_is),
    ("name", "Mi nombre es {}.", _as_is),
    ("name", "Le habla {}.", _as_is),
    ("card", "Pagué con la tarjeta {}.", _card_spaced),
    ("card", "La tarjeta terminó cobrada: {}.", _as_is),
)

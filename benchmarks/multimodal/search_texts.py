"""Made-up incidents to search in, and questions to ask of them; the same for the same seed.

Each text is two complaints and a tone of the simulation, and words of a made-up dictionary by
Zipf's law: without them a million texts would have a few hundred words in all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal, get_args

import numpy as np

from operations.search.document import Document, Part
from operations.search.fields import folded
from operations.search.question import Question
from simulation.people import CITIES
from simulation.topics import TONES
from simulation.topics_banking import BANKING
from simulation.topics_telecom import TELECOM

Kind = Literal["words", "phrase", "typo", "filter", "similar"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MIX = (0.3, 0.15, 0.2, 0.2, 0.15)
SYLLABLES = "ba ca da fa ga la ma na pa ra sa ta be ce de le me ne pe re se te bi ci di li mi ni "
SYLLABLES += "ri si ti bo co do lo mo no po ro so to bu cu du lu mu nu pu ru su tu ción ñe llo rra"
DICTIONARY, ZIPF, RARE_WORDS = 60_000, 1.3, 12
CHANNELS, RISKS = ("phone", "chat", "email", "app", "branch"), ("low", "medium", "high")
TOPICS = (*TELECOM, *BANKING)
PROBLEMS = [problem for topic in TOPICS for problem in topic.problems]
PHRASES = [phrase for tone in TONES for phrase in tone.phrases]
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
SPAN_MINUTES = 2 * 365 * 24 * 60


@dataclass(frozen=True)
class Asked:
    """A question and what it is for."""

    kind: Kind
    question: Question


@cache
def dictionary() -> list[str]:
    """Return made-up words of two to five syllables."""
    rng, syllables = np.random.default_rng(7), SYLLABLES.split()
    sizes = rng.integers(2, 6, DICTIONARY).tolist()
    picks = (rng.integers(0, len(syllables), size) for size in sizes)
    return ["".join(syllables[n] for n in some) for some in picks]


def documents(count: int, seed: int = 1) -> Iterator[Document]:
    """Yield incidents."""
    rng, words = np.random.default_rng(seed), np.array(dictionary())
    for start in range(0, count, 10_000):
        size = min(10_000, count - start)
        rare = words[np.minimum(rng.zipf(ZIPF, (size, RARE_WORDS)) - 1, DICTIONARY - 1)]
        picks = rng.integers(0, 1_000_000, (size, 8)).tolist()
        for n, (numbers, tail) in enumerate(zip(picks, rare.tolist(), strict=True)):
            yield _document(start + n, numbers, " ".join(tail))


def _document(number: int, picks: list[int], tail: str) -> Document:
    a, b, c, d, e, f, g, h = picks
    said = [PROBLEMS[a % len(PROBLEMS)], PROBLEMS[b % len(PROBLEMS)]]
    values = {"amount": f"${d % 400}.000", "days": d % 14 + 2, "city": CITIES[e % len(CITIES)]}
    text = f"{said[0]} {said[1]} {PHRASES[c % len(PHRASES)]} {tail}".format(**values)
    return Document(
        f"I-{number}",
        (Part.written("subject", TOPICS[a % len(TOPICS)].subject), Part.written("text", text)),
        person_token=f"{number // 4:064d}",
        opened_at=FIRST + timedelta(minutes=(f * 7919 + g) % SPAN_MINUTES),
        channel=CHANNELS[g % len(CHANNELS)],
        product=TOPICS[a % len(TOPICS)].product,
        risk_class=RISKS[h % len(RISKS)],
        agent_token=f"{h % 200:064d}",
    )


def questions(count: int, documents_there: int, seed: int) -> list[Asked]:
    """Return questions whose words stand in texts of the same making, mixed by ``MIX``."""
    rng = np.random.default_rng([2, seed])
    kinds = rng.choice(len(KINDS), count, p=MIX).tolist()
    like = list(documents(count, seed + 1_000))
    return [
        Asked(KINDS[kind], _question(KINDS[kind], one, documents_there, rng))
        for kind, one in zip(kinds, like, strict=True)
    ]


def _question(kind: Kind, like: Document, there: int, rng: np.random.Generator) -> Question:
    words = [word for word in folded(like.parts[1].text) if len(word) > 3]
    first, second = (words[int(n)] for n in rng.integers(0, len(words), 2))
    if kind == "similar":
        return Question(similar_to=f"I-{int(rng.integers(there))}")
    if kind == "phrase":
        return Question(f'"{" ".join(folded(like.parts[1].text)[2:5])}"')
    if kind == "typo":
        at = int(rng.integers(1, len(first) - 1))
        return Question(first[:at] + first[at + 1] + first[at] + first[at + 2 :])
    if kind == "filter":
        since = FIRST + timedelta(minutes=int(rng.integers(SPAN_MINUTES)))
        until = since + timedelta(days=60)
        channel, risk = like.channel, like.risk_class
        return Question(first, since=since, until=until, channel=channel, risk_class=risk)
    return Question(f"{first} {second}")

"""Search: a million texts, eight clients at once, questions of every kind; beside SQLite's FTS5.

Clients are processes, as workers of the service are; each asks the next question as soon as it has
the answer to the one before, so that the machine is never idle.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.multimodal import search_peer
from benchmarks.multimodal.search_texts import KINDS, Asked, documents, questions
from benchmarks.table import Line
from operations.search.index import SearchIndex

TEXTS, QUESTIONS = (1_000_000, 30_000), (1_000, 200)
"""Whole and quick; questions of one client."""

PEERS_QUESTIONS, CLIENTS, WARM = 20, 8, 25
"""Of so many questions the peer's p99 is plain enough; each takes it long. One question of
``WARM`` is asked before as well, and not measured."""

P99_SECONDS = 0.1
MB = 1e6
Times = list[tuple[str, float]]
Ask = Callable[[Asked], object]


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures of search."""
    texts, asked = TEXTS[quick], QUESTIONS[quick]
    with tempfile.TemporaryDirectory(prefix="abcall-search-") as folder:
        ours, peer = Path(folder) / "index", Path(folder) / "fts5.db"
        seconds = _timed(lambda: SearchIndex.made(ours, documents(texts)))
        peer_seconds = _timed(lambda: search_peer.build(peer, documents(texts)))
        told = _all(partial(_ours, ours, texts, asked))
        theirs = _all(partial(_peers, peer, texts, PEERS_QUESTIONS))
        sizes = (_bytes(ours) / MB, peer.stat().st_size / MB)
    figures = [*_answers(told, theirs, texts), *_making(texts, (seconds, peer_seconds), sizes)]
    note = "FTS5 finds no typos: its time over all kinds is without them, and of fewer questions."
    return figures, [note, "Texts are made up; building includes making them (the same for both)."]


def _answers(told: Times, theirs: Times, texts: int) -> Iterator[Line]:
    for kind in (None, *KINDS):
        mine, other = _of(told, kind), _of(theirs, kind)
        name = "all kinds" if kind is None else kind
        peer = f"FTS5 {_p99(other) * 1000:,.0f} ms" if other else "FTS5: none"
        how = f"{texts:,} texts, {CLIENTS} clients, {len(mine):,} questions, "
        how += f"median {np.median(mine) * 1000:.1f} ms"
        most = P99_SECONDS * 1000 if kind is None else None
        yield Line(f"search, {name}: p99", _p99(mine) * 1000, "ms", most, peer, how, digits=1)


def _making(texts: int, seconds: tuple[float, float], sizes: tuple[float, float]) -> Iterator[Line]:
    rates = [texts / each for each in seconds]
    peer = f"FTS5 {rates[1]:,.0f}"
    yield Line("search: texts indexed", rates[0], "texts/s", None, peer, "one thread", digits=0)
    peer = f"FTS5 {sizes[1]:,.0f} MB"
    how = f"{texts:,} texts, with what hits show"
    yield Line("search: size on disk", sizes[0], "MB", None, peer, how, digits=0)


def _all(client: Callable[[int], Times]) -> Times:
    with ProcessPoolExecutor(CLIENTS, mp_context=get_context("spawn")) as pool:
        return [one for times in pool.map(client, range(CLIENTS)) for one in times]


def _ours(folder: Path, texts: int, count: int, client: int) -> Times:
    index = SearchIndex(folder)
    return _asked(lambda asked: index.search(asked.question), questions(count, texts, client))


def _peers(file: Path, texts: int, count: int, client: int) -> Times:
    database = sqlite3.connect(file)
    known = [asked for asked in questions(count, texts, client) if asked.kind != "typo"]
    return _asked(lambda asked: search_peer.ask(database, asked), known)


def _asked(ask: Ask, asked: list[Asked]) -> Times:
    for one in asked[: len(asked) // WARM]:
        ask(one)
    return [(one.kind, _timed(partial(ask, one))) for one in asked]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _of(times: Times, kind: str | None) -> list[float]:
    return [seconds for name, seconds in times if kind in (None, name)]


def _p99(seconds: list[float]) -> float:
    return float(np.quantile(seconds, 0.99))


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

"""The peer: SQLite's FTS5 over the same texts, asked the same. It knows no typos."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from benchmarks.multimodal.search_texts import Asked
from operations.search.document import Document
from operations.search.fields import folded, micros
from operations.search.question import PAGE_HITS

SIMILAR_WORDS = 12
"""Longest words of an incident that one like it shares: FTS5 cannot choose them by their rarity."""

MAKE = """
CREATE VIRTUAL TABLE texts USING fts5(subject, text, tokenize="unicode61 remove_diacritics 2");
CREATE TABLE incidents (
    id INTEGER PRIMARY KEY, number TEXT UNIQUE, opened INTEGER, channel TEXT, risk TEXT
);
"""
FIND = (
    "SELECT number, snippet(texts, -1, '[', ']', '…', 20) FROM texts JOIN incidents i"
    " ON i.id = texts.rowid WHERE texts MATCH ? {filters} ORDER BY bm25(texts), i.opened DESC"
    f" LIMIT {PAGE_HITS}"
)
FILTERS = "AND i.channel = ? AND i.risk = ? AND i.opened >= ? AND i.opened < ?"


def build(file: Path, documents: Iterable[Document]) -> None:
    """Make the database."""
    with sqlite3.connect(file) as database:
        database.executescript(MAKE)
        for number, one in enumerate(documents):
            subject, text = (part.text for part in one.parts)
            database.execute("INSERT INTO texts(rowid, subject, text) VALUES (?, ?, ?)",
                             (number, subject, text))  # fmt: skip
            row = (number, one.incident_id, micros(one.opened_at), one.channel, one.risk_class)
            database.execute("INSERT INTO incidents VALUES (?, ?, ?, ?, ?)", row)
        database.execute("INSERT INTO texts(texts) VALUES ('optimize')")


def ask(database: sqlite3.Connection, asked: Asked) -> int:
    """Ask, and return how many hits there are."""
    question = asked.question
    if question.similar_to is not None:
        found = database.execute(
            "SELECT subject || ' ' || text FROM texts WHERE rowid ="
            " (SELECT id FROM incidents WHERE number = ?)",
            (question.similar_to,),
        ).fetchone()
        words = sorted(set(folded(found[0])), key=len, reverse=True)[:SIMILAR_WORDS]
        return len(database.execute(FIND.format(filters=""), (" OR ".join(words),)).fetchall())
    if asked.kind != "filter":
        return len(database.execute(FIND.format(filters=""), (question.words,)).fetchall())
    bounds = (question.channel, question.risk_class, micros(question.since), micros(question.until))
    sql = FIND.format(filters=FILTERS)
    return len(database.execute(sql, (question.words, *bounds)).fetchall())

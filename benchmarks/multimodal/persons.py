"""Personal data found in 631 Spanish sentences, by kind, beside the masker of version 1.

The sentences (``persons.txt``) were written before the masker that is measured here, with names,
numbers and formats that are not in its lists; nothing is tuned on them: for that there is
``persons_development.txt``.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pyarrow as pa
from pyspark.sql import functions as fn

from benchmarks.lake_incidents import TEXTS
from benchmarks.multimodal.before import masking as before_masking
from benchmarks.multimodal.before import told as before
from benchmarks.multimodal.marked import Counts, Mark, Marked, counts, read
from benchmarks.table import Line, median, report
from ingestion.extractors.persons import find, names, signs, vocabulary
from ingestion.extractors.persons.plain import plain
from ingestion.masking import mask_expression
from lakehouse.sail import Sail

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

KINDS = {
    "N": "name",
    "D": "document",
    "T": "tax_number",
    "K": "card",
    "P": "phone",
    "E": "email",
    "A": "address",
}
STRANGERS = "name of which no word is listed"
NUMBERS = ("document", "tax_number", "card", "phone")
RECALL = {"name": 0.9, STRANGERS: 0.9, "address": 0.9}
"""Least recall of what is no number; of everything else 0.98."""
PRECISION = 0.95
NOTES = [
    "personal data: a mark counts as found when every letter and digit of it was told as its kind; "
    "what was told is right when it holds nothing else",
    "personal data: the sentences were written before the masker of version 2, and its first run "
    "on them gave recall and precision of 0.965 and 0.947 for names, 0.978 and 0.989 for numbers; "
    "it was then developed on other sentences (persons_development.txt), while only these totals "
    "were looked at; both sets and the masker were written by one hand",
]


def sentences(name: str = "persons") -> list[Marked]:
    """Return a labelled set."""
    return read(Path(__file__).with_name(f"{name}.txt"), KINDS)


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Measure every kind, names once more without their words in the lists, and the cost."""
    truth = sentences()
    peer = [before_told(sentence) for sentence in truth]
    with unlisted(truth):
        strangers = counts(truth, told_now(truth), "name")
    return [
        *figures(truth, told_now(truth), peer),
        *_both(STRANGERS, strangers, counts(truth, peer, "name")),
        *cost(4_000 if quick else 100_000),
    ], NOTES


def told_now(truth: list[Marked]) -> list[list[Mark]]:
    """Return what is found in each sentence."""
    return [[Mark(f.kind, f.start, f.end) for f in find(sentence.text)] for sentence in truth]


@contextmanager
def unlisted(truth: list[Marked]) -> Iterator[None]:
    """Take every word of the sentences' names out of the lists for a while."""
    said = [s.text[m.start : m.end] for s in truth for m in s.marks if m.kind == "name"]
    words = frozenset(re.findall(r"[^\W\d_]+", plain(" ".join(said))))
    full = vocabulary.vocabulary()
    fewer = full._replace(sure=full.sure - words, doubtful=full.doubtful - words)
    caches = (vocabulary.sort_of, names._written, names._shouted, signs._trait_of)
    with patch.object(vocabulary, "vocabulary", lambda: fewer):
        for cache in caches:
            cache.cache_clear()
        yield
    for cache in caches:
        cache.cache_clear()


def before_told(sentence: Marked) -> list[Mark]:
    """Return what version 1 told; it had one mask for persons' documents and tax numbers."""
    return [_as_tax(mark, sentence) for mark in before.told(sentence.text)]


def _as_tax(told: Mark, sentence: Marked) -> Mark:
    taxes = [mark for mark in sentence.marks if mark.kind == "tax_number"]
    meant = any(tax.start < told.end and told.start < tax.end for tax in taxes)
    return Mark("tax_number", told.start, told.end) if meant else told


def figures(
    truth: list[Marked], now: list[list[Mark]], peer: list[list[Mark]] | None = None
) -> list[Line]:
    """Return recall and precision of each kind, and of all numbers together."""
    told = []
    both = (now, now if peer is None else peer)
    for kind in KINDS.values():
        told += _both(kind, *(counts(truth, who, kind) for who in both))
    found = [sum((counts(truth, who, k) for k in NUMBERS), _NONE) for who in both]
    return [*told, *_both("number", *found)]


def cost(texts: int) -> list[Line]:
    """Return the processor time that masking takes of a text in the embedded engine."""
    rows = pa.table({"t": [f"{TEXTS[i % len(TEXTS)]}. Contrato {i}" for i in range(texts)]})
    engine = Sail()
    try:
        frame = engine.frame(rows)
        now, peer = (
            _seconds(engine, frame, masked(fn.col("t")))
            for masked in (mask_expression, before_masking.mask_expression)
        )
    finally:
        engine.close()
    return [
        Line(
            "personal data: masking a text, processor time",
            now / texts * 1e6,
            "µs",
            peer=f"version 1: {peer / texts * 1e6:.1f} µs",
            configuration=f"{texts:,} different texts, 3 of 8 with personal data; Sail",
            digits=1,
        )
    ]


def _seconds(engine: Sail, frame: "DataFrame", masked: "Column") -> float:
    seconds = []
    for _ in range(3):
        started = time.process_time()
        engine.arrow(frame.select(fn.sum(fn.length(masked)).alias("n")))
        seconds.append(time.process_time() - started)
    return median(seconds)


_NONE = Counts(0, 0, 0, 0)


def _both(kind: str, now: Counts, peer: Counts) -> list[Line]:
    of = f"{now.marks} of 631 sentences"
    return [
        Line(
            f"personal data: {kind}, recall",
            now.recall,
            "",
            peer=f"version 1: {peer.recall:.3f}",
            configuration=of,
            least=RECALL.get(kind, 0.98),
            digits=3,
        ),
        Line(
            f"personal data: {kind}, precision",
            now.precision,
            "",
            peer=f"version 1: {peer.precision:.3f}",
            configuration=f"{now.told} told",
            least=PRECISION,
            digits=3,
        ),
    ]


if __name__ == "__main__":
    raise SystemExit(report("multimodal_persons", "Personal data", *lines(quick=False)))

"""Personal data found in 631 Spanish sentences, by kind, beside the masker of version 1.

The sentences (``persons.txt``) were written before the masker that is measured here, with names,
numbers and formats that are not in its lists; nothing is tuned on them: for that there is
``persons_development.txt``.
"""

from pathlib import Path

from benchmarks.multimodal.before import told as before
from benchmarks.multimodal.marked import Counts, Mark, Marked, counts, read
from benchmarks.table import Line, report

KINDS = {
    "N": "name",
    "D": "document",
    "T": "tax_number",
    "K": "card",
    "P": "phone",
    "E": "email",
    "A": "address",
}
NUMBERS = ("document", "tax_number", "card", "phone")
RECALL = {"name": 0.9, "address": 0.9}
"""Least recall of what is no number; of everything else 0.98."""
PRECISION = 0.95


def sentences(name: str = "persons") -> list[Marked]:
    """Return a labelled set."""
    return read(Path(__file__).with_name(f"{name}.txt"), KINDS)


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Measure every kind."""
    del quick
    truth = sentences()
    now = [before.told(sentence.text) for sentence in truth]
    peer = [before_told(sentence) for sentence in truth]
    return figures(truth, now, peer), []


def before_told(sentence: Marked) -> list[Mark]:
    """Return what version 1 told; it had one mask for persons' documents and tax numbers."""
    return [_as_tax(mark, sentence) for mark in before.told(sentence.text)]


def _as_tax(told: Mark, sentence: Marked) -> Mark:
    taxes = [mark for mark in sentence.marks if mark.kind == "tax_number"]
    meant = any(tax.start < told.end and told.start < tax.end for tax in taxes)
    return Mark("tax_number", told.start, told.end) if meant else told


def figures(truth: list[Marked], now: list[list[Mark]], peer: list[list[Mark]]) -> list[Line]:
    """Return recall and precision of each kind, and of all numbers together."""
    told = []
    for kind in KINDS.values():
        told += _both(kind, counts(truth, now, kind), counts(truth, peer, kind))
    found = [sum((counts(truth, who, k) for k in NUMBERS), _NONE) for who in (now, peer)]
    return [*told, *_both("number", *found)]


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

"""Receipts: company, date and total of SROIE's 40 scans, beside plain Tesseract with expressions.

Rules were made on half A alone; half B was only ever measured. A field is right where it equals the
label: company and date as written, in capitals, each run of spaces as one; total as an amount,
whatever currency sign stands before it. A receipt whose label holds no total is not asked for one.
"""

import hashlib
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from benchmarks.multimodal.documents_peer import by_expressions
from benchmarks.real_tables import DATA
from benchmarks.table import Line, median
from ingestion.extractors.documents import Receipt, extract

SET = DATA / "images_receipts_sroie"
FIELDS = ("company", "date", "total")
IN_A_HALF, QUICK_IN_A_HALF = 20, 2


@dataclass(frozen=True)
class Judged:
    """Which fields of a receipt are right; None where the label has none."""

    half: str
    ours: dict[str, bool | None]
    peer: dict[str, bool | None]
    seconds: float


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures of receipts."""
    judged = [_judge(half, file) for half, files in halves(quick).items() for file in files]
    taken = median([each.seconds for each in judged])
    figures = [_line(field, judged, quick) for field in FIELDS]
    how = "Tesseract and ours, by the clock, on a machine that may be busy"
    figures.append(Line("a receipt, in the middle", taken, "s", None, "", how, None, 1))
    return figures, list(_misses(judged))


def halves(quick: bool) -> dict[str, list[Path]]:
    """Return the receipts of both halves: by the hash of their names, the lower half is A."""
    files = sorted((SET / "img").glob("*.jpg"), key=lambda f: _hash(f.stem))
    count = QUICK_IN_A_HALF if quick else IN_A_HALF
    return {"A": files[:IN_A_HALF][:count], "B": files[IN_A_HALF:][:count]}


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _judge(half: str, file: Path) -> Judged:
    label = json.loads((SET / "key" / f"{file.stem}.json").read_text(encoding="utf-8"))
    content = file.read_bytes()
    started = time.perf_counter()
    ours = _as_written(extract(content))
    seconds = time.perf_counter() - started
    return Judged(half, _right(ours, label), _right(by_expressions(content), label), seconds)


def _as_written(receipt: Receipt) -> dict[str, str]:
    named, dated, paid = receipt.company, receipt.issued_on, receipt.total
    return {
        "company": named.written if named else "",
        "date": dated.written if dated else "",
        "total": f"{paid.value}" if paid else "",
    }


def _right(found: dict[str, str], label: dict[str, str]) -> dict[str, bool | None]:
    right: dict[str, bool | None] = {
        field: _plain(found[field]) == _plain(label[field]) for field in ("company", "date")
    }
    wanted = _amount(label.get("total", ""))
    right["total"] = None if wanted is None else _amount(found["total"]) == wanted
    return right


def _plain(text: str) -> str:
    return " ".join(text.upper().split())


def _amount(text: str) -> Decimal | None:
    """Return an amount as labels and the peer write it: the last mark is decimal."""
    figures = re.sub(r"[^\d.,]", "", text)
    plain = re.sub(r"[.,](?=.*[.,])", "", figures).replace(",", ".")
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _line(field: str, judged: Sequence[Judged], quick: bool) -> Line:
    """Return how many are right; so few as the quick way has say nothing of who is better."""
    asked = [each for each in judged if each.ours[field] is not None]
    ours = {half: sum(bool(e.ours[field]) for e in asked if e.half == half) for half in "AB"}
    peer = {half: sum(bool(e.peer[field]) for e in asked if e.half == half) for half in "AB"}
    least = None if quick else sum(peer.values()) + 1
    told = f"Tesseract and expressions {sum(peer.values())}: A {peer['A']}, B {peer['B']}"
    how = f"half A (rules made on it) {ours['A']}, half B {ours['B']}"
    unit = f"of {len(asked)}"
    return Line(f"receipts, {field}: exact", sum(ours.values()), unit, None, told, how, least)


def _misses(judged: Sequence[Judged]) -> Iterator[str]:
    yield (
        "Exact: in capitals, runs of spaces as one; totals as amounts. 14 of the 40 receipts are "
        "of one company, and some labels hold what the print does not."
    )
    for half in "AB":
        of = [each for each in judged if each.half == half]
        every = sum(all(right is not False for right in each.ours.values()) for each in of)
        yield f"Half {half}: every field right on {every} of {len(of)} receipts."

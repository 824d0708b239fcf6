"""The peer: plain Tesseract on the picture as it is, and regular expressions on its text.

The same languages. Of the page segmentations 3 (Tesseract's own choice), 4 and 6 each field is
taken from the one that found it most often on the half that ours was made on. The expressions are
those that one writes for receipts like these, Malaysian company forms included.
"""

import re
from io import BytesIO

from PIL import Image

from ingestion.media.sandbox import GIVEN, Bounds, run

MODES = {"company": 3, "date": 6, "total": 6}
COMPANY = re.compile(
    r"\b(sdn|bhd|s/b|enterprise|trading|ltda?|s\.a\.|restaurant|hardware|holdings)\b", re.I
)
DATES = (
    r"\b\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})\b",
    r"\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b",
    r"\b\d{1,2}[ -]?[A-Za-z]{3,9}[ -,]{1,2}(?:20)?\d{2}\b",
)
AMOUNT = re.compile(r"\d{1,3}(?:,\d{3})*[.,]\d{2}\b|\d+[.,]\d{2}\b")
NO_TOTAL = re.compile(r"sub ?-?total|discount|tax|qty|item|excl|saving|gst", re.I)
EDGES = " -_.,:;|'\"*~=<>()[]{}«»“”‘’—"


def by_expressions(content: bytes) -> dict[str, str]:
    """Return company, date and total as plain Tesseract and regular expressions find them."""
    read = {mode: _lines(content, mode) for mode in set(MODES.values())}
    return {field: FIND[field](read[mode]) for field, mode in MODES.items()}


def _lines(content: bytes, mode: int) -> list[str]:
    return [line.strip() for line in _text(content, mode).splitlines() if line.strip()]


def _text(content: bytes, mode: int) -> str:
    plain = BytesIO()
    Image.open(BytesIO(content)).convert("RGB").save(plain, "PPM")
    bounds = Bounds(seconds=180, processor_seconds=90, environment={"OMP_THREAD_LIMIT": "1"})
    command = ["tesseract", GIVEN, "stdout", "-l", "spa+eng", "--psm", str(mode)]
    return run(command, plain.getvalue(), bounds).decode()


def _company(lines: list[str]) -> str:
    worded = [line for line in lines[:12] if sum(letter.isalpha() for letter in line) >= 5]
    formed = [line for line in worded if COMPANY.search(line)]
    name = (formed or worded or [""])[0]
    return re.sub(r"\s*\(?\d[\w-]{4,}\)?$", "", name).strip(EDGES)


def _date(lines: list[str]) -> str:
    text = "\n".join(lines)
    seen = [match for form in DATES for match in re.finditer(form, text)]
    return min(seen, key=lambda match: match.start()).group() if seen else ""


def _total(lines: list[str]) -> str:
    labelled = [
        AMOUNT.findall(line)[-1]
        for line in lines
        if re.search("total", line, re.I) and not NO_TOTAL.search(line) and AMOUNT.search(line)
    ]
    every = [amount for line in lines for amount in AMOUNT.findall(line)]
    best = labelled[-1:] or sorted(every, key=lambda a: float(_plain(a)))[-1:]
    return best[0] if best else ""


def _plain(amount: str) -> str:
    return re.sub(r"[.,](?=.*[.,])", "", amount).replace(",", ".")


FIND = {"company": _company, "date": _date, "total": _total}

"""Hostile attachments: each refused with a sentence, the process unharmed, clean files taken.

Whole, every file is also tried with a byte changed or its end cut off at many places: damage may be
harmless, but never unsaid.
"""

import random
import resource
import time
from collections import Counter

from benchmarks.multimodal.hostile_files import File, clean, hostile
from benchmarks.table import Line
from foundation.errors import UserError
from ingestion.media.filenames import shown
from ingestion.media.limits import accept

SEED = 20_260_000
DAMAGED = (200, 20)
"""Damaged copies of each file, whole and quick."""
MOST_SECONDS, MOST_MIB = 2.0, 256.0


def lines(quick: bool) -> tuple[list[Line], list[str]]:
    """Return the figures of hostile files."""
    tried = list(hostile())
    before = _memory_mib()
    refused, slowest, unsaid = Counter[str](), 0.0, list[str]()
    for what, file in tried:
        started = time.perf_counter()
        refused[what] += _refused(file)
        slowest = max(slowest, time.perf_counter() - started)
    taken = sum(not _refused(file) for file in clean().values())
    damaged, harmed = _damaged([file for _, file in tried] + list(clean().values()), quick)
    grown = _memory_mib() - before
    kinds = Counter(what for what, _ in tried)
    unsaid = [what for what, count in kinds.items() if refused[what] < count]
    count = len(tried)
    how = f"{count} files, {len(kinds)} ways"
    return [
        Line("hostile files refused with a sentence", 100 * sum(refused.values()) / count, "%",
             None, "", how, 100, 1),
        Line("clean files of kept kinds accepted", 100 * taken / len(KEPT), "%",
             None, "", ", ".join(KEPT), 100, 1),
        Line("faults of the process", harmed, "", 0, "", f"{damaged} damaged copies besides"),
        Line("slowest refusal", slowest, "s", MOST_SECONDS),
        Line("memory grown", max(0.0, grown), "MiB", MOST_MIB, digits=0),
    ], [f"Not refused: {', '.join(unsaid)}."] if unsaid else []  # fmt: skip


KEPT = tuple(clean())


def _refused(file: File) -> bool:
    """Tell whether a file is refused by a sentence that names it."""
    name, content = file
    try:
        accept(name, content)
    except UserError as refusal:
        return all(shown(name) in refusal.say(language) for language in ("es", "en"))
    return False


def _damaged(files: list[File], quick: bool) -> tuple[int, int]:
    """Return how many damaged copies were tried, and how many made anything but a refusal."""
    chance, tried, harmed = random.Random(SEED), 0, 0
    for name, content in files:
        for _ in range(DAMAGED[quick] if 0 < len(content) < 100_000 else 0):
            copy = bytearray(content)
            copy[chance.randrange(len(copy))] = chance.randrange(256)
            del copy[chance.randrange(1, 2 * len(copy)) :]
            tried += 1
            try:
                _refused((name, bytes(copy)))
            except Exception:  # whatever is no refusal is what is counted here
                harmed += 1
    return tried, harmed


def _memory_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

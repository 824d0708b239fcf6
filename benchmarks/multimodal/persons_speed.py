"""How many texts a second are masked, many at once and one by one, beside version 1."""

import time
from collections.abc import Callable, Sequence

import pyarrow as pa
from pyspark.sql import functions as fn

from benchmarks.lake_incidents import TEXTS
from benchmarks.multimodal.before import masking as before
from benchmarks.table import Line, median
from ingestion.masking import mask, mask_all
from lakehouse.sail import Sail


def speed(texts: int) -> list[Line]:
    """Return how many different texts are masked in a second, many at once and one by one."""
    rows = [f"{TEXTS[i % len(TEXTS)]}. Contrato {i}" for i in range(texts)]
    few = rows[: texts // 4]
    engine = Sail()
    try:
        frame = engine.frame(pa.table({"t": rows}))
        in_engine = fn.sum(fn.length(before.mask_expression(fn.col("t")))).alias("n")
        many = _rates(
            texts,
            lambda: mask_all(pa.chunked_array([rows])),
            lambda: engine.arrow(frame.select(in_engine)),
        )
    finally:
        engine.close()
    one = _rates(len(few), lambda: [*map(mask, few)], lambda: [*map(before.mask, few)])
    told = f"{texts:,} different texts, 3 of 8 with personal data; medians of 5, in turn"
    return [
        _speed("many at once (version 1: in Sail)", many, told),
        _speed("one by one", one, told),
    ]


def _rates(texts: int, *maskers: Callable[[], object]) -> list[float]:
    """Return the texts a second of each masker; they take turns."""
    seconds: list[list[float]] = [[] for _ in maskers]
    for _ in range(5):
        for masker, own in zip(maskers, seconds, strict=True):
            started = time.perf_counter()
            masker()
            own.append(time.perf_counter() - started)
    return [texts / median(own) for own in seconds]


def _speed(how: str, rates: Sequence[float], configuration: str) -> Line:
    now, peer = rates
    return Line(
        f"personal data: texts masked a second, {how}",
        now,
        "",
        peer=f"version 1: {peer:,.0f}",
        configuration=configuration,
        digits=0,
    )

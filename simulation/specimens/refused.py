"""Files that cannot be taken at all: each with the sentence by which they are refused."""

import gzip
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulation.grid import Random

Make = Callable[[Random], bytes]


@dataclass(frozen=True)
class Refusal:
    """A kind of file that is refused, and the key of the sentence that says why."""

    ending: str
    key: str
    make: Make


def _cut_parquet(rng: Random) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    pq.write_table(pa.table({"cedula": ["1", "2", "3"] * 50}), stream)
    whole = stream.getvalue()
    return whole[: int(rng.integers(5, len(whole) - 1))]


def _noise(rng: Random) -> bytes:
    return bytes(rng.integers(1, 32, 400, dtype="uint8").tolist()) + bytes(rng.bytes(2_000))


def _odd_utf16(_rng: Random) -> bytes:
    return "\ufeffcedula;edad\nC1;20\n".encode("utf-16-le") + b"x"


REFUSALS: Mapping[str, Refusal] = {
    "empty file": Refusal("csv", "reading.empty", lambda _: b""),
    "only a mark": Refusal("csv", "reading.empty", lambda _: b"\xef\xbb\xbf"),
    "only blank lines": Refusal("txt", "reading.empty", lambda _: b"\n \r\n\t\n\n"),
    "empty JSON lines": Refusal("jsonl", "reading.empty", lambda _: b"\n\n"),
    "header only": Refusal("csv", "ingestion.no_rows", lambda _: b"cedula;edad\r\n"),
    "header without end": Refusal("csv", "ingestion.no_rows", lambda _: b"cedula;edad"),
    "open quote in the header": Refusal(
        "csv", "reading.bad_header", lambda _: b'"cedula;edad\nC1;2\n'
    ),
    "picture": Refusal("csv", "reading.known_binary", lambda rng: b"\x89PNG\r\n" + rng.bytes(99)),
    "PDF": Refusal("csv", "reading.known_binary", lambda rng: b"%PDF-1.7\n" + rng.bytes(99)),
    "gzip": Refusal("csv", "reading.known_binary", lambda _: gzip.compress(b"cedula;edad\nC1;2\n")),
    "noise": Refusal("csv", "reading.binary", _noise),
    "half a UTF-16 character": Refusal("csv", "reading.broken_utf16", _odd_utf16),
    "cut Parquet": Refusal("parquet", "reading.unreadable_parquet", _cut_parquet),
    "text called Parquet": Refusal(
        "parquet", "reading.unreadable_parquet", lambda _: b"cedula;edad\nC1;2\n"
    ),
    "JSON array": Refusal("json", "reading.json_array", lambda _: b'[{"cedula": "C1"}]'),
    "JSON without objects": Refusal("jsonl", "reading.no_json_object", lambda _: b'5\n"a"\n[1]\n'),
}
